#!/bin/sh
# make bench: run.sh BUILD_DIR [SECONDS | templates]
# Templates beside Python's Jinja2, then speed and memory beside Prometheus Alertmanager (rounds of SECONDS), each in one
# run on one machine; `templates` measures those alone.
set -eu
build=$1 what=${2:-8}
/usr/bin/python3 spec/bench/templates.py "$build/template_bench"
[ "$what" != templates ] || exit 0
export TOCSIN="$PWD/$build/tocsin" LUA_PATH="$PWD/lua/?.lua;$PWD/lua/?/init.lua;$PWD/spec/support/?.lua;$PWD/spec/bench/?.lua;;"
export LUA_CPATH="$PWD/$build/module/?.so;;"
exec lua5.4 spec/bench/bench.lua "$PWD/$build/bench" "$what"
