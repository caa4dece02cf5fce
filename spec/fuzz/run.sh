#!/bin/sh
# make fuzz: each spec/fuzz/*_fuzz.c under libFuzzer with address and undefined sanitizers for FUZZ_SECONDS (60) each:
# run.sh BUILD_DIR, where the core is that makes the seeds.
# FUZZ_TARGETS picks some, FUZZ_SEED a seed. A target may have words (X_fuzz.dict) and a maker of seeds (X_fuzz_seeds.lua).
# What is found lands in build-fuzz/found/; put it into the specs as a case before it is mended: a template as a file in
# spec/fuzz/findings/, as small as it can be (-minimize_crash=1), with a name that says what it was.
set -eu
export LUA_PATH="$PWD/lua/?.lua;$PWD/lua/?/init.lua;$PWD/spec/support/?.lua;;" LUA_CPATH="$PWD/$1/module/?.so;;"
seconds=${FUZZ_SECONDS:-60} seed=${FUZZ_SEED:-$(date +%s)}
test -f build-fuzz/build.ninja ||
    CC=clang CXX=clang++ cmake -S . -B build-fuzz -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DSAN=fuzzer-no-link,address,undefined -DFUZZ=ON
mkdir -p build-fuzz/found
# Stacks of allocations are left out: they cost more than the rest, and a finding is run again anyway. New memory is not
# filled, and freed memory is watched for a megabyte: a third more runs.
export ASAN_OPTIONS=malloc_context_size=1:quarantine_size_mb=1:thread_local_quarantine_size_kb=64:max_malloc_fill_size=0:${ASAN_OPTIONS:-}
for name in ${FUZZ_TARGETS:-$(basename -s .c spec/fuzz/*_fuzz.c)}; do
    cmake --build build-fuzz --target "$name" > /dev/null
    mkdir -p "build-fuzz/corpus/$name" "build-fuzz/seeds/$name"
    test ! -f "spec/fuzz/${name}_seeds.lua" || lua5.4 "spec/fuzz/${name}_seeds.lua" "build-fuzz/seeds/$name"
    set -- -max_total_time="$seconds" -seed="$seed" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1
    test ! -f "spec/fuzz/$name.dict" || set -- "$@" -dict="spec/fuzz/$name.dict"
    # A Lua state outlives a run, which looks like a leak.
    test "$name" != template_fuzz || set -- "$@" -detect_leaks=0 -entropic=0 -max_len=500 -reload=0
    echo "$name: $seconds s, seed $seed"
    "build-fuzz/$name" "$@" -artifact_prefix=build-fuzz/found/ "build-fuzz/corpus/$name" "build-fuzz/seeds/$name" \
        > "build-fuzz/$name.log" 2>&1 || {
        grep -a -E -A1 "SUMMARY|ERROR|Test unit|^$name:" "build-fuzz/$name.log"
        echo "$name failed: see build-fuzz/found and build-fuzz/$name.log"
        exit 1
    }
    grep -E 'stat::number_of_executed|stat::average_exec|stat::peak_rss' "build-fuzz/$name.log"
done
