#!/bin/sh
# Runs the specs: run.sh BUILD_DIR SANITIZERS [FILE_OR_FOLDER…]; without files, all that belong to `make test`.
# Specs find Lua modules under lua/, the core as `require "tocsin.core"`, and the binary in $TOCSIN.
set -eu
build=$1 san=$2
shift 2
[ $# -gt 0 ] || set -- $(ls -d spec/*/ | grep -v -e '/support/' -e '/bench/' -e '/fuzz/')
export TOCSIN="$PWD/$build/tocsin" SPEC_BUILD="$PWD/$build" SPEC_SAN="$san"
export LUA_PATH="$PWD/lua/?.lua;$PWD/lua/?/init.lua;$PWD/spec/support/?.lua;;"
export LUA_CPATH="$PWD/$build/module/?.so;;"
export TZ=UTC LC_ALL=C.UTF-8
case $san in
*address*) export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
           preload=$(gcc -print-file-name=libasan.so) ;;
*thread*)  export TSAN_OPTIONS="halt_on_error=1:second_deadlock_stack=1:suppressions=$PWD/spec/support/tsan.supp"
           preload=$(gcc -print-file-name=libtsan.so) ;;
*)         preload= ;;
esac
# The sanitizer's library is loaded for the interpreter alone (support/alone.lua), and by who preloads something himself.
export SPEC_PRELOAD="$preload"
exec env ${preload:+LD_PRELOAD=$preload} lua5.4 /usr/bin/busted --pattern=_spec --helper=spec/support/alone.lua \
    --output=spec/support/summary.lua "$@"
