#!/bin/sh
# make bench: run.sh BUILD_DIR [SECONDS | templates | pages | timers | heartbeats | backtest | lists | reads | mail | web | doors]
# Templates beside Python's Jinja2, how soon a page leaves, how late a million timers are, what heartbeats cost, stored payloads under other
# templates, lists among a million groups, what readers cost senders, mails, the pages of a million groups, other systems' doors beside the plain webhook, then speed and
# memory beside Prometheus Alertmanager (rounds of SECONDS), each in one run on one machine; the
# words measure one of them alone.
set -eu
build=$1 what=${2:-8}
case $what in
templates|pages|timers|heartbeats|backtest|lists|reads|mail|web|doors) seconds=8 ;;
*) seconds=$what what=all ;;
esac
export TOCSIN="$PWD/$build/tocsin" LUA_PATH="$PWD/lua/?.lua;$PWD/lua/?/init.lua;$PWD/spec/support/?.lua;$PWD/spec/bench/?.lua;;"
export LUA_CPATH="$PWD/$build/module/?.so;;" SPEC_BUILD="$PWD/$build"
is() { [ "$what" = "$1" ] || [ "$what" = all ]; }
! is templates || /usr/bin/python3 spec/bench/templates.py "$build/template_bench"
! is pages || lua5.4 spec/bench/pages.lua "$PWD/$build/bench" "$seconds"
! is heartbeats || lua5.4 spec/bench/heartbeats.lua "$PWD/$build/bench"
! is timers || lua5.4 spec/bench/timers.lua "$PWD/$build/bench"
! is lists || lua5.4 spec/bench/lists.lua "$PWD/$build/bench"
! is reads || lua5.4 spec/bench/reads.lua "$PWD/$build/bench"
! is mail || lua5.4 spec/bench/mail.lua "$PWD/$build/bench"
! is web || lua5.4 spec/bench/web.lua "$PWD/$build/bench"
! is doors || lua5.4 spec/bench/doors.lua "$PWD/$build/bench" 4
! is backtest || { lua5.4 spec/bench/backtest.lua; lua5.4 spec/bench/beside.lua "$PWD/$build/bench"; }
! is all || exec lua5.4 spec/bench/bench.lua "$PWD/$build/bench" "$seconds"
