#!/bin/sh
# make bench: speed and memory beside Prometheus Alertmanager, in one run on one machine. run.sh BUILD_DIR [SECONDS]
set -eu
build=$1
export TOCSIN="$PWD/$build/tocsin" LUA_PATH="$PWD/lua/?.lua;$PWD/lua/?/init.lua;$PWD/spec/support/?.lua;$PWD/spec/bench/?.lua;;"
export LUA_CPATH="$PWD/$build/module/?.so;;"
exec lua5.4 spec/bench/bench.lua "$PWD/$build/bench" "${2:-8}"
