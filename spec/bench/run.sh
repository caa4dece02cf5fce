#!/bin/sh
# make bench: run.sh BUILD_DIR [SECONDS | templates | pages]
# Templates beside Python's Jinja2, how soon a page leaves, then speed and memory beside Prometheus Alertmanager (rounds of
# SECONDS), each in one run on one machine; `templates` and `pages` measure those alone.
set -eu
build=$1 what=${2:-8}
[ "$what" = pages ] || /usr/bin/python3 spec/bench/templates.py "$build/template_bench"
[ "$what" != templates ] || exit 0
export TOCSIN="$PWD/$build/tocsin" LUA_PATH="$PWD/lua/?.lua;$PWD/lua/?/init.lua;$PWD/spec/support/?.lua;$PWD/spec/bench/?.lua;;"
export LUA_CPATH="$PWD/$build/module/?.so;;"
[ "$what" = pages ] && seconds=8 || seconds=$what
lua5.4 spec/bench/pages.lua "$PWD/$build/bench" "$seconds"
[ "$what" != pages ] || exit 0
exec lua5.4 spec/bench/bench.lua "$PWD/$build/bench" "$what"
