--- Rollbar: a project's webhook channel.
--- Wire format: https://docs.rollbar.com/docs/webhooks (read 2026-11). The item is the problem: new, repeated 10^n times, reactivated,
--- reopened, too fast (item_velocity), and resolved_item is its end. A test has event_name `test`. The level
--- stands in the item as a number or in its last occurrence as a word.
return {
  name  = "Rollbar",
  about = "Items of Rollbar: new, reactivated, reopened and resolved errors",
  connect = [[
1. In Rollbar open your project's **Settings › Notifications › Webhook**.
2. Paste `{{ url }}`, **Enable webhook integration**, and press **Send test notification**: it shows here as resolved and calls nobody.
3. Among the rules keep **New item**, **Reactivated item**, **Reopened item**, **High occurrence rate** and **Resolved item**.
4. Leave **Every occurrence** and **Deploy** off: an occurrence would only repeat its item, and a deploy is no alert here.
]],

  grouping_id = "{{ ((payload.data if payload.data is mapping else {}).item or {}).id or '' }}",
  resolve_condition = "{{ payload.event_name in ('resolved_item', 'test') }}",
  source_link = [[
{%- set data = payload.data if payload.data is mapping else {} -%}
{%- set occurrence = data.occurrence or (data.item or {}).last_occurrence or {} -%}
{%- if occurrence.uuid %}https://rollbar.com/occurrence/uuid/?uuid={{ occurrence.uuid }}{% endif -%}
]],

  title = [[
{%- set data = payload.data if payload.data is mapping else {} -%}
{%- set item = data.item or {} -%}
{%- if payload is string %}{{ payload }}
{%- elif payload.event_name == "test" %}Test of the Rollbar webhook
{%- else %}{{ (item.title or "Item of Rollbar") | truncate(120) }}{% if item.environment %} ({{ item.environment }}){% endif %}
{%- endif -%}
]],
  message = [[
{%- set data = payload.data if payload.data is mapping else {} -%}
{%- set item = data.item or {} -%}
{%- set trigger = data.trigger if data.trigger is mapping else {} -%}
{%- if payload is mapping -%}
{{ {"new_item": "A new error.", "reactivated_item": "It is back after it was resolved.", "reopened_item": "Somebody reopened it.",
    "resolved_item": "Somebody resolved it.", "item_velocity": "It happens often.", "exp_repeat_item": "It keeps happening.",
    "occurrence": "It happened."}.get(payload.event_name, data.message or "") }}
{% if trigger.threshold %}
- More than {{ trigger.threshold }} times{% if trigger.window_size_description %} in {{ trigger.window_size_description }}{% endif %}
{%- endif %}
{%- if data.occurrences %}
- Occurrences: {{ data.occurrences }}
{%- elif item.total_occurrences %}
- Occurrences: {{ item.total_occurrences }}
{%- endif %}
{%- if item.counter %}
- Item: #{{ item.counter }}
{%- endif %}
{%- if item.framework and item.framework is string and item.framework != "unknown" %}
- Framework: {{ item.framework }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity    = "{% set item = (payload.data if payload.data is mapping else {}).item or {} %}{{ {'50': 'critical', '40': 'error', '30': 'warning', '20': 'info', '10': 'info', 'critical': 'critical', 'error': 'error', 'warning': 'warning',"
      .. " 'info': 'info', 'debug': 'info'}.get((item.level or (item.last_occurrence or {}).level) | string, '') }}",
    environment = "{{ ((payload.data if payload.data is mapping else {}).item or {}).environment or '' }}",
  },

  -- A deploy is no alert.
  split = function(payload)
    if payload.event_name == "deploy" then return {} end
    return nil
  end,

  examples = {
    { "a new item",
      payload = [[{"event_name":"new_item","data":{"item":{"public_item_id":null,"integrations_data":{},"last_activated_timestamp":1793757102,"assigned_user_id":null,"id":272716944,"environment":"production","title":"TypeError: cart.total is not a function","last_occurrence_id":463843120,"last_occurrence_timestamp":1793757102,"platform":"browser","first_occurrence_timestamp":1793757102,"project_id":90,"resolved_in_version":null,"status":"active","hash":"c595b2ae","total_occurrences":1,"counter":142,"level":40,"framework":"browser-js","last_occurrence":{"uuid":"7a7ef4c0-9b1b-4a52-8ed1-4c0e0ab1f6c2","level":"error"}}}}]],
      expect = {
        grouping_id = "272716944",
        state = "firing",
        groups = 1,
        title = "TypeError: cart.total is not a function (production)",
        message = [[
A new error.

- Occurrences: 1
- Item: #142
- Framework: browser-js]],
        source_link = "https://rollbar.com/occurrence/uuid/?uuid=7a7ef4c0-9b1b-4a52-8ed1-4c0e0ab1f6c2",
        labels = { severity = "error", environment = "production" },
      } },
    { "it happens often: the same item",
      payload = [[{"event_name":"item_velocity","data":{"item":{"id":272716944,"environment":"production","title":"TypeError: cart.total is not a function","counter":142,"level":40,"status":"active"},"trigger":{"threshold":10,"window_size":300,"window_size_description":"5 minutes"},"occurrences":11}}]],
      expect = { grouping_id = "272716944", state = "firing", title = "TypeError: cart.total is not a function (production)", groups = 1, alerts = 2,
                 message = "It happens often.\n\n- More than 10 times in 5 minutes\n- Occurrences: 11\n- Item: #142" } },
    { "another item, reactivated",
      payload = [[{"event_name":"reactivated_item","data":{"item":{"id":272716950,"environment":"staging","title":"Deadlock found","counter":150,"status":1,"last_occurrence":{"level":"critical"}}}}]],
      expect = { grouping_id = "272716950", state = "firing", title = "Deadlock found (staging)", groups = 2, labels = { severity = "critical" }, source_link = false } },
    { "a deploy is no alert",
      payload = [[{"event_name":"deploy","data":{"deploy":{"comment":"","user_id":1,"finish_time":1793757402,"start_time":1793757402,"id":187585,"environment":"production","project_id":90,"local_username":"mira","revision":"e4b9b7db860b2e5ac799f8c06b9498b71ab270bb"}}}]],
      expect = { stored = 0, groups = 2 } },
    { "resolving it there resolves it",
      payload = [[{"event_name":"resolved_item","data":{"item":{"id":272716944,"environment":"production","title":"TypeError: cart.total is not a function","counter":142,"level":40,"status":"resolved"}}}]],
      expect = { grouping_id = "272716944", state = "resolved", title = "TypeError: cart.total is not a function (production)", groups = 2, alerts = 3 } },
    { "the test is recorded and pages nobody",
      payload = [[{"event_name":"test","data":{"message":"This is a test payload from Rollbar. If you got this, it works!"}}]],
      expect = { grouping_id = false, state = "resolved", title = "Test of the Rollbar webhook", groups = 3,
                 message = "This is a test payload from Rollbar. If you got this, it works!\n" } },
  },
}
