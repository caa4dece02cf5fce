#!/bin/sh
# Installs the Debian packages of vendor/packages.txt that are missing: install.sh build|test|bench|lint …
# Needs root (or sudo) only when something is missing. Then npm's, as the lock files pin them: for `build` those of
# vendor/package.json, for `test` those of vendor/npm/package.json too.
set -eu
vendor=$(dirname "$0")
list=$vendor/packages.txt
missing=
for group in "$@"; do
    for package in $(awk -v g="$group" '$1 == g { print $2 }' "$list"); do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
    done
done
folders=
for group in "$@"; do
    case $group in
    build) folders="$folders $vendor" ;;
    test) folders="$folders $vendor/npm" ;;
    esac
done
# Node may come from elsewhere than Debian: any that runs will do.
[ -z "$folders" ] || command -v npm >/dev/null || missing="$missing nodejs npm"
if [ -n "$missing" ]; then
    echo "installing:$missing" >&2
    if [ "$(id -u)" -eq 0 ]; then as_root=; else as_root=sudo; fi
    export DEBIAN_FRONTEND=noninteractive
    $as_root apt-get update -qq
    # Some packages (Alertmanager, the senders) start a service where an init system runs; the specs start their own.
    # shellcheck disable=SC2086
    $as_root apt-get install -y -qq --no-install-recommends $missing >&2
fi
for folder in $folders; do
    cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed" && continue
    echo "installing: $folder" >&2
    (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
    cp "$folder/package-lock.json" "$folder/node_modules/.installed"
done
