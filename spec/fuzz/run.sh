#!/bin/sh
# make fuzz: each spec/fuzz/*_fuzz.c under libFuzzer with address and undefined sanitizers for FUZZ_SECONDS (60) each.
# What is found lands in build-fuzz/found/; put it into the specs as a case before it is mended.
set -eu
seconds=${FUZZ_SECONDS:-60}
test -f build-fuzz/build.ninja ||
    CC=clang CXX=clang++ cmake -S . -B build-fuzz -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DSAN=fuzzer-no-link,address,undefined -DFUZZ=ON
mkdir -p build-fuzz/found
for source in spec/fuzz/*_fuzz.c; do
    name=$(basename "$source" .c)
    cmake --build build-fuzz --target "$name" > /dev/null
    mkdir -p "build-fuzz/corpus/$name"
    echo "$name: $seconds s"
    "build-fuzz/$name" -max_total_time="$seconds" -timeout=2 -rss_limit_mb=1024 -artifact_prefix=build-fuzz/found/ \
        -print_final_stats=1 "build-fuzz/corpus/$name" > "build-fuzz/$name.log" 2>&1 || {
        grep -E 'SUMMARY|ERROR|Test unit' "build-fuzz/$name.log"
        echo "$name failed: see build-fuzz/found and build-fuzz/$name.log"
        exit 1
    }
    grep -E 'stat::number_of_executed|stat::peak_rss' "build-fuzz/$name.log"
done
