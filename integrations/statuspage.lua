--- Atlassian Statuspage: the webhook subscription of a vendor's status page.
--- Wire format: https://support.atlassian.com/statuspage/docs/enable-webhook-notifications/ with the component update that its
--- subscribers keep as fixtures (read 2026-11). `incident` or `component` with `component_update`; a maintenance is an incident too.
return {
  name  = "Statuspage",
  about = "Incidents on the status pages of your vendors (Atlassian Statuspage)",
  connect = [[
1. Open the vendor's status page, choose **Subscribe to updates**, and the tab **Webhook** (`<>`).
2. Paste `{{ url }}` and your e-mail address (it is told when deliveries fail). **Subscribe**.
3. Choose the components that you depend on, if the page asks.
4. One integration may take any number of pages. Scheduled maintenance is recorded here as resolved and calls nobody.
]],

  grouping_id = [[
{%- set incident = payload.incident if payload.incident is mapping else {} -%}
{%- set component = payload.component if payload.component is mapping else {} -%}
{%- if incident.id %}incident/{{ incident.id }}{% elif component.id %}component/{{ component.id }}{% endif -%}
]],
  resolve_condition = [[
{%- set incident = payload.incident if payload.incident is mapping else {} -%}
{{ incident.status in ("resolved", "postmortem", "completed", "scheduled", "in_progress", "verifying") or incident.impact == "maintenance"
   or (payload.component_update or {}).new_status in ("operational", "under_maintenance") }}]],
  source_link = [[
{%- set incident = payload.incident if payload.incident is mapping else {} -%}
{{ incident.shortlink or (payload.page if payload.page is mapping else {}).url or "" }}]],

  title = [[
{%- set incident = payload.incident if payload.incident is mapping else {} -%}
{%- set component = payload.component if payload.component is mapping else {} -%}
{%- set update = payload.component_update if payload.component_update is mapping else {} -%}
{%- set page = (payload.page if payload.page is mapping else {}).name -%}
{%- if payload is string %}{{ payload }}
{%- elif incident %}{{ incident.name or "Incident" }}{% if page %} ({{ page }}){% endif %}
{%- elif component %}{{ component.name }}: {{ (update.new_status or component.status or "changed") | replace("_", " ") }}{% if page %} ({{ page }}){% endif %}
{%- else %}Update of a status page
{%- endif -%}
]],
  message = [[
{%- set incident = payload.incident if payload.incident is mapping else {} -%}
{%- set update = payload.component_update if payload.component_update is mapping else {} -%}
{%- if incident -%}
{{ ((incident.incident_updates or [{}])[0] or {}).body or "" }}

- Status: {{ (incident.status or "") | replace("_", " ") }}
- Impact: {{ incident.impact }}
{%- for component in (incident.components or [])[:10] if component is mapping %}
- {{ component.name }}: {{ (component.status or "") | replace("_", " ") }}
{%- endfor -%}
{%- elif update -%}
- Before: {{ (update.old_status or "") | replace("_", " ") }}
- Now: {{ (update.new_status or "") | replace("_", " ") }}
- Page: {{ (payload.page or {}).status_description }}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'critical': 'critical', 'major': 'error', 'minor': 'warning', 'none': 'info', 'major_outage': 'critical', 'partial_outage': 'error',"
      .. " 'degraded_performance': 'warning'}.get((payload.incident or {}).impact or (payload.component_update or {}).new_status, '') if payload is mapping else '' }}",
  },

  examples = {
    { "an incident starts",
      payload = [[{"meta":{"unsubscribe":"https://status.example.com/?unsubscribe=j0vqr9kl3513","documentation":"https://doers.statuspage.io/customer-notifications/webhooks/"},"page":{"id":"j2mfxwj97wnj","name":"Example Cloud","url":"https://status.example.com","status_indicator":"major","status_description":"Partial System Outage"},"incident":{"backfilled":false,"created_at":"2026-11-04T02:11:42Z","impact":"major","impact_override":null,"monitoring_at":null,"name":"Logins fail","resolved_at":null,"shortlink":"https://stspg.io/803310a12","status":"investigating","updated_at":"2026-11-04T02:11:42Z","id":"lbkhbwn21v5q","incident_updates":[{"body":"We are looking into failing logins.","created_at":"2026-11-04T02:11:42Z","status":"investigating","id":"xy1"}],"components":[{"id":"c1","name":"Login","status":"major_outage"}]}}]],
      expect = {
        grouping_id = "incident/lbkhbwn21v5q",
        state = "firing",
        groups = 1,
        title = "Logins fail (Example Cloud)",
        message = [[
We are looking into failing logins.

- Status: investigating
- Impact: major
- Login: major outage]],
        source_link = "https://stspg.io/803310a12",
        labels = { severity = "error" },
      } },
    { "an update of it joins",
      payload = [[{"page":{"id":"j2mfxwj97wnj","name":"Example Cloud","status_indicator":"major"},"incident":{"impact":"major","name":"Logins fail","shortlink":"https://stspg.io/803310a12","status":"identified","id":"lbkhbwn21v5q","incident_updates":[{"body":"A certificate ran out.","status":"identified"}]}}]],
      expect = { grouping_id = "incident/lbkhbwn21v5q", state = "firing", title = "Logins fail (Example Cloud)", groups = 1, alerts = 2 } },
    { "a component degrades",
      payload = [[{"page":{"id":"j2mfxwj97wnj","status_indicator":"minor","status_description":"Minor Service Outage"},"component_update":{"created_at":"2026-11-04T02:32:28Z","new_status":"degraded_performance","old_status":"operational","id":"k7730b5v92bv","component_id":"rb5wq1dczvbm"},"component":{"created_at":"2020-05-29T21:32:28Z","id":"rb5wq1dczvbm","name":"Search API","status":"degraded_performance"}}]],
      expect = { grouping_id = "component/rb5wq1dczvbm", state = "firing", title = "Search API: degraded performance", groups = 2, labels = { severity = "warning" },
                 message = "- Before: operational\n- Now: degraded performance\n- Page: Minor Service Outage", source_link = false } },
    { "and is operational again",
      payload = [[{"page":{"id":"j2mfxwj97wnj","status_indicator":"none","status_description":"All Systems Operational"},"component_update":{"new_status":"operational","old_status":"degraded_performance","id":"k7730b5v92bw","component_id":"rb5wq1dczvbm"},"component":{"id":"rb5wq1dczvbm","name":"Search API","status":"operational"}}]],
      expect = { grouping_id = "component/rb5wq1dczvbm", state = "resolved", title = "Search API: operational", groups = 2, alerts = 2 } },
    { "resolved",
      payload = [[{"page":{"id":"j2mfxwj97wnj","name":"Example Cloud"},"incident":{"impact":"major","name":"Logins fail","shortlink":"https://stspg.io/803310a12","status":"resolved","id":"lbkhbwn21v5q","incident_updates":[{"body":"Done.","status":"resolved"}]}}]],
      expect = { grouping_id = "incident/lbkhbwn21v5q", state = "resolved", title = "Logins fail (Example Cloud)", groups = 2, alerts = 3 } },
    { "a planned maintenance calls nobody",
      payload = [[{"page":{"id":"j2mfxwj97wnj","name":"Example Cloud"},"incident":{"impact":"maintenance","name":"Database upgrade","shortlink":"https://stspg.io/9","status":"scheduled","id":"mm1","incident_updates":[{"body":"On Sunday.","status":"scheduled"}]}}]],
      expect = { grouping_id = "incident/mm1", state = "resolved", title = "Database upgrade (Example Cloud)", groups = 3 } },
  },
}
