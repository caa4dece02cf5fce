--- Honeybadger: a project's webhook, for errors, sites, check-ins and alarms.
--- Wire format: https://docs.honeybadger.io/guides/integrations/payloads/v2/ and
--- PagerTree/pager_tree-integrations test/models/pager_tree/integrations/honeybadger/v3_test.rb (read 2026-11).
--- `event` says the kind: the key is the fault, the site, the check-in or the alarm.
return {
  name  = "Honeybadger",
  about = "Errors, uptime, check-ins and alarms of Honeybadger",
  connect = [[
1. In Honeybadger open your project's **Settings › Alerts & Integrations** and choose **Webhook**.
2. Paste `{{ url }}` as the URL. Leave the payload version at its default.
3. Tick the events that shall call: error occurred or rate exceeded, resolved, site down and up, check-in missing and reporting, alarms.
4. Press **Test this integration**, then **Save**.
]],

  grouping_id = [[
{%- set fault = payload.fault if payload.fault is mapping else {} -%}
{%- set site = payload.site if payload.site is mapping else {} -%}
{%- set check_in = payload.check_in if payload.check_in is mapping else {} -%}
{%- set alarm = payload.alarm if payload.alarm is mapping else {} -%}
{%- if fault.id %}fault/{{ fault.id }}
{%- elif check_in.id %}check_in/{{ check_in.id }}
{%- elif site.id %}site/{{ site.id }}{% if payload.event == "cert_will_expire" %}/certificate{% endif %}
{%- elif alarm.id %}alarm/{{ alarm.id }}
{%- endif -%}
]],
  resolve_condition = "{{ payload.event in ('resolved', 'up', 'check_in_reporting', 'alarm_ok') }}",
  source_link = [[
{%- set fault = payload.fault if payload.fault is mapping else {} -%}
{{ fault.url or (payload.outage or {}).details_url or (payload.site or {}).details_url or (payload.check_in or {}).details_url or (payload.alarm or {}).url or "" }}]],

  title = [[
{%- set fault = payload.fault if payload.fault is mapping else {} -%}
{%- set project = (payload.project if payload.project is mapping else {}).name or "" -%}
{%- if payload is string %}{{ payload }}
{%- elif fault.klass %}{{ fault.klass }} ({{ project }}{% if fault.environment %}, {{ fault.environment }}{% endif %})
{%- elif payload.event == "cert_will_expire" %}Certificate ends soon: {{ (payload.site or {}).name }}
{%- elif payload.check_in is mapping %}Check-in is {{ payload.check_in.state or "missing" }}: {{ payload.check_in.name }}
{%- elif payload.site is mapping %}{{ payload.site.name }} is {{ payload.site.state or payload.event }}: {{ payload.site.url | regex_replace("^[a-z]+://", "") | regex_replace("[/?#].*$", "") }}
{%- elif payload.alarm is mapping %}{{ payload.alarm.name }}{% if project %} ({{ project }}){% endif %}
{%- else %}{{ payload.message or "Event of Honeybadger" }}
{%- endif -%}
]],
  message = [[
{%- set fault = payload.fault if payload.fault is mapping else {} -%}
{%- set outage = payload.outage if payload.outage is mapping else {} -%}
{%- set check_in = payload.check_in if payload.check_in is mapping else {} -%}
{{ fault.message or outage.reason or payload.message or "" }}
{% if fault.component %}
- In: {{ fault.component }}{% if fault.action %}#{{ fault.action }}{% endif %}
{%- endif %}
{%- if fault.notices_count %}
- Times: {{ fault.notices_count }}
{%- endif %}
{%- if fault.tags %}
- Tags: {{ fault.tags | join(", ") }}
{%- endif %}
{%- if outage.status %}
- Status: {{ outage.status }}
{%- endif %}
{%- if check_in.expected_at %}
- Expected at: {{ check_in.expected_at }}
{%- endif -%}
]],

  labels = {
    environment = "{{ (payload.fault if payload.fault is mapping else {}).environment or '' }}",
    project     = "{{ (payload.project if payload.project is mapping else {}).name or '' }}",
  },

  -- Who talks about an error, and what was deployed, is no alert.
  split = function(payload)
    local event = payload.event
    if event == "assigned" or event == "commented" or event == "deployed" then return {} end
    return nil
  end,

  examples = {
    { "an error occurs",
      payload = [[{"event":"occurred","message":"[Shop/production] Redis::CannotConnectError: Error connecting to Redis","project":{"id":85696,"name":"Shop","token":"cc614e8d"},"fault":{"project_id":85696,"klass":"Redis::CannotConnectError","component":"cart","action":"pay","environment":"production","resolved":false,"ignored":false,"created_at":"2026-11-04T02:11:42.468252Z","comments_count":0,"message":"Error connecting to Redis on cache-1:6379 (SocketError)","notices_count":3,"last_notice_at":"2026-11-04T02:11:42.262951Z","tags":["redis"],"id":80770669,"assignee":null,"url":"https://app.honeybadger.io/projects/85696/faults/80770669","deploy":null},"notice":{"id":807706691628146130},"context":{}}]],
      expect = {
        grouping_id = "fault/80770669",
        state = "firing",
        groups = 1,
        title = "Redis::CannotConnectError (Shop, production)",
        message = [[
Error connecting to Redis on cache-1:6379 (SocketError)

- In: cart#pay
- Times: 3
- Tags: redis]],
        source_link = "https://app.honeybadger.io/projects/85696/faults/80770669",
        labels = { environment = "production", project = "Shop" },
      } },
    { "its rate is exceeded: the same fault",
      payload = [[{"event":"rate_exceeded","message":"[Shop/production] rate exceeded","project":{"id":85696,"name":"Shop"},"fault":{"klass":"Redis::CannotConnectError","environment":"production","message":"Error connecting to Redis","notices_count":412,"tags":[],"id":80770669,"url":"https://app.honeybadger.io/projects/85696/faults/80770669"}}]],
      expect = { grouping_id = "fault/80770669", state = "firing", title = "Redis::CannotConnectError (Shop, production)", groups = 1, alerts = 2 } },
    { "a comment is no alert",
      payload = [[{"event":"commented","message":"Mira commented","project":{"id":85696,"name":"Shop"},"fault":{"klass":"Redis::CannotConnectError","id":80770669}}]],
      expect = { stored = 0, groups = 1 } },
    { "a site goes down",
      payload = [[{"event":"down","message":"[Shop] Checkout is down.","project":{"id":85696,"name":"Shop"},"site":{"id":"37a5a602-f049-46ac-9a64-e8db6079dc80","name":"Checkout","url":"https://shop.example.org/checkout","frequency":1,"state":"down","active":true,"details_url":"https://app.honeybadger.io/projects/85696/sites/37a5a602"},"outage":{"down_at":"2026-11-04T02:16:50.149481Z","up_at":null,"status":500,"reason":"Expected 2xx status code -- got 500","headers":{},"details_url":"https://app.honeybadger.io/projects/85696/sites/37a5a602"}}]],
      expect = { grouping_id = "site/37a5a602-f049-46ac-9a64-e8db6079dc80", state = "firing", title = "Checkout is down: shop.example.org", groups = 2,
                 message = "Expected 2xx status code -- got 500\n\n- Status: 500" } },
    { "and up",
      payload = [[{"event":"up","message":"[Shop] Checkout is back up.","project":{"id":85696,"name":"Shop"},"site":{"id":"37a5a602-f049-46ac-9a64-e8db6079dc80","name":"Checkout","url":"https://shop.example.org/checkout","state":"up"},"outage":{"down_at":"2026-11-04T02:16:50.149481Z","up_at":"2026-11-04T02:26:50.149481Z","status":500,"reason":"Expected 2xx status code -- got 500"}}]],
      expect = { grouping_id = "site/37a5a602-f049-46ac-9a64-e8db6079dc80", state = "resolved", title = "Checkout is up: shop.example.org", groups = 2, alerts = 2 } },
    { "a check-in is missing",
      payload = [[{"event":"check_in_missing","message":"[Shop] MISSING: Backup hasn't checked in for 2 minutes","project":{"id":85696,"name":"Shop"},"check_in":{"state":"missing","schedule_type":"simple","reported_at":"2026-11-04T02:25:12.065726Z","expected_at":"2026-11-04T02:28:04.477334Z","missed_count":1,"id":"vOIMp4","name":"Backup","details_url":"https://app.honeybadger.io/projects/85696/check_ins","report_period":"1 minute"}}]],
      expect = { grouping_id = "check_in/vOIMp4", state = "firing", title = "Check-in is missing: Backup", groups = 3 } },
    { "and reports",
      payload = [[{"event":"check_in_reporting","message":"[Shop] Backup is reporting","project":{"id":85696,"name":"Shop"},"check_in":{"state":"reporting","id":"vOIMp4","name":"Backup"}}]],
      expect = { grouping_id = "check_in/vOIMp4", state = "resolved", title = "Check-in is reporting: Backup", groups = 3, alerts = 2 } },
    { "resolving the error there resolves it",
      payload = [[{"event":"resolved","message":"resolved by Mira","project":{"id":85696,"name":"Shop"},"fault":{"klass":"Redis::CannotConnectError","environment":"production","message":"Error connecting to Redis","notices_count":412,"tags":[],"id":80770669,"resolved":true,"url":"https://app.honeybadger.io/projects/85696/faults/80770669"}}]],
      expect = { grouping_id = "fault/80770669", state = "resolved", title = "Redis::CannotConnectError (Shop, production)", groups = 3, alerts = 3 } },
  },
}
