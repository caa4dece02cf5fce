--- Gatus: its custom alerting provider, with the body in `connect`.
--- Wire format: the body in `connect`; placeholders of TwiN/gatus alerting/provider/custom/custom.go (read 2026-11).
--- [ALERT_TRIGGERED_OR_RESOLVED] is TRIGGERED or RESOLVED unless `placeholders` says otherwise.
return {
  name  = "Gatus",
  about = "Endpoints of Gatus failing and recovering",
  connect = [[
1. In Gatus's `config.yaml` add this provider:

```
alerting:
  custom:
    url: "{{ url }}"
    method: "POST"
    headers:
      Content-Type: application/json
    body: |
      {
        "group": "[ENDPOINT_GROUP]",
        "endpoint": "[ENDPOINT_NAME]",
        "url": "[ENDPOINT_URL]",
        "state": "[ALERT_TRIGGERED_OR_RESOLVED]",
        "description": "[ALERT_DESCRIPTION]",
        "errors": "[RESULT_ERRORS]"
      }
    default-alert:
      enabled: true
      send-on-resolved: true
      failure-threshold: 3
      success-threshold: 2
```

2. Keep quotation marks out of alert descriptions: Gatus puts them into the body as they are.
3. In your endpoints add `alerts:` with `- type: custom`.
4. Gatus reads the file again by itself. Try it with an endpoint whose condition cannot hold, such as `[STATUS] == 999`.
]],

  grouping_id = "{% if payload.endpoint %}{{ payload.group }}/{{ payload.endpoint }}{% endif %}",
  resolve_condition = "{{ payload.state | upper == 'RESOLVED' }}",
  source_link = "{{ payload.url or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else %}{{ payload.endpoint or "Endpoint of Gatus" }} {{ "works" if payload.state | upper == "RESOLVED" else "fails" }}{% if payload.group %}: {{ payload.group }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{%- if payload.description %}{{ payload.description }}
{% endif -%}
{%- if payload.errors %}**{{ payload.errors }}**
{% endif %}
- Endpoint: {{ payload.url }}
{%- endif -%}
]],

  labels = {
    group = "{{ payload.group or '' }}",
  },

  examples = {
    { "an endpoint fails",
      payload = [[{
  "group": "shop",
  "endpoint": "checkout",
  "url": "https://shop.example.org/health",
  "state": "TRIGGERED",
  "description": "The checkout does not answer",
  "errors": "Get https://shop.example.org/health: context deadline exceeded"
}]],
      expect = {
        grouping_id = "shop/checkout",
        state = "firing",
        groups = 1,
        title = "checkout fails: shop",
        message = [[
The checkout does not answer
**Get https://shop.example.org/health: context deadline exceeded**

- Endpoint: https://shop.example.org/health]],
        source_link = "https://shop.example.org/health",
        labels = { group = "shop" },
      } },
    { "a reminder joins it",
      payload = [[{"group":"shop","endpoint":"checkout","url":"https://shop.example.org/health","state":"TRIGGERED","description":"The checkout does not answer","errors":""}]],
      expect = { grouping_id = "shop/checkout", state = "firing", title = "checkout fails: shop", groups = 1, alerts = 2 } },
    { "an endpoint of the same name in another group is another problem",
      payload = [[{"group":"test","endpoint":"checkout","url":"tcp://10.20.0.11:5432","state":"TRIGGERED","description":"","errors":"dial tcp 10.20.0.11:5432: connect: connection refused"}]],
      expect = { grouping_id = "test/checkout", state = "firing", title = "checkout fails: test", groups = 2, source_link = false } },
    { "resolved",
      payload = [[{"group":"shop","endpoint":"checkout","url":"https://shop.example.org/health","state":"RESOLVED","description":"The checkout does not answer","errors":""}]],
      expect = { grouping_id = "shop/checkout", state = "resolved", title = "checkout works: shop", groups = 2, alerts = 3 } },
    { "an endpoint without a group",
      payload = [[{"group":"","endpoint":"dns","url":"8.8.8.8","state":"TRIGGERED","description":"","errors":""}]],
      expect = { grouping_id = "/dns", state = "firing", title = "dns fails", groups = 3, source_link = false } },
  },
}
