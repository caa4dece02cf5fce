#!/bin/sh
# make lint: formatting, clang's and gcc's warnings, cppcheck-like analysis by clang-tidy, luacheck. lint.sh BUILD_DIR
set -eu
build=$1
failed=0
sources=$(git ls-files 'core/*.c' 'core/*.h' 'core/*.cc' 'spec/*.c' 'spec/*.h')
# shellcheck disable=SC2086
clang-format --dry-run --Werror $sources || failed=1
# The tree is warning-free under clang as well as gcc.
CC=clang CXX=clang++ cmake -S . -B "$build-clang" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo > /dev/null
cmake --build "$build-clang" > "$build-clang/lint.log" 2>&1 || { tail -30 "$build-clang/lint.log"; failed=1; }
if grep -q 'warning:' "$build-clang/lint.log"; then grep -A6 'warning:' "$build-clang/lint.log"; failed=1; fi
# shellcheck disable=SC2046
clang-tidy --quiet -p "$build" --checks='-*,clang-analyzer-*,-clang-analyzer-security.insecureAPI.*,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-reserved-identifier,-bugprone-narrowing-conversions,-bugprone-assignment-in-if-condition,-bugprone-macro-parentheses' \
    --warnings-as-errors='*' $(git ls-files 'core/*.c') || failed=1
luacheck --quiet lua integrations spec core/embed.lua || failed=1
exit $failed
