--- Google Cloud Monitoring (once Stackdriver): a webhook notification channel, or Pub/Sub with a push subscription.
--- Wire format: https://cloud.google.com/monitoring/support/notification-options (schema 1.2), with the payload of
--- https://gist.github.com/joemiller/f54d464bbbd97ad956935771489f6199 (read 2026-11). `state` is open or closed.
return {
  name  = "Google Cloud Monitoring",
  about = "Alerting policies of Google Cloud (Stackdriver), by a webhook or by Pub/Sub",
  connect = [[
1. In the Google Cloud console open **Monitoring › Alerting › Edit notification channels**, and at **Webhooks** choose **Add new**.
2. Endpoint URL `{{ url }}`, display name `Tocsin`. Leave **Use HTTP Basic Auth** off.
3. Press **Test connection**: it shows here as resolved and calls nobody. **Save**.
4. In your alerting policies add `Tocsin` under **Notification channels**, and tick **Notify on incident closure** (without it nothing is ever resolved).
5. With Pub/Sub instead: give the topic a push subscription to the same address; both of its forms are read.
]],

  -- Pub/Sub puts the notification into an envelope, in base64. Test connection calls its body's version "test".
  grouping_id = [[
{%- set body = (payload.message.data | b64decode | parse_json) if payload.message is mapping else payload -%}
{%- set incident = (body or {}).incident or {} -%}
{{ incident.incident_id or "" }}]],
  resolve_condition = [[
{%- set body = (payload.message.data | b64decode | parse_json) if payload.message is mapping else payload -%}
{%- set incident = (body or {}).incident or {} -%}
{{ incident.state == "closed" or body.version == "test" }}]],
  source_link = [[
{%- set body = (payload.message.data | b64decode | parse_json) if payload.message is mapping else payload -%}
{%- set incident = (body or {}).incident or {} -%}
{{ incident.url or "" }}]],

  title = [[
{%- set body = (payload.message.data | b64decode | parse_json) if payload.message is mapping else payload -%}
{%- set incident = (body or {}).incident or {} -%}
{%- set what = incident.policy_name or incident.condition_name -%}
{%- set labels = (incident.resource or {}).labels or {} -%}
{%- set system = (incident.metadata if incident.metadata is mapping else {}).system_labels or {} -%}
{%- set where = system.name or ((incident.metric or {}).labels or {}).instance_name or labels.function_name or labels.service_name or labels.host
   or labels.pod_name or labels.database_id or labels.cluster_name or (incident.resource_name if "{" not in (incident.resource_name or ""))
   or labels.instance_id or labels.project_id -%}
{%- if payload is string %}{{ payload }}
{%- elif body.version == "test" %}Test of the notification channel
{%- elif not incident %}Google Cloud notification
{%- else %}{{ what or incident.summary or "Google Cloud incident" }}
{%- if where and where not in (what or "") %}: {{ where }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- set body = (payload.message.data | b64decode | parse_json) if payload.message is mapping else payload -%}
{%- set incident = (body or {}).incident or {} -%}
{%- set doc = incident.documentation if incident.documentation is mapping else {"content": incident.documentation} -%}
{%- if incident.summary %}**{{ incident.summary }}**
{% endif -%}
{%- if doc.content %}
{{ doc.content }}
{% endif -%}
{%- for link in doc.links or [] %}[{{ link.displayName or link.url }}]({{ link.url }})
{% endfor -%}
{%- if incident.condition_name %}
- Condition: {{ incident.condition_name }}
{%- endif %}
{%- if incident.observed_value %}
- Value: {{ incident.observed_value }}{% if incident.threshold_value %} (threshold {{ incident.threshold_value }}){% endif %}
{%- endif %}
{%- for name, value in ((incident.resource or {}).labels or {}).items() %}
- {{ name }}: {{ value }}
{%- endfor -%}
]],

  labels = {
    severity = [[
{%- set body = (payload.message.data | b64decode | parse_json) if payload.message is mapping else payload -%}
{%- set incident = (body or {}).incident or {} -%}
{{ {"critical": "critical", "error": "error", "warning": "warning"}.get((incident.severity or "") | lower, "") }}]],
    project = [[
{%- set body = (payload.message.data | b64decode | parse_json) if payload.message is mapping else payload -%}
{%- set incident = (body or {}).incident or {} -%}
{{ incident.scoping_project_id or "" }}]],
  },

  verify = { algorithm = "basic", secret = "user:password of the channel" },

  examples = {
    { "an incident opens a group",
      payload = [[{"incident":{"condition":{"conditionThreshold":{"aggregations":[{"alignmentPeriod":"60s","perSeriesAligner":"ALIGN_MEAN"}],"comparison":"COMPARISON_GT","duration":"300s","filter":"metric.type=\"compute.googleapis.com/instance/cpu/utilization\"","thresholdValue":0.9,"trigger":{"count":1}},"displayName":"CPU utilization","name":"projects/12345/alertPolicies/12345/conditions/67890"},"condition_name":"CPU utilization above 90%","documentation":{"content":"Look at the queue workers first.","mime_type":"text/markdown","subject":"ALERT","links":[{"displayName":"Runbook","url":"https://runbooks.example.org/cpu"}]},"ended_at":null,"incident_id":"0.lj2va6zdkemq","metadata":{"system_labels":{"name":"web-1"},"user_labels":{}},"metric":{"displayName":"CPU utilization","labels":{"instance_name":"web-1"},"type":"compute.googleapis.com/instance/cpu/utilization"},"observed_value":"0.973","policy_name":"CPU of web servers","policy_user_labels":{"team":"web"},"resource":{"labels":{"instance_id":"8979287136362607111","project_id":"shop-prod","zone":"europe-west3-a"},"type":"gce_instance"},"resource_id":"8979287136362607111","resource_name":"shop-prod web-1","resource_type_display_name":"VM Instance","scoping_project_id":"shop-prod","scoping_project_number":12345,"severity":"Critical","started_at":1793757102,"state":"open","summary":"CPU utilization for shop-prod web-1 is above the threshold of 0.900 with a value of 0.973.","threshold_value":"0.9","url":"https://console.cloud.google.com/monitoring/alerting/alerts/0.lj2va6zdkemq?channelType=webhook&project=shop-prod"},"version":"1.2"}]],
      expect = {
        grouping_id = "0.lj2va6zdkemq",
        state = "firing",
        groups = 1,
        title = "CPU of web servers: web-1",
        message = [[
**CPU utilization for shop-prod web-1 is above the threshold of 0.900 with a value of 0.973.**

Look at the queue workers first.
[Runbook](https://runbooks.example.org/cpu)

- Condition: CPU utilization above 90%
- Value: 0.973 (threshold 0.9)
- instance_id: 8979287136362607111
- project_id: shop-prod
- zone: europe-west3-a]],
        source_link = "https://console.cloud.google.com/monitoring/alerting/alerts/0.lj2va6zdkemq?channelType=webhook&project=shop-prod",
        labels = { severity = "critical", project = "shop-prod" },
      } },
    { "a repeated notification of it joins",
      payload = [[{"incident":{"incident_id":"0.lj2va6zdkemq","resource_id":"","resource_name":"shop-prod web-1","resource":{"type":"gce_instance","labels":{}},"started_at":1793757102,"policy_name":"CPU of web servers","condition_name":"CPU utilization above 90%","url":"https://console.cloud.google.com/monitoring/alerting/alerts/0.lj2va6zdkemq?project=shop-prod","documentation":"plain text, as old policies have it","state":"open","ended_at":null,"summary":"CPU utilization is above the threshold."},"version":"1.2"}]],
      expect = { grouping_id = "0.lj2va6zdkemq", state = "firing", title = "CPU of web servers: shop-prod web-1", groups = 1, alerts = 2 } },
    { "another incident of the same policy is another problem",
      payload = [[{"incident":{"incident_id":"0.lj2vb1aaaaaa","resource_name":"shop-prod web-2","resource":{"type":"gce_instance","labels":{"instance_id":"42"}},"started_at":1793757202,"policy_name":"CPU of web servers","condition_name":"CPU utilization above 90%","severity":"Warning","url":"https://console.cloud.google.com/monitoring/alerting/alerts/0.lj2vb1aaaaaa?project=shop-prod","state":"open","ended_at":null,"summary":"CPU utilization is above the threshold."},"version":"1.2"}]],
      expect = { grouping_id = "0.lj2vb1aaaaaa", state = "firing", title = "CPU of web servers: shop-prod web-2", groups = 2, labels = { severity = "warning" } } },
    { "closed is Google's word for resolved",
      payload = [[{"incident":{"incident_id":"0.lj2va6zdkemq","resource_name":"shop-prod web-1","resource":{"type":"gce_instance","labels":{}},"started_at":1793757102,"ended_at":1793758102,"policy_name":"CPU of web servers","condition_name":"CPU utilization above 90%","url":"https://console.cloud.google.com/monitoring/alerting/alerts/0.lj2va6zdkemq?project=shop-prod","state":"closed","summary":"CPU utilization returned to normal with a value of 0.120."},"version":"1.2"}]],
      expect = { grouping_id = "0.lj2va6zdkemq", state = "resolved", title = "CPU of web servers: shop-prod web-1", groups = 2, alerts = 3 } },
    { "a resource whose name is a list of labels is named by the label that matters",
      payload = [[{"incident":{"incident_id":"0.ab1cdefgh2i","state":"closed","policy_name":"Webhooks health check","condition_name":"Cloud Function - Executions","metadata":{"system_labels":{},"user_labels":{}},"metric":{"displayName":"Executions","labels":{},"type":"cloudfunctions.googleapis.com/function/execution_count"},"resource":{"labels":{"function_name":"webhook_health","project_id":"shop-prod"},"type":"cloud_function"},"resource_name":"shop-prod Cloud Function labels {project_id=shop-prod, function_name=webhook_health}","summary":"Executions is below the threshold."},"version":"1.2"}]],
      expect = { grouping_id = "0.ab1cdefgh2i", state = "resolved", title = "Webhooks health check: webhook_health", groups = 3 } },
    { "by Pub/Sub the same comes in base64",
      payload = [[{"message":{"attributes":{"version":"1.2"},"data":"eyJpbmNpZGVudCI6eyJpbmNpZGVudF9pZCI6IjAubGoydmIxYWFhYWFhIiwic3RhdGUiOiJjbG9zZWQiLCJwb2xpY3lfbmFtZSI6IkNQVSBvZiB3ZWIgc2VydmVycyIsInJlc291cmNlX25hbWUiOiJzaG9wLXByb2Qgd2ViLTIiLCJzdW1tYXJ5IjoiYmFjayB0byBub3JtYWwifSwidmVyc2lvbiI6IjEuMiJ9","messageId":"136969346945","publishTime":"2026-11-04T02:51:42.0Z"},"subscription":"projects/shop-prod/subscriptions/tocsin"}]],
      expect = { grouping_id = "0.lj2vb1aaaaaa", state = "resolved", title = "CPU of web servers: shop-prod web-2", groups = 3, alerts = 2 } },
    { "Test connection is recorded and pages nobody",
      payload = [[{"version":"test","incident":{"incident_id":"12345","scoping_project_id":"12345","scoping_project_number":12345,"url":"http://www.example.com","started_at":0,"ended_at":0,"state":"OPEN","summary":"Test Incident","apigee_url":"http://www.example.com","observed_value":"1.0","resource":{"type":"example_resource","labels":{"example":"label"}},"resource_type_display_name":"Example Resource Type","resource_id":"12345","resource_display_name":"Example Resource","resource_name":"projects/12345/example_resources/12345","metric":{"type":"test.googleapis.com/metric","displayName":"Test Metric","labels":{"example":"label"}},"metadata":{"system_labels":{"example":"label"},"user_labels":{"example":"label"}},"policy_name":"projects/12345/alertPolicies/12345","policy_user_labels":{"example":"label"},"documentation":"Test documentation","condition":"Test condition","condition_name":"projects/12345/alertPolicies/12345/conditions/12345","threshold_value":"0.5"}}]],
      expect = { grouping_id = "12345", state = "resolved", title = "Test of the notification channel", groups = 4 } },
  },
}
