#!/bin/sh
# Runs one spec file and prints what it said in one piece: one_file.sh LOCK FILE COMMAND…, for run.sh, which runs some at once.
lock=$1 file=$2
shift 2
said=$(mktemp)
since=$(date +%s)
"$@" "$file" > "$said" 2>&1
echo "$file took $(($(date +%s) - since))" >> "$said"
flock "$lock" cat "$said"
rm -f "$said"
