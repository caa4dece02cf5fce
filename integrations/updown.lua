--- updown.io: a webhook recipient. One request is a list of events.
--- Wire format: https://updown.io/api#webhooks (read 2026-11): check.down, check.up, check.ssl_invalid, check.ssl_valid, check.ssl_expiration,
--- check.performance_drop. Each has its check and, while it is down, its downtime.
return {
  name  = "updown.io",
  about = "Checks of updown.io going down and up, and their certificates",
  connect = [[
1. In updown.io open **Settings › Recipients** and add a **Webhook** with the URL `{{ url }}`.
2. In your checks tick the recipient under **Alerts**.
3. Press **Test** at the recipient: it shows here at once.
4. Certificates that are invalid are resolved by `ssl_valid`; a drop of performance is resolved by hand.
]],

  grouping_id = [[
{%- set check = payload.check if payload.check is mapping else {} -%}
{%- if check.token or check.url -%}
{{ check.token or check.url }}{% if ".ssl" in (payload.event or "") %}/certificate{% elif payload.event == "check.performance_drop" %}/performance{% endif %}
{%- endif -%}
]],
  resolve_condition = "{{ payload.event in ('check.up', 'check.ssl_valid', 'check.ssl_renewed') }}",
  source_link = [[
{%- set check = payload.check if payload.check is mapping else {} -%}
{%- if check.token %}https://updown.io/{{ check.token }}{% else %}{{ check.url or "" }}{% endif -%}
]],

  title = [[
{%- set check = payload.check if payload.check is mapping else {} -%}
{%- set name = check.alias or (check.url or "") | regex_replace("^[a-z]+://", "") | regex_replace("[/?#].*$", "") or "Check of updown.io" -%}
{%- if payload is string %}{{ payload }}
{%- else -%}
{{ {"check.down": "%s is down", "check.up": "%s is up", "check.ssl_invalid": "Certificate is invalid: %s", "check.ssl_valid": "Certificate is valid: %s",
    "check.ssl_expiration": "Certificate ends soon: %s", "check.ssl_renewed": "Certificate was renewed: %s", "check.performance_drop": "%s is slow"}.get(payload.event or "", "Event of %s") | format(name) }}
{%- endif -%}
]],
  message = [[
{%- set check = payload.check if payload.check is mapping else {} -%}
{%- set downtime = payload.downtime if payload.downtime is mapping else {} -%}
{%- set ssl = payload.ssl if payload.ssl is mapping else {} -%}
{%- if payload is mapping -%}
{{ downtime.error or ssl.error or payload.description or "" }}
{% if check.url %}
- Address: {{ check.url }}
{%- endif %}
{%- if downtime.started_at %}
- Since: {{ downtime.started_at }}{% if downtime.ended_at %} until {{ downtime.ended_at }}{% endif %}
{%- endif %}
{%- if ssl.days_before_expiration %}
- Days left: {{ ssl.days_before_expiration }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    check = "{{ (payload.check if payload.check is mapping else {}).alias or '' }}",
  },

  split = function(payload)
    if type(payload[1]) == "table" and payload[1].event then return payload end
    return nil
  end,

  examples = {
    { "two checks in one request",
      payload = [=[[{"event":"check.down","time":"2026-11-04T02:11:42Z","description":"DOWN: https://api.example.org/ since 02:11:42 (UTC), reason: 500","check":{"token":"xyz0","url":"https://api.example.org/","alias":"","last_status":500,"uptime":99.9,"down":true,"period":60},"downtime":{"id":"1","error":"500","started_at":"2026-11-04T02:11:42Z","ended_at":null,"duration":null}},{"event":"check.down","time":"2026-11-04T02:11:42Z","check":{"token":"ngg8","url":"https://shop.example.org/","alias":"Shop","last_status":502,"down":true,"period":30},"downtime":{"id":"2","error":"502","started_at":"2026-11-04T02:11:42Z","ended_at":null,"duration":null}}]]=],
      expect = {
        stored = 2,
        groups = 2,
        grouping_id = "ngg8",
        state = "firing",
        title = "Shop is down",
        message = [[
502

- Address: https://shop.example.org/
- Since: 2026-11-04T02:11:42Z]],
        source_link = "https://updown.io/ngg8",
        labels = { check = "Shop" },
      } },
    { "an invalid certificate is a problem of its own",
      payload = [=[[{"event":"check.ssl_invalid","time":"2026-11-04T02:12:42Z","check":{"token":"ngg8","url":"https://shop.example.org/","alias":"Shop"},"ssl":{"cert":{"subject":"shop.example.org"},"error":"certificate has expired"}}]]=],
      expect = { grouping_id = "ngg8/certificate", state = "firing", title = "Certificate is invalid: Shop", groups = 3,
                 message = "certificate has expired\n\n- Address: https://shop.example.org/" } },
    { "and is valid again",
      payload = [=[[{"event":"check.ssl_valid","time":"2026-11-04T02:32:42Z","check":{"token":"ngg8","url":"https://shop.example.org/","alias":"Shop"},"ssl":{"cert":{"subject":"shop.example.org"}}}]]=],
      expect = { grouping_id = "ngg8/certificate", state = "resolved", title = "Certificate is valid: Shop", groups = 3, alerts = 2 } },
    { "up resolves the check",
      payload = [=[[{"event":"check.up","time":"2026-11-04T02:41:42Z","check":{"token":"ngg8","url":"https://shop.example.org/","alias":"Shop","down":false},"downtime":{"id":"2","error":"502","started_at":"2026-11-04T02:11:42Z","ended_at":"2026-11-04T02:41:42Z","duration":1800}}]]=],
      expect = { grouping_id = "ngg8", state = "resolved", title = "Shop is up", groups = 3, alerts = 2 } },
    { "a check without an alias is called by its host",
      payload = [=[[{"event":"check.up","time":"2026-11-04T02:51:42Z","check":{"token":"xyz0","url":"https://api.example.org/","alias":null},"downtime":{"error":"500","started_at":"2026-11-04T02:11:42Z","ended_at":"2026-11-04T02:51:42Z"}}]]=],
      expect = { grouping_id = "xyz0", state = "resolved", title = "api.example.org is up", groups = 3, alerts = 2 } },
  },
}
