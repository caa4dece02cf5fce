--- Sentry: an internal integration (issue alerts, metric alerts, issues), and the older webhook plugin of a project.
--- Wire format: https://docs.sentry.io/organization/integrations/integration-platform/webhooks/ and
--- getsentry/sentry-docs docs/organization/integrations/integration-platform/webhooks/metric-alerts.mdx (read 2026-11).
--- Four kinds come to one address: `data` has event, error, metric_alert or issue. The plugin's body has `project` and `event`.
return {
  name  = "Sentry",
  about = "Issue alerts, metric alerts and resolved issues of Sentry, hosted or your own",
  connect = [[
1. In Sentry open **Settings › Developer Settings › Custom Integrations** and create an **Internal Integration** named `Tocsin`.
2. Webhook URL `{{ url }}`. Turn on **Alert Rule Action**. Permissions: **Issue & Event: Read**.
3. Under **Webhooks** tick **issue**: then resolving or archiving an issue in Sentry resolves it here, and each new issue opens an alert. Leave it out if alert rules alone shall call; then resolve here by hand.
4. Save. Its **Client Secret** is what the requests are signed with: set it as `signing_secret` here.
5. In your alert rules (issue or metric) add the action **Send a notification via an integration** and choose `Tocsin`. **Send Test Notification** in an issue alert shows here at once.
]],

  grouping_id = [[
{%- set data = payload.data if payload.data is mapping else {} -%}
{%- set event = data.event or data.error or {} -%}
{%- if data.metric_alert %}metric_alert/{{ data.metric_alert.id }}
{%- else %}{{ event.issue_id or event.groupid or (data.issue or {}).id or payload.id or "" }}
{%- endif -%}
]],
  resolve_condition = "{{ payload.action in ('resolved', 'archived', 'ignored') }}",
  source_link = [[
{%- set data = payload.data if payload.data is mapping else {} -%}
{%- set event = data.event or data.error or {} -%}
{{ event.web_url or (data.issue or {}).web_url or (data.issue or {}).permalink or data.web_url or payload.url or "" }}]],

  title = [[
{%- set data = payload.data if payload.data is mapping else {} -%}
{%- set event = data.event or data.error or {} -%}
{%- set issue = data.issue or {} -%}
{%- set metric = data.metric_alert or {} -%}
{%- set rule = metric.alert_rule or {} -%}
{%- set legacy = payload.event if payload.event is mapping else {} -%}
{%- set what = rule.name or (data.description_title or "") | regex_replace("^(Critical|Warning|Resolved): ", "") or event.title or issue.title
   or legacy.title or payload.message or event.culprit -%}
{%- set where = (metric.projects or [])[0] or (issue.project or {}).slug
   or ((event.url or "").split("/projects/")[1].split("/")[1] if "/projects/" in (event.url or ""))
   or payload.project_name or payload.project -%}
{%- if payload is string %}{{ payload }}
{%- else %}{{ (what or "Sentry alert") | truncate(120) }}{% if where %} ({{ where }}){% endif %}
{%- endif -%}
]],
  message = [[
{%- set data = payload.data if payload.data is mapping else {} -%}
{%- set event = data.event or data.error or {} -%}
{%- set issue = data.issue or {} -%}
{%- set legacy = payload.event if payload.event is mapping else {} -%}
{%- set meta = event.metadata or issue.metadata or legacy.metadata or {} -%}
{%- if data.description_text %}**{{ data.description_text | replace("\\n", ", ") }}**
{% endif -%}
{%- if meta.value %}{{ meta.value }}
{% elif payload.message and payload.message is string %}{{ payload.message }}
{% endif -%}
{%- if data.triggered_rule %}
- Rule: {{ data.triggered_rule }}
{%- endif %}
{%- if event.culprit or issue.culprit or payload.culprit %}
- In: {{ event.culprit or issue.culprit or payload.culprit }}
{%- endif %}
{%- if event.environment %}
- Environment: {{ event.environment }}
{%- endif %}
{%- if event.release and event.release is string %}
- Release: {{ event.release }}
{%- endif %}
{%- if issue.shortId %}
- Issue: {{ issue.shortId }}
{%- endif %}
{%- if issue.count %}
- Events: {{ issue.count }}, people: {{ issue.userCount or 0 }}
{%- endif %}
{%- if issue.substatus %}
- Why: {{ issue.substatus }}
{%- endif %}
{%- if (data.metric_alert or {}).alert_rule and data.metric_alert.alert_rule.query %}
- Query: `{{ data.metric_alert.alert_rule.query }}`
{%- endif -%}
]],

  labels = {
    severity = "{% set data = payload.data if payload.data is mapping else {} %}"
      .. "{{ {'fatal': 'critical', 'critical': 'critical', 'error': 'error', 'warning': 'warning', 'info': 'info', 'debug': 'info'}"
      .. ".get(payload.action if data.metric_alert else (data.event or data.error or data.issue or payload).level, '') }}",
  },

  -- Installations, comments and assignments are no alerts.
  split = function(payload)
    local data = payload.data
    if type(data) ~= "table" then return nil end
    if payload.action == "assigned" or data.installation or data.comment_id then return {} end
    return nil
  end,

  verify = { algorithm = "hmac-sha256", header = "sentry-hook-signature", secret = "the client secret of the internal integration" },

  examples = {
    { "an issue alert is triggered",
      headers = { ["content-type"] = "application/json", ["sentry-hook-resource"] = "event_alert" },
      payload = [=[{"action":"triggered","actor":{"id":"sentry","name":"Sentry","type":"application"},"data":{"event":{"_ref":1,"_ref_version":2,"contexts":{"browser":{"name":"Chrome","type":"browser","version":"75.0.3770"}},"culprit":"checkout.pay(cart)","datetime":"2026-11-04T02:11:42.000000Z","dist":null,"environment":"production","event_id":"e4874d664c3540c1a32eab185f12c5ab","issue_id":"1170820242","issue_url":"https://sentry.io/api/0/issues/1170820242/","level":"error","location":"checkout.js","logger":"","metadata":{"filename":"checkout.js","type":"TypeError","value":"cart.total is not a function"},"platform":"javascript","project":1,"release":"shop@4.2.0","tags":[["browser","Chrome 75.0.3770"]],"timestamp":1793757102.0,"title":"TypeError: cart.total is not a function","type":"error","url":"https://sentry.io/api/0/projects/example/shop/events/e4874d664c3540c1a32eab185f12c5ab/","version":"7","web_url":"https://sentry.io/organizations/example/issues/1170820242/events/e4874d664c3540c1a32eab185f12c5ab/"},"triggered_rule":"Very important alert rule"},"installation":{"uuid":"a8e5d37a-696c-4c54-adb5-b3f28d64c7de"}}]=],
      expect = {
        grouping_id = "1170820242",
        state = "firing",
        groups = 1,
        title = "TypeError: cart.total is not a function (shop)",
        message = [[
cart.total is not a function

- Rule: Very important alert rule
- In: checkout.pay(cart)
- Environment: production
- Release: shop@4.2.0]],
        source_link = "https://sentry.io/organizations/example/issues/1170820242/events/e4874d664c3540c1a32eab185f12c5ab/",
        labels = { severity = "error" },
      } },
    { "the issue itself joins it: the key is the issue",
      headers = { ["content-type"] = "application/json", ["sentry-hook-resource"] = "issue" },
      payload = [[{"action":"unresolved","actor":{"id":"sentry","name":"Sentry","type":"application"},"data":{"issue":{"annotations":[],"assignedTo":null,"count":"41","culprit":"checkout.pay(cart)","firstSeen":"2026-11-04T02:11:42.391000Z","id":"1170820242","lastSeen":"2026-11-04T02:31:42.391000Z","level":"error","logger":null,"metadata":{"filename":"checkout.js","type":"TypeError","value":"cart.total is not a function"},"permalink":null,"platform":"javascript","project":{"id":"1","name":"Shop","platform":"","slug":"shop"},"shortId":"SHOP-9","status":"unresolved","statusDetails":{},"substatus":"regressed","title":"TypeError: cart.total is not a function","type":"error","userCount":12,"web_url":"https://sentry.io/organizations/example/issues/1170820242/"}},"installation":{"uuid":"a8e5d37a-696c-4c54-adb5-b3f28d64c7de"}}]],
      expect = {
        grouping_id = "1170820242", state = "firing", groups = 1, alerts = 2,
        title = "TypeError: cart.total is not a function (shop)",
        message = [[
cart.total is not a function

- In: checkout.pay(cart)
- Issue: SHOP-9
- Events: 41, people: 12
- Why: regressed]],
        source_link = "https://sentry.io/organizations/example/issues/1170820242/",
      } },
    { "an assignment is no alert",
      headers = { ["content-type"] = "application/json", ["sentry-hook-resource"] = "issue" },
      payload = [[{"action":"assigned","actor":{"id":1,"name":"Mira","type":"user"},"data":{"issue":{"id":"1170820242","title":"TypeError","project":{"slug":"shop"},"level":"error"}},"installation":{"uuid":"a8e5d37a-696c-4c54-adb5-b3f28d64c7de"}}]],
      expect = { stored = 0, groups = 1 } },
    { "resolving the issue in Sentry resolves it",
      headers = { ["content-type"] = "application/json", ["sentry-hook-resource"] = "issue" },
      payload = [[{"action":"resolved","actor":{"id":1,"name":"Mira","type":"user"},"data":{"issue":{"id":"1170820242","culprit":"checkout.pay(cart)","level":"error","metadata":{},"project":{"id":"1","name":"Shop","slug":"shop"},"shortId":"SHOP-9","status":"resolved","title":"TypeError: cart.total is not a function","web_url":"https://sentry.io/organizations/example/issues/1170820242/"}},"installation":{"uuid":"a8e5d37a-696c-4c54-adb5-b3f28d64c7de"}}]],
      expect = { grouping_id = "1170820242", state = "resolved", groups = 1, alerts = 3,
                 title = "TypeError: cart.total is not a function (shop)" } },
    { "a metric alert is another problem, with its own number",
      headers = { ["content-type"] = "application/json", ["sentry-hook-resource"] = "metric_alert" },
      payload = [[{"action":"critical","actor":{"id":"sentry","name":"Sentry","type":"application"},"data":{"description_text":"1000 events in the last 10 minutes\\nFilter: level:error","description_title":"Critical: Too many errors","metric_alert":{"alert_rule":{"aggregate":"count()","dataset":"events","environment":null,"id":"7","name":"Too many errors","organization_id":"5","projects":["shop"],"query":"level:error","status":0,"time_window":10,"triggers":[]},"date_closed":null,"date_created":"2026-11-04T02:11:42.000000Z","id":"4","identifier":"1","organization_id":"5","projects":["shop"],"status":20,"title":"Too many errors","type":2},"web_url":"https://sentry.io/organizations/example/alerts/1/"},"installation":{"uuid":"a8e5d37a-696c-4c54-adb5-b3f28d64c7de"}}]],
      expect = {
        grouping_id = "metric_alert/4", state = "firing", groups = 2, title = "Too many errors (shop)", labels = { severity = "critical" },
        message = "**1000 events in the last 10 minutes, Filter: level:error**\n\n- Query: `level:error`",
        source_link = "https://sentry.io/organizations/example/alerts/1/",
        phone_call = { title = "Too many errors (shop)" },
      } },
    { "and is resolved by its own action",
      headers = { ["content-type"] = "application/json", ["sentry-hook-resource"] = "metric_alert" },
      payload = [[{"action":"resolved","actor":{"id":"sentry","name":"Sentry","type":"application"},"data":{"description_text":"12 events in the last 10 minutes","description_title":"Resolved: Too many errors","metric_alert":{"alert_rule":{"id":"7","name":"Too many errors","projects":["shop"],"query":""},"id":"4","identifier":"1","projects":["shop"],"status":2,"title":"Too many errors"},"web_url":"https://sentry.io/organizations/example/alerts/1/"},"installation":{"uuid":"a8e5d37a-696c-4c54-adb5-b3f28d64c7de"}}]],
      expect = { grouping_id = "metric_alert/4", state = "resolved", groups = 2, alerts = 2, title = "Too many errors (shop)" } },
    { "the older webhook plugin of a project",
      payload = [=[{"id":"27379932","project":"project-slug","project_name":"Shop","project_slug":"project-slug","logger":null,"level":"fatal","culprit":"raven.scripts.runner in main","message":"This is an example Python exception","url":"https://sentry.io/organizations/example/issues/27379932/","triggering_rules":["Send a notification for new issues"],"event":{"event_id":"9b","title":"This is an example Python exception","level":"fatal","metadata":{"title":"This is an example Python exception"},"tags":[["level","fatal"]]}}]=],
      expect = { grouping_id = "27379932", state = "firing", groups = 3, title = "This is an example Python exception (Shop)", labels = { severity = "critical" },
                 message = "This is an example Python exception\n\n- In: raven.scripts.runner in main",
                 source_link = "https://sentry.io/organizations/example/issues/27379932/" } },
  },
}
