#!/bin/sh
# make lint: format, warnings of gcc and clang, clang-tidy, luacheck: lint.sh BUILD_DIR
# Every check runs, so that one call shows everything there is to mend.
set -u
build=$1
failed=0
fail() { echo "lint: $1" >&2; failed=1; }

sources=$(git ls-files 'core/*.c' 'core/*.h' 'core/*.cc' 'spec/*.c' 'spec/*.h')
# shellcheck disable=SC2086
clang-format --dry-run --Werror $sources || fail "format: run clang-format -i on the files above"

# warnings COMPILER_C COMPILER_CXX FOLDER [CMAKE_FLAG…]: a warning is an error here, so that no earlier build hides it.
warnings() {
    compiler=$1 cxx=$2 folder=$3
    shift 3
    mkdir -p "$folder"
    CC=$compiler CXX=$cxx cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
        -DCMAKE_COMPILE_WARNING_AS_ERROR=ON "$@" > "$folder/lint.log" 2>&1 &&
        cmake --build "$folder" -- -k 0 > "$folder/lint.log" 2>&1 && return
    grep -A6 -E 'error:|warning:' "$folder/lint.log" || tail -30 "$folder/lint.log"
    fail "warnings of $compiler"
}
warnings gcc g++ "$build-lint-gcc"
warnings clang clang++ "$build-lint-clang" -DFUZZ=ON

# Left out, each because what it found here was never a mistake:
#   easily-swappable-parameters, reserved-identifier, macro-parentheses, assignment-in-if-condition  matters of taste
#   narrowing-conversions, implicit-widening-of-multiplication-result  -Wconversion is the rule; these flag `64 * 1024`
#   sizeof-expression            `sizeof a / sizeof *a` of an array of pointers, `n * sizeof *p` for pointers
#   not-null-terminated-result   memchr over bytes is not a string function
#   suspicious-missing-comma     an SQL text that begins with a macro, in a list of texts
#   valist.Uninitialized         clang-tidy 14 does not see va_start from its second file on
#   performance.Padding          the order of fields is for the reader; the structs are few
#   insecureAPI                  wants memcpy_s, which the C library does not have
checks='-*,clang-analyzer-*,bugprone-*'
for off in bugprone-easily-swappable-parameters bugprone-reserved-identifier bugprone-macro-parentheses \
    bugprone-assignment-in-if-condition bugprone-narrowing-conversions \
    bugprone-implicit-widening-of-multiplication-result bugprone-sizeof-expression \
    bugprone-not-null-terminated-result bugprone-suspicious-missing-comma \
    clang-analyzer-optin.performance.Padding clang-analyzer-valist.Uninitialized 'clang-analyzer-security.insecureAPI.*'; do
    checks="$checks,-$off"
done
# Generated tables hold nothing to analyse and take long.
git ls-files 'core/*.c' 'core/*.cc' 'spec/*.c' | grep -v -e /unicode_data.c -e /html_names.c |
    xargs -P2 -n8 clang-tidy --quiet -p "$build-lint-clang" --checks="$checks" --warnings-as-errors='*' \
        > "$build-lint-clang/tidy.log" 2>&1 || { grep -A4 'error:' "$build-lint-clang/tidy.log"; fail "clang-tidy"; }

luacheck --quiet lua integrations spec core/embed.lua || fail "luacheck"
[ $failed = 0 ] && echo "lint: clean"
exit $failed
