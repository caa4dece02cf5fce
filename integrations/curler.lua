--- Curler: alerts by one line of a shell, from cron jobs, backups, scripts, Home Assistant, Node-RED.
--- Wire format: the forms in `connect`; the names are those of OnCall's formatted webhook,
--- https://grafana.com/docs/oncall/latest/configure/integrations/references/webhook/ (read 2026-11).
--- `status` may be the exit code of a command: 0 is over.
return {
  name  = "Curl",
  about = "One line in a script: cron jobs, backups, Home Assistant, Node-RED",
  connect = [[
1. Send one line when something is wrong. `alert_uid` names the problem: the same for its end.

```
curl -fsS --retry 3 -d alert_uid=backup-db1 -d title="Backup of db-1 failed" -d state=alerting --data-urlencode message="$(tail -n 5 /var/log/backup.log)" "{{ url }}"
```

2. And one when it is over:

```
curl -fsS --retry 3 -d alert_uid=backup-db1 -d title="Backup of db-1" -d state=ok "{{ url }}"
```

3. In a cron job one line does both: the command's exit code is the state, 0 is well.

```
0 2 * * * /usr/local/bin/backup >/tmp/backup.log 2>&1; curl -fsS --retry 3 -d alert_uid=backup -d title="Backup on $(hostname)" -d status=$? --data-urlencode message@/tmp/backup.log "{{ url }}"
```

4. Home Assistant, Node-RED and n8n send the same names as JSON by POST. Others: `host`, `severity` (critical, error, warning, info), `link`, `image_url`.
]],

  grouping_id = "{{ payload.alert_uid or [payload.host, payload.title] | select | join('/') }}",
  resolve_condition = [[
{%- set state = (payload.state or payload.status or "") | string | lower -%}
{{ state in ("ok", "resolved", "up", "0", "success") or (payload.state is none and payload.status == 0) or payload.status | string == "0" }}]],
  acknowledge_condition = "{{ (payload.state or '') | string | lower in ('acknowledged', 'ack') }}",
  source_link = "{{ payload.link or payload.link_to_upstream_details or '' }}",

  title = [[
{%- if payload is string %}{{ payload | truncate(200) }}
{%- else %}{{ payload.title or payload.alert_uid or "Alert of a script" }}
{%- if payload.host and payload.host | string not in (payload.title or "") | string %}: {{ payload.host }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ payload.message or "" }}
{%- if payload.status and payload.status | string != "0" %}

- Exit code: {{ payload.status }}
{%- endif -%}
{%- endif -%}
]],
  image_url = "{{ payload.image_url or '' }}",

  labels = {
    severity = "{% set word = (payload.severity or '') | string | lower %}{{ word if word in ('critical', 'error', 'warning', 'info') else '' }}",
    host = "{{ payload.host or '' }}",
  },

  verify = { algorithm = "plain", header = "authorization", prefix = "Bearer ", secret = "any text, which curl sends by `-H \"Authorization: Bearer …\"`" },

  examples = {
    { "a script says that something is wrong", headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = "alert_uid=backup-db1&title=Backup of db-1 failed&state=alerting&message=rsync%3A%20connection%20refused",
      expect = { grouping_id = "backup-db1", state = "firing", groups = 1, title = "Backup of db-1 failed", message = "rsync: connection refused" } },
    { "again", headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = "alert_uid=backup-db1&title=Backup of db-1 failed&state=alerting&message=rsync%3A%20no%20route%20to%20host",
      expect = { grouping_id = "backup-db1", state = "firing", alerts = 2, groups = 1, title = "Backup of db-1 failed" } },
    { "and that it is over", headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = "alert_uid=backup-db1&title=Backup of db-1&state=ok",
      expect = { grouping_id = "backup-db1", state = "resolved", title = "Backup of db-1" } },
    { "an exit code that is not 0 is a problem", headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = "alert_uid=backup&title=Backup+on+db-2&status=23&message=some+files+could+not+be+transferred",
      expect = { grouping_id = "backup", state = "firing", groups = 2, title = "Backup on db-2",
        message = "some files could not be transferred\n\n- Exit code: 23" } },
    { "and 0 is its end", headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = "alert_uid=backup&title=Backup+on+db-2&status=0&message=",
      expect = { grouping_id = "backup", state = "resolved", title = "Backup on db-2" } },
    { "0 as a number of JSON, too",
      payload = [[{"alert_uid":"washer","title":"Washing machine leaks","status":1,"host":"home","severity":"Critical","link":"https://ha.example.org/lovelace/0"}]],
      expect = { grouping_id = "washer", state = "firing", title = "Washing machine leaks: home", source_link = "https://ha.example.org/lovelace/0",
        labels = { severity = "critical", host = "home" } } },
    { "somebody is at it",
      payload = [[{"alert_uid":"washer","title":"Washing machine leaks","state":"acknowledged","host":"home"}]],
      expect = { grouping_id = "washer", state = "acknowledged", title = "Washing machine leaks: home" } },
    { "as its end",
      payload = [[{"alert_uid":"washer","title":"Washing machine leaks","status":0,"host":"home"}]],
      expect = { grouping_id = "washer", state = "resolved", title = "Washing machine leaks: home" } },
    { "without a name the title on its host is the problem",
      payload = [[{"title":"Disk is full","host":"nas"}]],
      expect = { grouping_id = "nas/Disk is full", state = "firing", title = "Disk is full: nas" } },
  },
}
