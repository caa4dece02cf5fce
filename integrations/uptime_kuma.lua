--- Uptime Kuma 1 and 2: a notification of the type Webhook, with its JSON, its form or a body of one's own left at the default.
--- Wire format: louislam/uptime-kuma server/notification-providers/webhook.js and server/model/monitor.js (read 2026-11).
--- `heartbeat` and `monitor` are null for the Test button and for a certificate that ends soon: then only `msg` speaks.
return {
  name  = "Uptime Kuma",
  about = "Monitors of Uptime Kuma going down and up, and certificates that end soon",
  connect = [[
1. In Uptime Kuma open **Settings › Notifications** and choose **Setup Notification**.
2. Choose the type **Webhook**, name it `Tocsin` and paste this as **Post URL**:

   `{{ url }}`

3. Leave **Request Body** at *Preset - application/json*, and turn on **Default enabled** and **Apply on all existing monitors**.
4. Press **Test**: it shows here as resolved and calls nobody. **Save**.
5. A notification of the type *Grafana OnCall* belongs to the integration *Formatted webhook* instead.
]],

  -- A certificate is one problem however many days are left of it.
  grouping_id = [[
{%- if payload.monitor %}{{ payload.monitor.id }}
{%- elif payload.msg and "certificate" in payload.msg | lower %}{{ payload.msg | regex_replace(" in -?[0-9]+ days?.*", "") }}
{%- endif -%}
]],
  -- A message without a heartbeat is the Test button, unless it speaks of a certificate.
  resolve_condition = [[
{%- if payload.heartbeat %}{{ payload.heartbeat.status | string == "1" }}
{%- else %}{{ payload is mapping and "certificate" not in (payload.msg or "certificate") | lower }}
{%- endif -%}
]],
  source_link = [[
{%- set url = (payload.monitor or {}).url or "" -%}
{%- if url not in ("http://", "https://") %}{{ url }}{% endif -%}
]],

  title = [=[
{%- set monitor = payload.monitor or {} -%}
{%- set place = (monitor.url or "") | regex_replace("^[a-z]+://", "") | regex_replace("[/?#].*$", "") or monitor.hostname or "" -%}
{%- if monitor.name %}{{ monitor.name }} is {{ "up" if (payload.heartbeat or {}).status | string == "1" else "down" }}
{%- if place and place not in monitor.name %}: {{ place }}{% if monitor.port and ":" not in place %}:{{ monitor.port }}{% endif %}{% endif %}
{%- elif payload is string %}{{ payload }}
{%- elif payload.msg and "certificate" in payload.msg | lower %}{{ payload.msg | regex_replace("^\\[([^\\]]*)\\]\\[[^\\]]*\\] *", "\\1: ") }}
{%- else %}Uptime Kuma: {{ payload.msg or "a message without text" }}
{%- endif -%}
]=],
  message = [[
{%- set beat = payload.heartbeat or {} -%}
{%- set monitor = payload.monitor or {} -%}
{%- if beat.msg or payload.msg %}{{ beat.msg or payload.msg }}
{% endif -%}
{%- if monitor.description %}
{{ monitor.description }}
{% endif -%}
{%- if monitor.type %}
- Check: {{ monitor.type }}{% if monitor.interval %}, every {{ monitor.interval }} s{% endif %}
{% endif -%}
{%- if beat.localDateTime or beat.time %}- At: {{ beat.localDateTime or beat.time }}{% if beat.timezone %} ({{ beat.timezone }}){% endif %}
{% endif -%}
{%- for tag in monitor.tags or [] if tag is mapping and tag.name %}- {{ tag.name }}{% if tag.value %}: {{ tag.value }}{% endif %}
{% endfor -%}
]],

  labels = {
    monitor = "{{ (payload.monitor or {}).name or '' }}",
  },

  -- Pending and maintenance are neither down nor up.
  split = function(payload)
    local status = type(payload.heartbeat) == "table" and tostring(payload.heartbeat.status)
    if status == "2" or status == "3" then return {} end
    return nil
  end,

  examples = {
    { "a monitor goes down",
      payload = [[{"heartbeat":{"monitorID":12,"status":0,"time":"2026-11-04 02:11:42.317","msg":"Request failed with status code 502","important":true,"duration":60,"retries":2,"timezone":"Europe/Berlin","timezoneOffset":"+01:00","localDateTime":"2026-11-04 03:11:42"},"monitor":{"id":12,"name":"Shop","description":"The checkout of the shop","pathName":"Web / Shop","parent":3,"url":"https://shop.example.org/cart?probe=1","method":"GET","hostname":null,"port":null,"maxretries":2,"weight":2000,"active":true,"type":"http","timeout":48,"interval":60,"tags":[{"id":4,"monitor_id":12,"tag_id":2,"value":"web","name":"team","color":"#DC2626"}],"notificationIDList":{"1":true}},"msg":"[Shop] [🔴 Down] Request failed with status code 502"}]],
      expect = {
        grouping_id = "12",
        state = "firing",
        groups = 1,
        title = "Shop is down: shop.example.org",
        message = [[
Request failed with status code 502

The checkout of the shop

- Check: http, every 60 s
- At: 2026-11-04 03:11:42 (Europe/Berlin)
- team: web
]],
        source_link = "https://shop.example.org/cart?probe=1",
        labels = { monitor = "Shop" },
        phone_call = { title = "Shop is down: shop.example.org" },
      } },
    { "a resend of the same monitor joins it",
      payload = [[{"heartbeat":{"monitorID":12,"status":0,"time":"2026-11-04 03:11:42.317","msg":"timeout of 48000ms exceeded","important":false,"duration":60},"monitor":{"id":12,"name":"Shop","url":"https://shop.example.org/cart?probe=1","hostname":null,"port":null,"type":"http","interval":60,"tags":[]},"msg":"[Shop] [🔴 Down] timeout of 48000ms exceeded"}]],
      expect = { grouping_id = "12", state = "firing", title = "Shop is down: shop.example.org", groups = 1, alerts = 2 } },
    { "a monitor of another kind is another problem; its url is empty but for the scheme",
      payload = [[{"heartbeat":{"monitorID":14,"status":0,"time":"2026-11-04 03:12:10.001","msg":"connect ECONNREFUSED 10.20.0.11:5432","important":true,"duration":20},"monitor":{"id":14,"name":"PostgreSQL","url":"https://","hostname":"db-1.example.org","port":5432,"type":"port","interval":20,"tags":[]},"msg":"[PostgreSQL] [🔴 Down] connect ECONNREFUSED 10.20.0.11:5432"}]],
      expect = { grouping_id = "14", state = "firing", title = "PostgreSQL is down: db-1.example.org:5432", groups = 2, source_link = false,
                 phone_call = { title = "Postgre SQL is down: db 1.example.org port 5432" } } },
    { "pending is no alert",
      payload = [[{"heartbeat":{"monitorID":12,"status":2,"time":"2026-11-04 03:13:10.001","msg":"timeout","important":false,"duration":20},"monitor":{"id":12,"name":"Shop","url":"https://shop.example.org/","type":"http","tags":[]},"msg":"[Shop] [🟠 Pending] timeout"}]],
      expect = { stored = 0, groups = 2 } },
    { "up again, sent as a form",
      headers = { ["content-type"] = "multipart/form-data; boundary=--------------------------514" },
      payload = "----------------------------514\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n"
        .. [[{"heartbeat":{"monitorID":12,"status":1,"time":"2026-11-04 03:25:42.317","msg":"200 - OK","important":true,"duration":60,"ping":112},"monitor":{"id":12,"name":"Shop","url":"https://shop.example.org/cart?probe=1","hostname":null,"port":null,"type":"http","interval":60,"tags":[]},"msg":"[Shop] [✅ Up] 200 - OK"}]]
        .. "\r\n----------------------------514--\r\n",
      expect = { grouping_id = "12", state = "resolved", title = "Shop is up: shop.example.org", groups = 2, alerts = 3 } },
    { "a certificate that ends soon has neither heartbeat nor monitor",
      payload = [[{"heartbeat":null,"monitor":null,"msg":"[Shop][https://shop.example.org/] server certificate shop.example.org will be expired in 14 days"}]],
      expect = {
        grouping_id = "[Shop][https://shop.example.org/] server certificate shop.example.org will be expired",
        state = "firing",
        groups = 3,
        title = "Shop: server certificate shop.example.org will be expired in 14 days",
      } },
    { "and is the same problem a week later",
      payload = [[{"heartbeat":null,"monitor":null,"msg":"[Shop][https://shop.example.org/] server certificate shop.example.org will be expired in 7 days"}]],
      expect = {
        grouping_id = "[Shop][https://shop.example.org/] server certificate shop.example.org will be expired",
        state = "firing", title = "Shop: server certificate shop.example.org will be expired in 7 days", groups = 3, alerts = 2,
      } },
    { "the Test button is recorded and pages nobody",
      payload = [[{"heartbeat":null,"monitor":null,"msg":"Tocsin Testing"}]],
      expect = { grouping_id = false, state = "resolved", title = "Uptime Kuma: Tocsin Testing", groups = 4 } },
  },
}
