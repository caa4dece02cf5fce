--- Jira (Cloud, Data Center, Service Management): a webhook for issues.
--- Wire format: https://developer.atlassian.com/server/jira/platform/webhooks/ (read 2026-11): webhookEvent and issue, on Cloud and Server alike.
--- The status category is new, indeterminate (somebody works on it) or done. OnCall took "work in progress" and "closed" by name; both are read.
return {
  name  = "Jira",
  about = "Issues of Jira and Jira Service Management",
  connect = [[
1. In Jira open **Settings › System › WebHooks** (an administrator's page) and choose **Create a WebHook**, name `Tocsin`, URL `{{ url }}`. Set a **secret** there and the same as `signing_secret` here, where your Jira has it: then only Jira can send.
2. Write a JQL filter for the issues that shall call, for example `project = OPS AND priority = Highest`.
3. Tick issue **created**, **updated** and **deleted**. Leave **Exclude body** off. **Create**.
4. Without that page: **Automation › Create rule**, action **Send web request**, URL `{{ url }}`, method POST, body **Issue data (Jira format)**.
5. Try it with an issue of your own: create it, move it to *In progress*, then to *Done*.
]],

  -- An automation rule sends the issue itself, without an envelope.
  grouping_id = "{{ (payload.issue if payload.issue is mapping else payload).key or '' }}",
  resolve_condition = [[
{%- set issue = payload.issue if payload.issue is mapping else payload -%}
{%- set status = (issue.fields or {}).status or {} -%}
{{ payload.webhookEvent == "jira:issue_deleted" or (status.statusCategory or {}).key == "done"
   or (status.name or "") | lower in ("closed", "done", "resolved") }}]],
  acknowledge_condition = [[
{%- set issue = payload.issue if payload.issue is mapping else payload -%}
{%- set status = (issue.fields or {}).status or {} -%}
{{ (status.statusCategory or {}).key == "indeterminate" or (status.name or "") | lower in ("work in progress", "in progress") }}]],
  -- `self` is the address of the REST API; the page is on the same host.
  source_link = [[
{%- set issue = payload.issue if payload.issue is mapping else payload -%}
{%- if issue.self and issue.key and "/rest/" in issue.self %}{{ issue.self.split("/rest/")[0] }}/browse/{{ issue.key }}{% endif -%}
]],

  title = [[
{%- set issue = payload.issue if payload.issue is mapping else payload -%}
{%- if payload is string %}{{ payload }}
{%- elif issue.key %}{{ issue.key }}: {{ ((issue.fields or {}).summary or "without a summary") | truncate(120) }}
{%- else %}Event of Jira
{%- endif -%}
]],
  message = [[
{%- set issue = payload.issue if payload.issue is mapping else payload -%}
{%- set fields = issue.fields or {} -%}
{%- if payload is mapping -%}
{{ (fields.description if fields.description is string else "") | truncate(2000) }}
{% if fields.status %}
- Status: {{ fields.status.name }}
{%- endif %}
{%- if fields.priority %}
- Priority: {{ fields.priority.name }}
{%- endif %}
{%- if fields.assignee %}
- Assignee: {{ fields.assignee.displayName }}
{%- endif %}
{%- if fields.reporter %}
- Reporter: {{ fields.reporter.displayName }}
{%- endif %}
{%- if fields.labels %}
- Labels: {{ fields.labels | join(", ") }}
{%- endif %}
{%- if payload.user %}
- Changed by: {{ payload.user.displayName or payload.user.name }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'highest': 'critical', 'blocker': 'critical', 'critical': 'critical', 'high': 'error', 'major': 'error', 'medium': 'warning', 'low': 'info', 'minor': 'info', 'lowest': 'info', 'trivial': 'info'}"
      .. ".get(((((payload.issue if payload.issue is mapping else payload).fields or {}).priority or {}).name or '') | lower, '') if payload is mapping else '' }}",
  },

  -- Comments, sprints and work logs are no alerts.
  split = function(payload)
    local event = payload.webhookEvent
    if type(event) == "string" and not string.starts(event, "jira:issue_") then return {} end
    return nil
  end,

  verify = { algorithm = "hmac-sha256", header = "x-hub-signature", prefix = "sha256=", secret = "the secret of the webhook" },

  examples = {
    { "an issue is created",
      payload = [[{"timestamp":1793757102317,"webhookEvent":"jira:issue_created","issue_event_type_name":"issue_created","user":{"self":"https://jira.example.org/rest/api/2/user?username=joe","name":"joe","displayName":"Joe","active":true},"issue":{"id":"10042","self":"https://jira.example.org/rest/api/2/issue/10042","key":"OPS-42","fields":{"issuetype":{"name":"Incident"},"project":{"key":"OPS","name":"Operations"},"summary":"Checkout shows an error","description":"Customers cannot pay since 2:11.","labels":["shop"],"priority":{"name":"Highest","id":"1"},"status":{"name":"To Do","statusCategory":{"id":2,"key":"new","name":"To Do"}},"assignee":null,"reporter":{"displayName":"Joe"}}}}]],
      expect = {
        grouping_id = "OPS-42",
        state = "firing",
        groups = 1,
        title = "OPS-42: Checkout shows an error",
        message = [[
Customers cannot pay since 2:11.

- Status: To Do
- Priority: Highest
- Reporter: Joe
- Labels: shop
- Changed by: Joe]],
        source_link = "https://jira.example.org/browse/OPS-42",
        labels = { severity = "critical" },
        phone_call = { title = "OPS 42: Checkout shows an error" },
      } },
    { "somebody works on it",
      payload = [[{"webhookEvent":"jira:issue_updated","user":{"displayName":"Mira"},"issue":{"self":"https://jira.example.org/rest/api/2/issue/10042","key":"OPS-42","fields":{"summary":"Checkout shows an error","priority":{"name":"Highest"},"status":{"name":"Work in progress","statusCategory":{"key":"indeterminate"}},"assignee":{"displayName":"Mira"}}},"changelog":{"items":[{"field":"status"}]}}]],
      expect = { grouping_id = "OPS-42", state = "acknowledged", title = "OPS-42: Checkout shows an error", groups = 1, alerts = 2 } },
    { "a comment is no alert",
      payload = [[{"webhookEvent":"comment_created","comment":{"body":"me too"},"issue":{"key":"OPS-42","fields":{"summary":"Checkout shows an error"}}}]],
      expect = { stored = 0, groups = 1 } },
    { "an automation rule sends another issue without an envelope",
      payload = [[{"self":"https://example.atlassian.net/rest/api/2/issue/10043","id":10043,"key":"OPS-43","fields":{"summary":"Search is slow","priority":{"name":"Medium"},"status":{"name":"To Do","statusCategory":{"key":"new"}}}}]],
      expect = { grouping_id = "OPS-43", state = "firing", title = "OPS-43: Search is slow", groups = 2, labels = { severity = "warning" },
                 source_link = "https://example.atlassian.net/browse/OPS-43" } },
    { "done resolves it",
      payload = [[{"webhookEvent":"jira:issue_updated","user":{"displayName":"Mira"},"issue":{"self":"https://jira.example.org/rest/api/2/issue/10042","key":"OPS-42","fields":{"summary":"Checkout shows an error","priority":{"name":"Highest"},"status":{"name":"Closed","statusCategory":{"key":"done"}}}}}]],
      expect = { grouping_id = "OPS-42", state = "resolved", title = "OPS-42: Checkout shows an error", groups = 2, alerts = 3 } },
    { "so does deleting it",
      payload = [[{"webhookEvent":"jira:issue_deleted","user":{"displayName":"Mira"},"issue":{"self":"https://example.atlassian.net/rest/api/2/issue/10043","key":"OPS-43","fields":{"summary":"Search is slow","status":{"name":"To Do","statusCategory":{"key":"new"}}}}}]],
      expect = { grouping_id = "OPS-43", state = "resolved", title = "OPS-43: Search is slow", groups = 2, alerts = 2 } },
  },
}
