--- OpenSearch Alerting: monitors with a custom webhook channel.
--- Wire format: the body in `connect`; variables of https://docs.opensearch.org/latest/observing-your-data/alerting/actions/ (read 2026-11).
--- Only bucket-level monitors say what is over (`ctx.completedAlerts`); a query-level monitor repeats while its condition holds.
return {
  name  = "OpenSearch",
  about = "Monitors of OpenSearch Alerting, query-level and bucket-level",
  connect = [[
1. In OpenSearch Dashboards open **Notifications › Channels** and create one: type **Custom webhook**, method **POST**, URL `{{ url }}`, header `Content-Type` = `application/json`.
2. In a monitor's trigger add an action with this channel and paste this message (with your own Dashboards address in `link`):

```
{% raw %}{
  "monitor_id": "{{ctx.monitor._id}}",
  "monitor": "{{ctx.monitor.name}}",
  "trigger": "{{ctx.trigger.name}}",
  "severity": "{{ctx.trigger.severity}}",
  "period_start": "{{ctx.periodStart}}",
  "period_end": "{{ctx.periodEnd}}",
  "link": "https://opensearch.example.org/app/alerting#/monitors/{{ctx.monitor._id}}",
  "new": [{{#ctx.newAlerts}}"{{bucket_keys}}",{{/ctx.newAlerts}}""],
  "active": [{{#ctx.dedupedAlerts}}"{{bucket_keys}}",{{/ctx.dedupedAlerts}}""],
  "completed": [{{#ctx.completedAlerts}}"{{bucket_keys}}",{{/ctx.completedAlerts}}""]
}{% endraw %}
```

3. For a bucket-level monitor choose **Per execution** as the action's configuration; each bucket is an alert group here, and is resolved when OpenSearch completes it.
4. A query-level monitor never says that it is over: resolve its groups by hand.
5. Press **Send test message**: it shows here at once.
]],

  grouping_id = "{% if payload is mapping %}{{ payload.monitor_id or payload.monitor }}/{{ payload.trigger }}{% if payload.bucket %}/{{ payload.bucket }}{% endif %}{% endif %}",
  resolve_condition = "{{ payload.state == 'completed' }}",
  source_link = "{{ payload.link or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else %}{{ payload.trigger or payload.monitor or "Monitor of OpenSearch" }}
{%- if payload.bucket %}: {{ payload.bucket }}
{%- elif payload.monitor and payload.trigger and payload.monitor != payload.trigger %}: {{ payload.monitor }}
{%- endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{%- if payload.state == "completed" %}The condition no longer holds.
{%- elif payload.bucket %}The trigger's condition holds for **{{ payload.bucket }}**.
{%- else %}The trigger's condition holds.
{%- endif %}

- Monitor: {{ payload.monitor }}
{%- if payload.severity %}
- Severity: {{ payload.severity }}
{%- endif %}
{%- if payload.period_start %}
- Between: {{ payload.period_start }} and {{ payload.period_end }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'1': 'critical', '2': 'error', '3': 'warning', '4': 'info', '5': 'info'}.get((payload.severity or '') | string, '') }}",
  },

  -- A bucket each; the lists end in an empty text, which keeps them JSON.
  split = function(payload)
    local parts = {}
    local function add(list, state)
      for _, bucket in ipairs(type(list) == "table" and list or {}) do
        if type(bucket) == "string" and bucket ~= "" then
          local part = {}
          for key, value in pairs(payload) do
            if key ~= "new" and key ~= "active" and key ~= "completed" then part[key] = value end
          end
          part.bucket, part.state = bucket, state
          parts[#parts + 1] = part
        end
      end
    end
    add(payload.new, "new")
    add(payload.active, "active")
    add(payload.completed, "completed")
    if #parts > 0 then return parts end
    return nil
  end,

  examples = {
    { "a bucket-level monitor: one request, an alert for each bucket",
      payload = [[{
  "monitor_id": "aBcDeF", "monitor": "Errors by service", "trigger": "Many errors", "severity": "1",
  "period_start": "2026-11-04T02:06:42.317Z", "period_end": "2026-11-04T02:11:42.317Z",
  "link": "https://opensearch.example.org/app/alerting#/monitors/aBcDeF",
  "new": ["checkout","search",""],
  "active": [""],
  "completed": [""]
}]],
      expect = {
        stored = 2,
        groups = 2,
        grouping_id = "aBcDeF/Many errors/search",
        state = "firing",
        title = "Many errors: search",
        message = [[
The trigger's condition holds for **search**.

- Monitor: Errors by service
- Severity: 1
- Between: 2026-11-04T02:06:42.317Z and 2026-11-04T02:11:42.317Z]],
        source_link = "https://opensearch.example.org/app/alerting#/monitors/aBcDeF",
        labels = { severity = "critical" },
      } },
    { "one goes on, one is over, and one is new",
      payload = [[{"monitor_id":"aBcDeF","monitor":"Errors by service","trigger":"Many errors","severity":"1","period_start":"2026-11-04T02:11:42.317Z","period_end":"2026-11-04T02:16:42.317Z","link":"https://opensearch.example.org/app/alerting#/monitors/aBcDeF","new":["cart",""],"active":["checkout",""],"completed":["search",""]}]],
      expect = { stored = 3, groups = 3, grouping_id = "aBcDeF/Many errors/cart", state = "firing", title = "Many errors: cart" } },
    { "the last ones are over",
      payload = [[{"monitor_id":"aBcDeF","monitor":"Errors by service","trigger":"Many errors","severity":"1","period_start":"2026-11-04T02:21:42.317Z","period_end":"2026-11-04T02:26:42.317Z","link":"","new":[""],"active":[""],"completed":["cart",""]}]],
      expect = { grouping_id = "aBcDeF/Many errors/cart", state = "resolved", title = "Many errors: cart", groups = 3, alerts = 2,
                 message = "The condition no longer holds.\n\n- Monitor: Errors by service\n- Severity: 1\n- Between: 2026-11-04T02:21:42.317Z and 2026-11-04T02:26:42.317Z" } },
    { "a query-level monitor has no buckets",
      payload = [[{"monitor_id":"gHiJkL","monitor":"Orders per minute","trigger":"No orders","severity":"3","period_start":"2026-11-04T02:11:42.317Z","period_end":"2026-11-04T02:12:42.317Z","link":"https://opensearch.example.org/app/alerting#/monitors/gHiJkL","new":[""],"active":[""],"completed":[""]}]],
      expect = { grouping_id = "gHiJkL/No orders", state = "firing", title = "No orders: Orders per minute", groups = 4, labels = { severity = "warning" } } },
    { "and repeats while its condition holds",
      payload = [[{"monitor_id":"gHiJkL","monitor":"Orders per minute","trigger":"No orders","severity":"3","period_start":"2026-11-04T02:12:42.317Z","period_end":"2026-11-04T02:13:42.317Z","link":"https://opensearch.example.org/app/alerting#/monitors/gHiJkL","new":[""],"active":[""],"completed":[""]}]],
      expect = { grouping_id = "gHiJkL/No orders", state = "firing", title = "No orders: Orders per minute", groups = 4, alerts = 2 } },
  },
}
