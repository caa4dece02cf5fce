--- Monit: alerts of a Monit daemon, by a script that its `exec` calls.
--- Wire format: the form of the script in `connect`; variables and the order of `else if succeeded` as in
--- https://mmonit.com/monit/documentation/monit.html, names of events as Monit 5.33 writes them (read 2026-11).
--- What an event is called differs at its end (Status failed, Status succeeded), so the words of a state are taken out of the grouping id.
return {
  name  = "Monit",
  about = "Processes, files, filesystems and programs watched by Monit",
  connect = [[
1. Write this to `/usr/local/bin/tocsin` and make it executable (`chmod 755 /usr/local/bin/tocsin`):

```
#!/bin/sh
exec curl -fsS -m 20 --retry 3 --data-urlencode "state=$1" --data-urlencode "host=$MONIT_HOST" \
  --data-urlencode "service=$MONIT_SERVICE" --data-urlencode "event=$MONIT_EVENT" \
  --data-urlencode "description=$MONIT_DESCRIPTION" --data-urlencode "date=$MONIT_DATE" "{{ url }}"
```

2. In Monit's files call it from each test that shall page, for its end as well:

```
check filesystem rootfs with path /
  if space usage > 90% then exec "/usr/local/bin/tocsin alerting"
    else if succeeded then exec "/usr/local/bin/tocsin ok"
```

3. Check and reload: `monit -t && monit reload`.
4. Try it: `MONIT_HOST=$(hostname) MONIT_SERVICE=test MONIT_EVENT="Status failed" MONIT_DESCRIPTION=hello /usr/local/bin/tocsin alerting`; then the same with `ok`.
]],

  grouping_id = [[
{{- payload.host }}/{{ payload.service }}/{{ (payload.event or "") | lower | replace("exists", "exist") | regex_replace("\\b(failed|succeeded|matched|match|changed|not|does|doesn't|error|invalid|recovery|recovered|done|up|down)\\b", "") | trim }}]],
  resolve_condition = "{{ (payload.state or '') | lower == 'ok' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else %}{{ payload.service or "Service of Monit" }}: {{ (payload.event or "failed") | lower }}{% if payload.host and payload.host != payload.service %} on {{ payload.host }}{% endif %}
{%- endif -%}
]],
  message = "{{ payload.description or '' if payload is mapping else '' }}",

  labels = {
    host = "{{ payload.host or '' }}",
    service = "{{ payload.service or '' }}",
  },

  verify = { algorithm = "plain", header = "authorization", prefix = "Bearer ",
    secret = "any text, which the script sends by `-H \"Authorization: Bearer …\"`" },

  examples = {
    { "a filesystem is full", headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = "state=alerting&host=db-1&service=rootfs&event=Resource%20limit%20matched&description=space%20usage%2093.1%25%20matches%20resource%20limit%20%5Bspace%20usage%20%3E%2090.0%25%5D&date=Wed%2C%2004%20Nov%202026%2002%3A11%3A42",
      expect = { grouping_id = "db-1/rootfs/resource limit", state = "firing", groups = 1, title = "rootfs: resource limit matched on db-1",
        message = "space usage 93.1% matches resource limit [space usage > 90.0%]", labels = { host = "db-1", service = "rootfs" } } },
    { "still: with `repeat every`", headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = "state=alerting&host=db-1&service=rootfs&event=Resource%20limit%20matched&description=space%20usage%2093.4%25",
      expect = { grouping_id = "db-1/rootfs/resource limit", state = "firing", alerts = 2, title = "rootfs: resource limit matched on db-1" } },
    { "and has room again", headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = "state=ok&host=db-1&service=rootfs&event=Resource%20limit%20succeeded&description=space%20usage%20check%20succeeded",
      expect = { grouping_id = "db-1/rootfs/resource limit", state = "resolved", groups = 1, title = "rootfs: resource limit succeeded on db-1" } },
    { "a process is gone: another problem", headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = "state=alerting&host=db-1&service=postgres&event=Does%20not%20exist&description=process%20is%20not%20running",
      expect = { grouping_id = "db-1/postgres/exist", state = "firing", groups = 2, title = "postgres: does not exist on db-1" } },
    { "and runs", headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = "state=ok&host=db-1&service=postgres&event=Exists&description=process%20is%20running%20with%20pid%204711",
      expect = { grouping_id = "db-1/postgres/exist", state = "resolved", title = "postgres: exists on db-1" } },
    { "a program says no", headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = "state=alerting&host=db-1&service=backup&event=Status%20failed&description=status%20failed%20%281%29%20--%20no%20backup%20since%20yesterday",
      expect = { grouping_id = "db-1/backup/status", state = "firing", groups = 3, title = "backup: status failed on db-1",
        message = "status failed (1) -- no backup since yesterday" } },
  },
}
