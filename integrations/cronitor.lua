--- Cronitor: a webhook in a notification list.
--- Wire format: https://cronitor.io/docs/webhooks and
--- PagerTree/pager_tree-integrations test/models/pager_tree/integrations/cronitor/v3_test.rb (read 2026-11).
--- type is Alert or Recovery, in either case; the id is the monitor's key, which each environment shares.
return {
  name  = "Cronitor",
  about = "Jobs, heartbeats, checks and sites of Cronitor",
  connect = [[
1. In Cronitor open **Settings › Integrations** and add a **Webhook**, name `Tocsin`, URL `{{ url }}`.
2. Press **Send test**: it shows here at once. Save.
3. Under **Alerts › Notification lists** add the webhook to the list that your monitors use (often *Default*).
4. Leave recovery notifications on: they resolve the groups here.
]],

  grouping_id = "{% if payload.id %}{{ payload.id }}{% if payload.environment %}/{{ payload.environment }}{% endif %}{% endif %}",
  resolve_condition = "{{ (payload.type or '') | lower == 'recovery' }}",
  source_link = "{{ payload.issue_url or payload.monitor_url or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else %}{{ payload.monitor or payload.id or "Monitor of Cronitor" }}{% if payload.rule %}: {{ payload.rule | replace("_", " ") }}{% endif %}{% if payload.environment %} ({{ payload.environment }}){% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ payload.description or "" }}
{% if payload.rule %}
- Rule: {{ payload.rule | replace("_", " ") }}
{%- endif %}
{%- if payload.group %}
- Group: {{ payload.group }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    monitor     = "{{ payload.monitor or '' }}",
    environment = "{{ payload.environment or '' }}",
  },

  examples = {
    { "a job did not run in time",
      payload = [[{"id":"ksQC7a","monitor":"Nightly backup of db-1","description":"Did not send an event at the expected time.\nLast ping: Nov 4, 02:07:16 UTC\nSchedule: every day at 2:00","type":"Alert","rule":"not_on_schedule","environment":"Production","group":"backups","issue_url":"https://cronitor.io/app/issues/9f2","monitor_url":"https://cronitor.io/app/monitors/ksQC7a"}]],
      expect = {
        grouping_id = "ksQC7a/Production",
        state = "firing",
        groups = 1,
        title = "Nightly backup of db-1: not on schedule (Production)",
        message = [[
Did not send an event at the expected time.
Last ping: Nov 4, 02:07:16 UTC
Schedule: every day at 2:00

- Rule: not on schedule
- Group: backups]],
        source_link = "https://cronitor.io/app/issues/9f2",
        labels = { monitor = "Nightly backup of db-1", environment = "Production" },
        phone_call = { title = "Nightly backup of db 1: not on schedule (Production)" },
      } },
    { "another rule of the same monitor joins it",
      payload = [[{"id":"ksQC7a","monitor":"Nightly backup of db-1","description":"Exit code 2","type":"ALERT","rule":"failed","environment":"Production","group":"","issue_url":"","monitor_url":"https://cronitor.io/app/monitors/ksQC7a"}]],
      expect = { grouping_id = "ksQC7a/Production", state = "firing", title = "Nightly backup of db-1: failed (Production)", groups = 1, alerts = 2,
                 source_link = "https://cronitor.io/app/monitors/ksQC7a" } },
    { "another environment is another problem; older bodies have none",
      payload = [[{"id":"ksQC7a","monitor":"Nightly backup of db-1","description":"Did not send an event.","type":"Alert","rule":"not_on_schedule"}]],
      expect = { grouping_id = "ksQC7a", state = "firing", title = "Nightly backup of db-1: not on schedule", groups = 2, source_link = false } },
    { "a recovery resolves it",
      payload = [[{"id":"ksQC7a","monitor":"Nightly backup of db-1","description":"Completed","type":"Recovery","rule":"complete","environment":"Production","group":"","issue_url":"","monitor_url":""}]],
      expect = { grouping_id = "ksQC7a/Production", state = "resolved", title = "Nightly backup of db-1: complete (Production)", groups = 2, alerts = 3 } },
  },
}
