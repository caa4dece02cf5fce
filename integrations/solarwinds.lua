--- SolarWinds Platform (Orion): an alert's trigger and reset actions that post a body.
--- Wire format: the bodies in `connect`; fields as in
--- PagerTree/pager_tree-integrations test/models/pager_tree/integrations/solar_winds/v3_test.rb (read 2026-11).
--- AlertID is the definition, AlertObjectID the definition on one object: the second is the problem.
return {
  name  = "SolarWinds",
  about = "Alerts of the SolarWinds Platform (Orion)",
  connect = [[
1. In the SolarWinds web console open **Alerts › Manage Alerts**, edit an alert, and under **Trigger Actions** add **Send a GET or POST Request to a URL**.
2. URL `{{ url }}`, **Use HTTP POST**, content type **application/json**, and this **Body to POST**:

```
{"ActionType": "create", "AlertObjectID": "${N=Alerting;M=AlertObjectID}", "AlertID": "${N=Alerting;M=AlertID}",
 "AlertName": "${N=Alerting;M=AlertName}", "AlertMessage": "${N=Alerting;M=AlertMessage}", "AlertDescription": "${N=Alerting;M=AlertDescription}",
 "NodeName": "${N=SwisEntity;M=Node.Caption}", "ObjectType": "${N=Alerting;M=ObjectType}", "Severity": "${N=Alerting;M=Severity}",
 "AlertDetailsUrl": "${N=Alerting;M=AlertDetailsUrl}"}
```

3. Under **Reset Actions** add the same action with the same body, but `"ActionType": "resolve"`. Without it nothing is ever resolved.
4. Keep quotation marks out of alert messages: SolarWinds puts them into the body as they are.
5. Press **Simulate** at the action and choose an object: it shows here at once.
]],

  grouping_id = "{{ payload.AlertObjectID or ([payload.AlertID, payload.NodeName] | join('/') if payload.AlertID else '') }}",
  resolve_condition = "{{ (payload.ActionType or '') | lower in ('resolve', 'reset') }}",
  source_link = "{{ payload.AlertDetailsUrl or payload.AlertDetailsURL or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else -%}
{%- set what = payload.AlertName or payload.AlertMessage or "Alert of SolarWinds" -%}
{{ what | truncate(120) }}{% if payload.NodeName and payload.NodeName not in what %}: {{ payload.NodeName }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ payload.AlertMessage or "" }}
{% if payload.AlertDescription %}
{{ payload.AlertDescription }}
{% endif %}
{%- if payload.Severity %}
- Severity: {{ payload.Severity }}
{%- endif %}
{%- if payload.ObjectType %}
- Kind: {{ payload.ObjectType }}
{%- endif %}
{%- if payload.AlertTriggerCount and payload.AlertTriggerCount != "0" %}
- Triggered {{ payload.AlertTriggerCount }} times
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'critical': 'critical', 'serious': 'error', 'warning': 'warning', 'notice': 'info', 'informational': 'info', 'information': 'info'}"
      .. ".get((payload.Severity or '') | lower, '') }}",
    node = "{{ payload.NodeName or '' }}",
  },

  examples = {
    { "a neighbour is down",
      payload = [[{"ActionType": "create", "AlertObjectID": "24565", "AlertID": "156",
 "AlertName": "EIGRP neighbour down", "AlertMessage": "Neighbour 10.0.0.105 on core-1 went down.", "AlertDescription": "A routing neighbour changed its status to down.",
 "NodeName": "core-1", "ObjectType": "Routing Neighbor", "Severity": "Critical",
 "AlertDetailsUrl": "https://orion.example.org/Orion/View.aspx?NetObject=AAT:24565"}]],
      expect = {
        grouping_id = "24565",
        state = "firing",
        groups = 1,
        title = "EIGRP neighbour down: core-1",
        message = [[
Neighbour 10.0.0.105 on core-1 went down.

A routing neighbour changed its status to down.

- Severity: Critical
- Kind: Routing Neighbor]],
        source_link = "https://orion.example.org/Orion/View.aspx?NetObject=AAT:24565",
        labels = { severity = "critical", node = "core-1" },
      } },
    { "a repeated trigger action joins it",
      payload = [[{"ActionType":"Create","AlertObjectID":"24565","AlertID":"156","AlertName":"EIGRP neighbour down","AlertMessage":"","AlertDescription":"","NodeName":"core-1","ObjectType":"","Severity":"Critical","AlertDetailsUrl":""}]],
      expect = { grouping_id = "24565", state = "firing", title = "EIGRP neighbour down: core-1", groups = 1, alerts = 2 } },
    { "the same alert on another object is another problem",
      payload = [[{"ActionType":"create","AlertObjectID":"24566","AlertID":"156","AlertName":"EIGRP neighbour down","AlertMessage":"","AlertDescription":"","NodeName":"core-2","ObjectType":"","Severity":"Serious","AlertDetailsUrl":""}]],
      expect = { grouping_id = "24566", state = "firing", title = "EIGRP neighbour down: core-2", groups = 2, labels = { severity = "error" }, source_link = false } },
    { "the reset action resolves it",
      payload = [[{"ActionType":"resolve","AlertObjectID":"24565","AlertID":"156","AlertName":"EIGRP neighbour down","AlertMessage":"","AlertDescription":"","NodeName":"core-1","ObjectType":"","Severity":"Critical","AlertDetailsUrl":""}]],
      expect = { grouping_id = "24565", state = "resolved", title = "EIGRP neighbour down: core-1", groups = 2, alerts = 3 } },
    { "a body without the object's id is known by definition and node",
      payload = [[{"ActionType":"Create","NodeName":"core-3","AlertID":"156","AlertMessage":"Neighbour Down","AlertDescription":"","AlertDetailsUrl":"","AcknowledgeUrl":"","AlertTriggerCount":"3","AlertTriggerTime":"Never","Severity":""}]],
      expect = { grouping_id = "156/core-3", state = "firing", title = "Neighbour Down: core-3", groups = 3 } },
  },
}
