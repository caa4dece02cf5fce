--- Sumo Logic: monitors, by a webhook connection with the body in `connect`.
--- Wire format: the body in `connect`; variables of https://www.sumologic.com/help/docs/alerts/monitors/alert-variables (read 2026-11).
--- TriggerType is Critical, Warning or MissingData, with Resolved before it at the end. A variable without a value prints nothing.
--- IncidentKey is the same for an alert and its recovery. A scheduled search has no TriggerType and never ends.
return {
  name  = "Sumo Logic",
  about = "Monitors and scheduled searches of Sumo Logic",
  connect = [[
1. In Sumo Logic open **Monitoring › Connections**, choose **Add**, then **Webhook**. Name `Tocsin`, URL `{{ url }}`.
2. Paste this as **Alert Payload**, and once more as **Recovery Payload**:

```
{% raw %}{
  "name": "{{Name}}",
  "alert_name": "{{AlertName}}",
  "id": "{{Id}}",
  "incident_key": "{{IncidentKey}}",
  "trigger_type": "{{TriggerType}}",
  "description": "{{Description}}",
  "condition": "{{TriggerCondition}}",
  "value": "{{TriggerValue}}",
  "time": "{{TriggerTime}}",
  "results": "{{NumQueryResults}}",
  "query_url": "{{QueryURL}}",
  "alert_url": "{{AlertResponseURL}}"
}{% endraw %}
```

3. **Test Alert** and **Test Recovery** show here at once. **Save**.
4. In your monitors open **Notifications**, add the connection `Tocsin`, and tick **Alert** and **Recovery** for the levels that shall call. Without *Recovery* nothing is ever resolved.
]],

  grouping_id = "{{ payload.incident_key or [payload.id, payload.alert_name] | select | join('/') or payload.name or '' }}",
  resolve_condition = "{{ ((payload.trigger_type or '') | lower)[:8] == 'resolved' }}",
  source_link = "{{ payload.alert_url or payload.query_url or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else %}{{ "No data: " if "MissingData" in (payload.trigger_type or "") }}{{ payload.alert_name or payload.name or "Monitor of Sumo Logic" }}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ payload.description or "" }}
{% if payload.condition %}
- Condition: {{ payload.condition }}
{%- endif %}
{%- if payload.value %}
- Value: {{ payload.value }}
{%- endif %}
{%- if payload.results %}
- Results: {{ payload.results }}
{%- endif %}
{%- if payload.time %}
- Since: {{ payload.time }}
{%- endif %}
{%- if payload.query_url %}
- [Query]({{ payload.query_url }})
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{% set kind = (payload.trigger_type or '') | replace('Resolved', '') %}{{ {'Critical': 'critical', 'Warning': 'warning', 'MissingData': 'error'}.get(kind, '') }}",
    monitor = "{{ payload.name or '' }}",
  },

  examples = {
    { "a monitor is critical",
      payload = [[{
  "name": "Payments fail",
  "alert_name": "PROD - Payments fail",
  "id": "00000000000468D5",
  "incident_key": "00000000000468D5-00000000002C6A9B-0",
  "trigger_type": "Critical",
  "description": "More than 5% of the payments are declined.",
  "condition": "Greater than 5.0 in the last 5 minutes",
  "value": "7.3",
  "time": "11/04/2026 02:11:42 AM UTC",
  "results": "1",
  "query_url": "https://service.eu.sumologic.com/ui/#/search/x",
  "alert_url": "https://service.eu.sumologic.com/ui/#/alert/00000000002C6A9B"
}]],
      expect = { grouping_id = "00000000000468D5-00000000002C6A9B-0", state = "firing", groups = 1, title = "PROD - Payments fail",
        message = "More than 5% of the payments are declined.\n\n- Condition: Greater than 5.0 in the last 5 minutes\n- Value: 7.3\n- Results: 1\n- Since: 11/04/2026 02:11:42 AM UTC\n- [Query](https://service.eu.sumologic.com/ui/#/search/x)",
        source_link = "https://service.eu.sumologic.com/ui/#/alert/00000000002C6A9B", labels = { severity = "critical", monitor = "Payments fail" } } },
    { "it is told of again",
      payload = [[{"name":"Payments fail","alert_name":"PROD - Payments fail","id":"00000000000468D5","incident_key":"00000000000468D5-00000000002C6A9B-0","trigger_type":"Critical","description":"","condition":"Greater than 5.0 in the last 5 minutes","value":"8.1","time":"","results":"1","query_url":"","alert_url":""}]],
      expect = { grouping_id = "00000000000468D5-00000000002C6A9B-0", state = "firing", alerts = 2, title = "PROD - Payments fail" } },
    { "it recovers",
      payload = [[{"name":"Payments fail","alert_name":"PROD - Payments fail","id":"00000000000468D5","incident_key":"00000000000468D5-00000000002C6A9B-0","trigger_type":"ResolvedCritical","description":"More than 5% of the payments are declined.","condition":"Less than or equal to 5.0","value":"1.2","time":"11/04/2026 02:31:42 AM UTC","results":"1","query_url":"","alert_url":""}]],
      expect = { grouping_id = "00000000000468D5-00000000002C6A9B-0", state = "resolved", groups = 1, title = "PROD - Payments fail" } },
    { "no data is another problem",
      payload = [[{"name":"Payments fail","alert_name":"","id":"00000000000468D5","incident_key":"","trigger_type":"MissingData","description":"","condition":"Missing data for 15 minutes","value":"","time":"","results":"0","query_url":"","alert_url":""}]],
      expect = { grouping_id = "00000000000468D5", state = "firing", groups = 2, title = "No data: Payments fail", labels = { severity = "error" } } },
    { "and comes back",
      payload = [[{"name":"Payments fail","alert_name":"","id":"00000000000468D5","incident_key":"","trigger_type":"ResolvedMissingData","description":"","condition":"","value":"","time":"","results":"","query_url":"","alert_url":""}]],
      expect = { grouping_id = "00000000000468D5", state = "resolved", title = "No data: Payments fail" } },
    { "a scheduled search has no kind of trigger",
      payload = [[{"name":"Root logins","alert_name":"","id":"","incident_key":"","trigger_type":"","description":"Logins of root today","condition":"","value":"","time":"","results":"3","query_url":"https://service.eu.sumologic.com/ui/#/search/y","alert_url":""}]],
      expect = { grouping_id = "Root logins", state = "firing", groups = 3, title = "Root logins", source_link = "https://service.eu.sumologic.com/ui/#/search/y" } },
  },
}
