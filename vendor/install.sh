#!/bin/sh
# Installs the Debian packages of vendor/packages.txt that are missing: install.sh build|test|bench|lint …
# Needs root (or sudo) only when something is missing. `test` also installs vendor/npm/package-lock.json beside it.
set -eu
list=$(dirname "$0")/packages.txt
missing=
for group in "$@"; do
    for package in $(awk -v g="$group" '$1 == g { print $2 }' "$list"); do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
    done
done
case " $* " in *" test "*) has_npm=yes ;; *) has_npm= ;; esac
# Node may come from elsewhere than Debian: any that runs will do.
[ -z "$has_npm" ] || command -v npm >/dev/null || missing="$missing nodejs npm"
if [ -n "$missing" ]; then
    echo "installing:$missing" >&2
    if [ "$(id -u)" -eq 0 ]; then as_root=; else as_root=sudo; fi
    export DEBIAN_FRONTEND=noninteractive
    $as_root apt-get update -qq
    # Alertmanager's package starts a service where an init system runs; the specs start their own.
    # shellcheck disable=SC2086
    $as_root apt-get install -y -qq --no-install-recommends $missing >&2
fi
npm=$(dirname "$0")/npm
if [ -n "$has_npm" ] && ! cmp -s "$npm/package-lock.json" "$npm/node_modules/.installed"; then
    echo "installing: vendor/npm" >&2
    (cd "$npm" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
    cp "$npm/package-lock.json" "$npm/node_modules/.installed"
fi
