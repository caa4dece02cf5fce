#!/bin/sh
# Makes what browsers load, and makes it small: browser.sh ROOT OUTPUT_DIR OWN_FILE…
# Libraries of others (vendor/package.json) and what is bundled with them become OUTPUT_DIR/<name>; each of these, and each
# OWN_FILE, stands there once more as <digest>.gz: found by what is in it, so a file that was changed since has none.
set -eu
root=$(cd "$1" && pwd) out=$2
shift 2
modules=$root/vendor/node_modules
rm -rf "$out"
mkdir -p "$out"

cp "$modules/htmx.org/dist/htmx.min.js" "$out/htmx.js"
NODE_PATH=$modules "$modules/.bin/esbuild" "$root/lua/web/browser/editor.mjs" --bundle --minify --format=iife --target=es2020 --charset=utf8 \
    --legal-comments=none --log-level=warning --outfile="$out/editor.js" >&2

# Their licences want to be where the copies are.
for licence in "$modules"/*/LICENSE* "$modules"/@*/*/LICENSE*; do
    name=${licence#"$modules/"}
    case $name in esbuild/* | @esbuild/* | .*) continue ;; esac
    printf '%s\n\n' "${name%/*}"
    cat "$licence"
    printf '\n'
done > "$out/licences.txt"

for file in "$out"/* "$@"; do
    gzip -9 -n -c "$file" > "$out/$(sha256sum "$file" | cut -c1-12).gz"
done
