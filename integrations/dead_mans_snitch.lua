--- Dead Man's Snitch: its webhook integration.
--- Wire format: https://deadmanssnitch.com/docs/integrations/webhooks and the constants of the vendor's Go receiver, package dmswebhooks
--- (read 2026-11): type is snitch.missing, snitch.errored, snitch.reporting or snitch.paused.
return {
  name  = "Dead Man's Snitch",
  about = "Jobs that stop reporting to Dead Man's Snitch",
  connect = [[
1. In Dead Man's Snitch open your case's **Integrations** and choose **Webhook**.
2. Paste `{{ url }}` and save.
3. Press **Send test alert** if it is offered; otherwise create a snitch with an interval of 15 minutes and let it run out.
4. Every snitch of the case calls here; a case of its own keeps others away.
]],

  grouping_id = "{{ ((payload.data if payload.data is mapping else {}).snitch or {}).token or '' }}",
  -- Who pauses a snitch does not wait for it any more.
  resolve_condition = "{{ payload.type in ('snitch.reporting', 'snitch.paused') }}",
  source_link = [[
{%- set snitch = (payload.data if payload.data is mapping else {}).snitch or {} -%}
{%- if snitch.token %}https://deadmanssnitch.com/snitches/{{ snitch.token }}{% endif -%}
]],

  title = [[
{%- set snitch = (payload.data if payload.data is mapping else {}).snitch or {} -%}
{%- if payload is string %}{{ payload }}
{%- else -%}
{{ {"snitch.missing": "Job did not report", "snitch.errored": "Job failed", "snitch.reporting": "Job reports again", "snitch.paused": "Snitch is paused"}.get(payload.type, "Snitch") }}
{%- if snitch.name %}: {{ snitch.name }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- set snitch = (payload.data if payload.data is mapping else {}).snitch or {} -%}
{{ snitch.notes or "" }}
{% if snitch.status %}
- State: {{ snitch.status }} (before: {{ snitch.previous_status }})
{%- endif %}
{%- if payload.timestamp %}
- At: {{ payload.timestamp }}
{%- endif %}
{%- if snitch.tags %}
- Tags: {{ snitch.tags | join(", ") }}
{%- endif -%}
]],

  labels = {
    snitch = "{{ ((payload.data if payload.data is mapping else {}).snitch or {}).name or '' }}",
  },

  examples = {
    { "a job did not report",
      payload = [[{"type":"snitch.missing","timestamp":"2026-11-04T02:11:42.317Z","data":{"snitch":{"token":"c2354d53d2","name":"Nightly backup of db-1","notes":"Runs on db-1 as root, see /etc/cron.d/backup","tags":["backup","prod"],"status":"missing","previous_status":"healthy"}}}]],
      expect = {
        grouping_id = "c2354d53d2",
        state = "firing",
        groups = 1,
        title = "Job did not report: Nightly backup of db-1",
        message = [[
Runs on db-1 as root, see /etc/cron.d/backup

- State: missing (before: healthy)
- At: 2026-11-04T02:11:42.317Z
- Tags: backup, prod]],
        source_link = "https://deadmanssnitch.com/snitches/c2354d53d2",
        labels = { snitch = "Nightly backup of db-1" },
        phone_call = { title = "Job did not report: Nightly backup of db 1" },
      } },
    { "it is missing again in the next interval",
      payload = [[{"type":"snitch.missing","timestamp":"2026-11-05T02:11:42.317Z","data":{"snitch":{"token":"c2354d53d2","name":"Nightly backup of db-1","notes":"","tags":[],"status":"missing","previous_status":"missing"}}}]],
      expect = { grouping_id = "c2354d53d2", state = "firing", title = "Job did not report: Nightly backup of db-1", groups = 1, alerts = 2 } },
    { "a job that reports an error is another problem",
      payload = [[{"type":"snitch.errored","timestamp":"2026-11-05T02:12:42.317Z","data":{"snitch":{"token":"1c9a2b7e11","name":"Invoices","notes":"","tags":[],"status":"errored","previous_status":"healthy"}}}]],
      expect = { grouping_id = "1c9a2b7e11", state = "firing", title = "Job failed: Invoices", groups = 2 } },
    { "reporting resolves it",
      payload = [[{"type":"snitch.reporting","timestamp":"2026-11-05T03:11:42.317Z","data":{"snitch":{"token":"c2354d53d2","name":"Nightly backup of db-1","notes":"","tags":[],"status":"healthy","previous_status":"missing"}}}]],
      expect = { grouping_id = "c2354d53d2", state = "resolved", title = "Job reports again: Nightly backup of db-1", groups = 2, alerts = 3 } },
    { "so does pausing",
      payload = [[{"type":"snitch.paused","timestamp":"2026-11-05T03:12:42.317Z","data":{"snitch":{"token":"1c9a2b7e11","name":"Invoices","notes":"","tags":[],"status":"paused","previous_status":"errored"}}}]],
      expect = { grouping_id = "1c9a2b7e11", state = "resolved", title = "Snitch is paused: Invoices", groups = 2, alerts = 2 } },
  },
}
