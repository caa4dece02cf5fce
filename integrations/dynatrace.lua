--- Dynatrace: problem notifications, by a custom integration.
--- Wire format: the body in `connect`; placeholders and the test's values as in
--- pagertree/pager_tree-integrations test/models/pager_tree/integrations/dynatrace/v3_test.rb and
--- https://docs.dynatrace.com/docs/analyze-explore-automate/notifications-and-alerting/problem-notifications/webhook-integration (read 2026-11).
--- A display number (ProblemID) comes again after some time, so PID is the key. A problem that is merged into another ends as MERGED.
return {
  name  = "Dynatrace",
  about = "Problems of Dynatrace, SaaS and Managed",
  connect = [[
1. In Dynatrace open **Settings › Integration › Problem notifications** and choose **Add notification**, type **Custom integration**, name `Tocsin`.
2. Webhook URL `{{ url }}`. Turn on **Call webhook if problem is closed**.
3. Paste this as **Custom payload**:

```
{
  "PID": "{PID}",
  "ProblemID": "{ProblemID}",
  "State": "{State}",
  "ProblemTitle": "{ProblemTitle}",
  "ProblemSeverity": "{ProblemSeverity}",
  "ProblemImpact": "{ProblemImpact}",
  "ProblemURL": "{ProblemURL}",
  "ImpactedEntity": "{ImpactedEntity}",
  "ProblemDetails": "{ProblemDetailsText}",
  "Tags": "{Tags}"
}
```

4. Choose an alerting profile, press **Send test notification** (it shows here as resolved and calls nobody), and **Save**.
]],

  grouping_id = "{{ payload.PID or payload.ProblemID or '' }}",
  resolve_condition = "{{ payload.State in ('RESOLVED', 'MERGED') or payload.ProblemTitle == 'Dynatrace problem notification test run' }}",
  source_link = "{{ payload.ProblemURL or payload['Problem URL'] or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else %}{{ payload.ProblemTitle or "Problem in Dynatrace" }}
{%- set where = payload.ImpactedEntity or payload.ImpactedEntityNames -%}
{%- if where and where not in (payload.ProblemTitle or "") %}: {{ where | truncate(80) }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ (payload.ProblemDetails or payload.ProblemDetailsText or "") | replace("\\n", "\n") | trim }}
{% if payload.State == "MERGED" %}
Merged into another problem.
{% endif %}
- Problem: {{ payload.ProblemID }}
{%- if payload.ProblemSeverity %}
- Severity: {{ payload.ProblemSeverity }}
{%- endif %}
{%- if payload.ProblemImpact %}
- Impact: {{ payload.ProblemImpact }}
{%- endif %}
{%- if payload.ImpactedEntity %}
- Entity: {{ payload.ImpactedEntity }}
{%- endif %}
{%- if payload.Tags %}
- Tags: {{ payload.Tags }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'AVAILABILITY': 'critical', 'ERROR': 'error', 'MONITORING_UNAVAILABLE': 'error', 'CUSTOM_ALERT': 'error', 'PERFORMANCE': 'warning',"
      .. " 'RESOURCE_CONTENTION': 'warning', 'INFO': 'info'}.get((payload.ProblemSeverity or '') | upper, '') }}",
  },

  examples = {
    { "a problem opens",
      payload = [[{
  "PID": "-6058113018042014233_1793757102000V2",
  "ProblemID": "P-2611423",
  "State": "OPEN",
  "ProblemTitle": "Failure rate increase",
  "ProblemSeverity": "ERROR",
  "ProblemImpact": "SERVICES",
  "ProblemURL": "https://abc12345.live.dynatrace.com/#problems/problemdetails;pid=-6058113018042014233_1793757102000V2",
  "ImpactedEntity": "Web service checkout",
  "ProblemDetails": "OPEN Problem P-2611423 in environment prod\nProblem detected at: 02:11 (UTC) 04.11.2026\n\n1 impacted service\n\nWeb service\ncheckout\n\nFailure rate increase\nFailure rate increased to 12.3 %",
  "Tags": "env:prod, team:web"
}]],
      expect = {
        grouping_id = "-6058113018042014233_1793757102000V2",
        state = "firing",
        groups = 1,
        title = "Failure rate increase: Web service checkout",
        message = [[
OPEN Problem P-2611423 in environment prod
Problem detected at: 02:11 (UTC) 04.11.2026

1 impacted service

Web service
checkout

Failure rate increase
Failure rate increased to 12.3 %

- Problem: P-2611423
- Severity: ERROR
- Impact: SERVICES
- Entity: Web service checkout
- Tags: env:prod, team:web]],
        source_link = "https://abc12345.live.dynatrace.com/#problems/problemdetails;pid=-6058113018042014233_1793757102000V2",
        labels = { severity = "error" },
      } },
    { "an update of it joins",
      payload = [[{"PID":"-6058113018042014233_1793757102000V2","ProblemID":"P-2611423","State":"OPEN","ProblemTitle":"Failure rate increase","ProblemSeverity":"ERROR","ProblemImpact":"SERVICES","ProblemURL":"https://abc12345.live.dynatrace.com/#problems","ImpactedEntity":"2 impacted entities","ProblemDetails":"","Tags":""}]],
      expect = { grouping_id = "-6058113018042014233_1793757102000V2", state = "firing", title = "Failure rate increase: 2 impacted entities", groups = 1, alerts = 2 } },
    { "another problem, with the same display number of another year",
      payload = [[{"PID":"811042014233_1825293102000V2","ProblemID":"P-2611423","State":"OPEN","ProblemTitle":"Host or monitoring unavailable","ProblemSeverity":"AVAILABILITY","ProblemImpact":"INFRASTRUCTURE","ProblemURL":"","ImpactedEntity":"Host db-1","ProblemDetails":"","Tags":""}]],
      expect = { grouping_id = "811042014233_1825293102000V2", state = "firing", title = "Host or monitoring unavailable: Host db-1", groups = 2,
                 labels = { severity = "critical" }, source_link = false } },
    { "resolved",
      payload = [[{"PID":"-6058113018042014233_1793757102000V2","ProblemID":"P-2611423","State":"RESOLVED","ProblemTitle":"Failure rate increase","ProblemSeverity":"ERROR","ProblemImpact":"SERVICES","ProblemURL":"","ImpactedEntity":"Web service checkout","ProblemDetails":"","Tags":""}]],
      expect = { grouping_id = "-6058113018042014233_1793757102000V2", state = "resolved", title = "Failure rate increase: Web service checkout", groups = 2, alerts = 3 } },
    { "merged into another problem is an end too",
      payload = [[{"PID":"811042014233_1825293102000V2","ProblemID":"P-2611423","State":"MERGED","ProblemTitle":"Host or monitoring unavailable","ProblemSeverity":"AVAILABILITY","ProblemImpact":"INFRASTRUCTURE","ProblemURL":"","ImpactedEntity":"Host db-1","ProblemDetails":"","Tags":""}]],
      expect = { grouping_id = "811042014233_1825293102000V2", state = "resolved", title = "Host or monitoring unavailable: Host db-1", groups = 2, alerts = 2 } },
    { "Send test notification is recorded and pages nobody",
      payload = [[{"PID":"99999","ProblemID":"999","State":"OPEN","ProblemTitle":"Dynatrace problem notification test run","ProblemSeverity":"","ProblemImpact":"INFRASTRUCTURE","ProblemURL":"https://example.com","ImpactedEntity":"MyHost1, MyService1","ProblemDetails":"Dynatrace problem notification test run details","Tags":"testtag1, testtag2"}]],
      expect = { grouping_id = "99999", state = "resolved", title = "Dynatrace problem notification test run: MyHost1, MyService1", groups = 3 } },
  },
}
