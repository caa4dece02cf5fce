--- Formatted webhook: a body with fixed field names, for scripts and for tools with a ready "OnCall" notifier.
--- Wire format: ours and OnCall's: alert_uid, title, message, state, image_url, link_to_upstream_details; all optional.
--- Uptime Kuma's "Grafana OnCall" notification sends title, message and state without alert_uid
--- (louislam/uptime-kuma server/notification-providers/grafana-oncall.js, read 2026-05).
return {
  name  = "Formatted webhook",
  about = "Scripts and tools that send title, message and state; Uptime Kuma",
  connect = [[
Send JSON (or a form) by POST to:

`{{ url }}`

Try it:

```
curl -X POST -H 'Content-Type: application/json' \
  -d '{"alert_uid":"disk-db-1","title":"Disk of db-1 is full","message":"98% used on /var","state":"alerting"}' \
  {{ url }}
```

1. `alert_uid` says which problem it is: alerts with the same one join one alert group. Without it every alert is a group of its own.
2. `state` is `alerting`, or `ok` when the problem is over (with the same `alert_uid`).
3. `title`, `message` (Markdown), `image_url` and `link_to_upstream_details` are what people see.

*Uptime Kuma*: **Settings › Notifications › Setup Notification**, type **Grafana OnCall**, paste the URL above, press **Test**.
]],

  -- Uptime Kuma sends no alert_uid: "shop is down" and "shop is up" are one problem, "shop".
  grouping_id = [[
{%- set title = payload.title -%}
{%- if payload.alert_uid %}{{ payload.alert_uid }}
{%- elif title is string and title.endswith(" is down") %}{{ title[:-8] }}
{%- elif title is string and title.endswith(" is up") %}{{ title[:-6] }}
{%- endif -%}
]],
  resolve_condition = "{{ (payload.state or '') | upper == 'OK' }}",
  source_link = "{{ payload.link_to_upstream_details or '' }}",

  title = "{{ (payload if payload is string else payload.title) or payload.message or payload.alert_uid or 'Alert without a title' }}",
  message = "{{ payload if payload is string else payload.message or '' }}",
  image_url = "{{ payload.image_url or '' }}",

  labels = {
    severity = "{{ payload.severity }}",
  },

  heartbeat = {
    connect = [[
Call this address regularly, for example from cron:

```
* * * * * curl -fsS -m 10 {{ url }} > /dev/null
```
]],
    missing  = [[{"alert_uid":"7973c835-ff3f-46e4-9444-06df127b6f8e","title":"Heartbeat is missing","state":"alerting","message":"The source of this integration has not been heard of for too long.","is_oncall_heartbeat":true,"is_oncall_heartbeat_restored":false}]],
    restored = [[{"alert_uid":"7973c835-ff3f-46e4-9444-06df127b6f8e","title":"Heartbeat is back","state":"ok","message":"The source of this integration is heard of again.","is_oncall_heartbeat":true,"is_oncall_heartbeat_restored":true}]],
  },

  verify = { algorithm = "plain", header = "authorization", prefix = "Bearer ",
    secret = "what the sender puts behind `Authorization: Bearer`" },
  challenge = { field = "challenge", only = { type = "url_verification" }, answer = "{challenge}" },

  examples = {
    { "an alert opens a group",
      payload = [[{"alert_uid":"08d6891a-835c-e661-39fa-96b6a9e26552","title":"Disk of db-1 is full","image_url":"https://graphs.example.org/db-1.png","state":"alerting","link_to_upstream_details":"https://monitor.example.org/hosts/db-1","message":"**98%** used on `/var`","severity":"critical"}]],
      expect = {
        grouping_id = "08d6891a-835c-e661-39fa-96b6a9e26552",
        state = "firing",
        groups = 1,
        title = "Disk of db-1 is full",
        message = "**98%** used on `/var`",
        image_url = "https://graphs.example.org/db-1.png",
        source_link = "https://monitor.example.org/hosts/db-1",
        labels = { severity = "critical" },
        slack = { message = "*98%* used on `/var`" },
        telegram = { message = "<b>98%</b> used on <code>/var</code>" },
      } },
    { "sent again it joins",
      payload = [[{"alert_uid":"08d6891a-835c-e661-39fa-96b6a9e26552","title":"Disk of db-1 is full","state":"alerting","message":"99% used on /var"}]],
      expect = { grouping_id = "08d6891a-835c-e661-39fa-96b6a9e26552", title = "Disk of db-1 is full", state = "firing", groups = 1, alerts = 2 } },
    { "another alert_uid is another problem",
      payload = [[{"alert_uid":"backup-db-1","title":"Backup of db-1 failed","state":"alerting"}]],
      expect = { grouping_id = "backup-db-1", state = "firing", groups = 2, title = "Backup of db-1 failed" } },
    { "state ok in any spelling resolves",
      payload = [[{"alert_uid":"08d6891a-835c-e661-39fa-96b6a9e26552","title":"Disk of db-1 is fine","state":"Ok"}]],
      expect = { grouping_id = "08d6891a-835c-e661-39fa-96b6a9e26552", title = "Disk of db-1 is fine", state = "resolved", groups = 2, alerts = 3 } },
    { "Uptime Kuma: a monitor is down",
      payload = [[{"title":"shop.example.org is down","message":"Request failed with status code 502","state":"alerting"}]],
      expect = { grouping_id = "shop.example.org", state = "firing", groups = 3, title = "shop.example.org is down",
                 message = "Request failed with status code 502" } },
    { "Uptime Kuma: it is up again",
      payload = [[{"title":"shop.example.org is up","message":"200 - OK","state":"ok"}]],
      expect = { title = "shop.example.org is up", grouping_id = "shop.example.org", state = "resolved", groups = 3, alerts = 2 } },
    { "Uptime Kuma: the Test button",
      payload = [[{"title":"General notification","message":"My Grafana OnCall Alert (1) Testing","state":"alerting"}]],
      expect = { grouping_id = false, state = "firing", groups = 4, title = "General notification" } },
    { "an empty body is an alert of its own",
      payload = [[{}]],
      expect = { grouping_id = false, state = "firing", groups = 5, title = "Alert without a title" } },
    { "a question in Slack's way is answered and not shown", payload = [[{"type":"url_verification","challenge":"3eZbrw1aB","token":"x"}]],
      expect = { stored = 0 } },
  },
}
