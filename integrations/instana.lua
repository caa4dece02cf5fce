--- Instana: a generic webhook alert channel.
--- Wire format: https://www.ibm.com/docs/en/instana-observability/current?topic=alerting-webhooks (read 2026-11).
--- Everything stands in issue. Issues and incidents are OPEN or CLOSED, and a closing one can be without a title;
--- severity is 5 (warning) or 10 (critical). Entities that come and go (presence) and changes have no state.
return {
  name  = "Instana",
  about = "Issues and incidents of IBM Instana",
  connect = [[
1. In Instana open **Settings › Events & Alerts › Alert Channels** and add a **Generic Webhook**: name `Tocsin`, webhook URL `{{ url }}`.
2. Press **Test Channel**: it must show here at once. **Create**.
3. In **Settings › Events & Alerts › Alerts** give your alerts the channel `Tocsin`, and smart alerts theirs under **Alert Channels**.
4. Let them send *incidents* and *issues*, of the severity that may wake somebody; *changes* are shown here and call nobody.
]],

  grouping_id = [[
{%- set issue = payload.issue if payload.issue is mapping else {} -%}
{%- if issue.type == "presence" %}{{ issue.fqdn or issue.zone or "" }}/{{ issue.entity or "" }}/{{ issue.entityLabel or "" }}
{%- else %}{{ issue.id or "" }}
{%- endif -%}
]],
  resolve_condition = [[
{%- set issue = payload.issue if payload.issue is mapping else {} -%}
{{ (issue.state or "") | upper == "CLOSED" or issue.type == "change" or (issue.type == "presence" and issue.text != "offline") }}]],
  source_link = "{{ (payload.issue if payload.issue is mapping else {}).link or '' }}",

  title = [[
{%- set issue = payload.issue if payload.issue is mapping else {} -%}
{%- set where = issue.entityLabel or issue.fqdn -%}
{%- if payload is string %}{{ payload }}
{%- elif issue.type == "presence" %}{{ where or "Entity" }} is {{ issue.text or "seen" }}
{%- elif issue.text %}{{ issue.text }}{% if where %}: {{ where }}{% endif %}
{%- elif (issue.state or "") | upper == "CLOSED" %}Issue of Instana is closed
{%- else %}Event of Instana
{%- endif -%}
]],
  message = [[
{%- set issue = payload.issue if payload.issue is mapping else {} -%}
{{ issue.suggestion or issue.description or "" }}
{% if issue.entityLabel %}
- Entity: {{ issue.entityLabel }}{% if issue.entity %} ({{ issue.entity }}){% endif %}
{%- endif %}
{%- if issue.fqdn %}
- Host: {{ issue.fqdn }}
{%- endif %}
{%- if issue.container %}
- Container: {{ issue.container }}
{%- endif %}
{%- if issue.zone %}
- Zone: {{ issue.zone }}
{%- endif %}
{%- if issue.tags %}
- Tags: {{ issue.tags }}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'10': 'critical', '5': 'warning'}.get((payload.issue if payload.issue is mapping else {}).severity | string, '') }}",
    host = "{{ (payload.issue if payload.issue is mapping else {}).fqdn or '' }}",
    zone = "{{ (payload.issue if payload.issue is mapping else {}).zone or '' }}",
  },

  examples = {
    { "an issue opens",
      payload = [[{
  "issue": {
    "id": "53650436-8e35-49a3-a610-56b442ae7620",
    "type": "issue",
    "state": "OPEN",
    "start": 1793758302322,
    "severity": 5,
    "text": "Garbage Collection Activity High (11%)",
    "suggestion": "Tune your Garbage Collector, reduce allocation rate through code changes",
    "link": "https://example.instana.io/#/?snapshotId=rjhkZXdNzegliVVEswMScGNn0YY",
    "zone": "prod",
    "fqdn": "web-1.example.com",
    "entity": "jvm",
    "entityLabel": "Checkout jvm",
    "tags": "production, documents",
    "container": "checkout"
  }
}]],
      expect = {
        grouping_id = "53650436-8e35-49a3-a610-56b442ae7620",
        state = "firing",
        groups = 1,
        title = "Garbage Collection Activity High (11%): Checkout jvm",
        message = [[
Tune your Garbage Collector, reduce allocation rate through code changes

- Entity: Checkout jvm (jvm)
- Host: web-1.example.com
- Container: checkout
- Zone: prod
- Tags: production, documents]],
        source_link = "https://example.instana.io/#/?snapshotId=rjhkZXdNzegliVVEswMScGNn0YY",
        labels = { severity = "warning", host = "web-1.example.com", zone = "prod" },
      } },
    { "an incident is another problem",
      payload = [[{"issue":{"id":"a1f0c2de-5d35-4cf3-9b37-0a7b6a1c2f11","type":"incident","state":"OPEN","start":1793758402322,"severity":10,"text":"Erroneous call rate is too high","suggestion":"","link":"https://example.instana.io/#/events;eventId=a1f0c2de","entity":"service","entityLabel":"checkout"}}]],
      expect = { grouping_id = "a1f0c2de-5d35-4cf3-9b37-0a7b6a1c2f11", state = "firing", title = "Erroneous call rate is too high: checkout", groups = 2,
                 labels = { severity = "critical" } } },
    { "the issue is closed, and has no more than its id",
      payload = [[{"issue":{"id":"53650436-8e35-49a3-a610-56b442ae7620","state":"CLOSED","end":1793758902322}}]],
      expect = { grouping_id = "53650436-8e35-49a3-a610-56b442ae7620", state = "resolved", title = "Issue of Instana is closed", groups = 2, alerts = 2 } },
    { "the incident is closed with all that it had",
      payload = [[{"issue":{"id":"a1f0c2de-5d35-4cf3-9b37-0a7b6a1c2f11","type":"incident","state":"CLOSED","start":1793758402322,"end":1793759002322,"severity":10,"text":"Erroneous call rate is too high","suggestion":"","link":"https://example.instana.io/#/events;eventId=a1f0c2de","entity":"service","entityLabel":"checkout"}}]],
      expect = { grouping_id = "a1f0c2de-5d35-4cf3-9b37-0a7b6a1c2f11", state = "resolved", title = "Erroneous call rate is too high: checkout", groups = 2, alerts = 2 } },
    { "an entity goes offline",
      payload = [[{"issue":{"id":"7720c2de","type":"presence","start":1793758302322,"text":"offline","description":"Java virtual machine on Host web-1.example.com","link":"https://example.instana.io/#/?snapshotId=rjh","zone":"prod","fqdn":"web-1.example.com","entity":"jvm","entityLabel":"Checkout jvm","tags":"","container":""}}]],
      expect = { grouping_id = "web-1.example.com/jvm/Checkout jvm", state = "firing", title = "Checkout jvm is offline", groups = 3 } },
    { "the entity is back",
      payload = [[{"issue":{"id":"7720c2df","type":"presence","start":1793758402322,"text":"online","description":"Java virtual machine on Host web-1.example.com","link":"https://example.instana.io/#/?snapshotId=rjh","zone":"prod","fqdn":"web-1.example.com","entity":"jvm","entityLabel":"Checkout jvm","tags":"","container":""}}]],
      expect = { grouping_id = "web-1.example.com/jvm/Checkout jvm", state = "resolved", title = "Checkout jvm is online", groups = 3, alerts = 2 } },
    { "a change is recorded and pages nobody",
      payload = [[{"issue":{"id":"7720c2e0","type":"change","start":1793758502322,"severity":-1,"text":"changed","description":"The value version has changed from 41 to 42","link":"","fqdn":"web-1.example.com","entity":"jvm","entityLabel":"Checkout jvm"}}]],
      expect = { grouping_id = "7720c2e0", state = "resolved", title = "changed: Checkout jvm", groups = 4 } },
  },
}
