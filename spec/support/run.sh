#!/bin/sh
# make run: serves with data in ./var and prints what to do next. run.sh BINARY HOST:PORT
set -eu
umask 077 # the keys of the first integration lie in the folder
binary=$1 listen=$2 data=./var
mkdir -p "$data"
rm -f "$data/.listening" # of the last run
"$binary" serve --data "$data" --listen "$listen" > "$data/.listening" &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
trap 'kill $server 2>/dev/null || true; wait $server; exit $?' INT TERM
while ! grep -q '^listening on ' "$data/.listening" 2>/dev/null; do
    kill -0 $server 2>/dev/null || exit 1
    sleep 0.1
done
cat "$data/.listening"
url=$(sed -n 's/^listening on //p' "$data/.listening")
if [ ! -s "$data/.first-integration" ]; then
    "$binary" token create --data "$data" --name "make run" > "$data/.first-token"
    curl -sSf -o "$data/.first-integration" -H "Authorization: $(cat "$data/.first-token")" -H 'Content-Type: application/json' \
        -d '{"type":"formatted_webhook","name":"First alerts","token":"first-alerts-'"$(head -c 9 /dev/urandom | od -An -tx1 | tr -d ' \n')"'"}' "$url/api/v1/integrations/"
fi
key=$(sed 's/.*"token": *"\([^"]*\)".*/\1/' "$data/.first-integration")
cat <<EOF

Send a first alert:

  curl -d '{"alert_uid":"db-1","title":"Disk is full on db-1","state":"alerting","message":"97 % used"}' \\
       -H 'Content-Type: application/json' $url/integrations/v1/formatted_webhook/$key/

See it:

  curl -H "Authorization: $(cat "$data/.first-token")" $url/api/v1/alert_groups/

Explained in a browser: $url/integrations/v1/formatted_webhook/$key/
Stop with Ctrl-C; everything is kept in $data.
EOF
wait $server
