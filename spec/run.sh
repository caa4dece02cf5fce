#!/bin/sh
# Runs the specs: run.sh BUILD_DIR SANITIZERS [FILE_OR_FOLDER…]; without files all that belong to `make test`, on every processor.
# Specs find Lua modules under lua/, the core as `require "tocsin.core"`, and the binary in $TOCSIN.
set -eu
build=$1 san=$2
shift 2
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
busted="env ${preload:+LD_PRELOAD=$preload} lua5.4 /usr/bin/busted --pattern=_spec --helper=spec/support/alone.lua --output=spec/support/summary.lua"
# shellcheck disable=SC2086
[ $# -eq 0 ] || exec $busted "$@"

# Each file is a process of its own, and who is free takes the next; spec/support/slow_first.txt names those that take longest.
lanes=$(nproc)
[ "$lanes" -le 4 ] || lanes=4
all=$(ls -d spec/*/ | grep -v -e '/support/' -e '/bench/' -e '/fuzz/')
# shellcheck disable=SC2086
find $all -name '*_spec.lua' | sort > "$build/specs.txt"
grep -vxF -f "$build/specs.txt" spec/support/slow_first.txt && { echo "slow_first.txt names files that are not there"; exit 1; }
# shellcheck disable=SC2086
{ cat spec/support/slow_first.txt; grep -vxF -f spec/support/slow_first.txt "$build/specs.txt"; } |
    xargs -P "$lanes" -I FILE spec/support/one_file.sh "$build/specs.txt" FILE $busted |
    awk -v files="$(wc -l < "$build/specs.txt")" '
        / took [0-9]+$/          { ended++; took[$1] = $3; next }
        /^[0-9]+ seconds$/       { next }
        /^[0-9]+ passed, [0-9]+ failed$/ { summed++; passed += $1; failed += $3; next }
        { print }
        END {
            for (f in took) if (took[f] >= 10) printf "%4d s %s\n", took[f], f
            if (summed != files) { printf "%d of %d files ended without a summary\n", files - summed, files; failed += files - summed }
            printf "%d passed, %d failed\n", passed, failed
            exit failed > 0
        }'
