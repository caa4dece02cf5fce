--- Azure Monitor: an action group's webhook, in the common alert schema or one of the older ones.
--- Wire format: https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/alerts-common-schema and
--- https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/alerts-payload-samples (read 2026-11).
--- A log rule without *Automatically resolve alerts* is stateless: each of its alerts has a new id and nothing ends it.
return {
  name  = "Azure Monitor",
  about = "Metric, log, activity and service-health alerts of Azure, by an action group",
  connect = [[
1. In the Azure portal open **Monitor › Alerts › Action groups** and create or edit one.
2. Under **Actions** choose the type **Webhook**, name it `tocsin`, paste `{{ url }}` and set **Enable the common alert schema** to **Yes**.
3. In your alert rules choose this action group. In log search rules tick **Automatically resolve alerts** (under *Advanced options*): without it Azure never says that they are over, and each evaluation is a new alert.
4. Try it: in the action group choose **Test**, a sample type, and this webhook. Azure's metric sample is a recovery, so it shows here as resolved and calls nobody.
]],

  grouping_id = [[
{%- set data = payload.data if payload.data is mapping else {} -%}
{%- set essentials = data.essentials or {} -%}
{%- set context = data.context or payload.context or {} -%}
{%- if essentials.alertId or essentials.originAlertId %}{{ essentials.alertId or essentials.originAlertId }}
{%- elif context.activityLog %}{{ context.activityLog.correlationId or context.activityLog.resourceId }}
{%- elif context.id %}{{ context.id }}{{ "/" ~ context.resourceId if context.resourceId }}
{%- elif data.AlertRuleName %}{{ data.SubscriptionId }}/{{ data.AlertRuleName }}
{%- endif -%}
]],
  resolve_condition = [[
{%- set data = payload.data if payload.data is mapping else {} -%}
{%- set essentials = data.essentials or {} -%}
{{ essentials.monitorCondition == "Resolved" or (not essentials and (data.status or payload.status) in ("Deactivated", "Resolved")) }}]],
  source_link = [[
{%- set data = payload.data if payload.data is mapping else {} -%}
{%- set context = data.context or payload.context or {} -%}
{%- if (data.essentials or {}).alertId -%}
https://portal.azure.com/#blade/Microsoft_Azure_Monitoring/AlertDetailsTemplateBlade/alertId/{{ data.essentials.alertId | urlencode | replace("/", "%2F") }}
{%- else %}{{ context.portalLink or data.LinkToSearchResults or "" }}
{%- endif -%}
]],

  title = [[
{%- set data = payload.data if payload.data is mapping else {} -%}
{%- set essentials = data.essentials or {} -%}
{%- set context = data.context or payload.context or {} -%}
{%- set log = context.activityLog or {} -%}
{%- set what = essentials.alertRule or context.name or data.AlertRuleName or (log.properties or {}).title or log.operationName -%}
{%- set where = (essentials.configurationItems or [])[0] or ((essentials.alertTargetIDs or [""])[0] or "").split("/")[-1]
   or context.resourceName or (log.resourceId or "").split("/")[-1] -%}
{%- if payload is string %}{{ payload }}
{%- else %}{{ what or "Azure alert" }}{% if where and where | lower not in what | lower %}: {{ where }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- set data = payload.data if payload.data is mapping else {} -%}
{%- set essentials = data.essentials or {} -%}
{%- set context = data.context or payload.context or {} -%}
{%- set alert = data.alertContext or {} -%}
{%- set condition = alert.condition or context.condition or {} -%}
{%- set text = essentials.description or context.description or data.Description or (alert.properties or {}).communication
   or (alert.properties or {}).defaultLanguageContent -%}
{%- if text %}{{ text }}

{% endif -%}
{%- for part in condition.allOf or ([condition] if condition.metricName else []) -%}
**{{ part.metricName or part.metricMeasureColumn or "Result" }}** is {{ part.metricValue }} ({{ part.operator }} {{ part.threshold }})
{%- for dimension in part.dimensions or [] if dimension is mapping %}, {{ dimension.name }} {{ dimension.value }}{% endfor %}
{%- if part.linkToSearchResultsUI %} [results]({{ part.linkToSearchResultsUI }}){% endif %}
{% endfor -%}
{%- if context.activityLog %}{{ context.activityLog.operationName }}: {{ context.activityLog.status }}
{% endif %}
{%- if essentials.severity %}
- Severity: {{ essentials.severity }}
{%- endif %}
{%- if essentials.monitoringService %}
- Service: {{ essentials.monitoringService }} ({{ essentials.signalType }})
{%- endif %}
{%- for id in (essentials.alertTargetIDs or [])[:5] %}
- Resource: {{ id }}
{%- else %}
{%- if context.resourceId %}
- Resource: {{ context.resourceId }}
{%- endif %}
{%- endfor %}
{%- for name, value in (data.customProperties or {}).items() %}
- {{ name }}: {{ value }}
{%- endfor -%}
]],

  labels = {
    severity = "{% set data = payload.data if payload.data is mapping else {} %}"
      .. "{% set level = (data.essentials or {}).severity or (data.context or payload.context or {}).severity or data.Severity or '' %}"
      .. "{{ {'0': 'critical', '1': 'error', '2': 'warning', '3': 'info', '4': 'info'}.get((level | string)[-1:], '') }}",
    resource_group = "{{ ((((payload.data if payload.data is mapping else {}).essentials or {}).alertTargetIDs or [''])[0] | lower).split('/resourcegroups/')[-1].split('/')[0] }}",
  },

  examples = {
    { "a metric alert fires",
      payload = [[{"schemaId":"azureMonitorCommonAlertSchema","data":{"essentials":{"alertId":"/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.AlertsManagement/alerts/b9569717-bc32-442f-add5-83a997729330","alertRule":"CPU of the shop is high","severity":"Sev1","signalType":"Metric","monitorCondition":"Fired","monitoringService":"Platform","alertTargetIDs":["/subscriptions/11111111-1111-1111-1111-111111111111/resourcegroups/shop/providers/microsoft.compute/virtualmachines/web-1"],"configurationItems":["web-1"],"originAlertId":"3f2d4487-b0fc-4125-8bd5-7ad17384221e_shop_microsoft.insights_metricAlerts_cpu_-117781227","firedDateTime":"2026-11-04T02:11:42.3713213Z","description":"Look at the deploy of the last hour.","essentialsVersion":"1.0","alertContextVersion":"1.0"},"alertContext":{"properties":null,"conditionType":"SingleResourceMultipleMetricCriteria","condition":{"windowSize":"PT5M","allOf":[{"metricName":"Percentage CPU","metricNamespace":"Microsoft.Compute/virtualMachines","operator":"GreaterThan","threshold":"90","timeAggregation":"Average","dimensions":[{"name":"ResourceId","value":"3efad9dc"}],"metricValue":97.73}]}},"customProperties":{"runbook":"https://runbooks.example.org/cpu"}}}]],
      expect = {
        grouping_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.AlertsManagement/alerts/b9569717-bc32-442f-add5-83a997729330",
        state = "firing",
        groups = 1,
        title = "CPU of the shop is high: web-1",
        message = [[
Look at the deploy of the last hour.

**Percentage CPU** is 97.73 (GreaterThan 90), ResourceId 3efad9dc

- Severity: Sev1
- Service: Platform (Metric)
- Resource: /subscriptions/11111111-1111-1111-1111-111111111111/resourcegroups/shop/providers/microsoft.compute/virtualmachines/web-1
- runbook: https://runbooks.example.org/cpu]],
        source_link = "https://portal.azure.com/#blade/Microsoft_Azure_Monitoring/AlertDetailsTemplateBlade/alertId/%2Fsubscriptions%2F11111111-1111-1111-1111-111111111111%2Fproviders%2FMicrosoft.AlertsManagement%2Falerts%2Fb9569717-bc32-442f-add5-83a997729330",
        labels = { severity = "error", resource_group = "shop" },
      } },
    { "a notification that is sent again joins it",
      payload = [[{"schemaId":"azureMonitorCommonAlertSchema","data":{"essentials":{"alertId":"/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.AlertsManagement/alerts/b9569717-bc32-442f-add5-83a997729330","alertRule":"CPU of the shop is high","severity":"Sev1","signalType":"Metric","monitorCondition":"Fired","monitoringService":"Platform","alertTargetIDs":["/subscriptions/11111111-1111-1111-1111-111111111111/resourcegroups/shop/providers/microsoft.compute/virtualmachines/web-1"],"configurationItems":["web-1"],"firedDateTime":"2026-11-04T02:11:42.3713213Z","description":""},"alertContext":null}}]],
      expect = { grouping_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.AlertsManagement/alerts/b9569717-bc32-442f-add5-83a997729330",
                 state = "firing", title = "CPU of the shop is high: web-1", groups = 1, alerts = 2 } },
    { "resolved",
      payload = [[{"schemaId":"azureMonitorCommonAlertSchema","data":{"essentials":{"alertId":"/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.AlertsManagement/alerts/b9569717-bc32-442f-add5-83a997729330","alertRule":"CPU of the shop is high","severity":"Sev1","signalType":"Metric","monitorCondition":"Resolved","monitoringService":"Platform","alertTargetIDs":["/subscriptions/11111111-1111-1111-1111-111111111111/resourcegroups/shop/providers/microsoft.compute/virtualmachines/web-1"],"configurationItems":["web-1"],"firedDateTime":"2026-11-04T02:11:42.3713213Z","resolvedDateTime":"2026-11-04T02:21:42.2246313Z","description":""},"alertContext":{"condition":{"windowSize":"PT5M","allOf":[{"metricName":"Percentage CPU","operator":"GreaterThan","threshold":"90","timeAggregation":"Average","dimensions":[],"metricValue":7.73}]}}}}]],
      expect = { grouping_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.AlertsManagement/alerts/b9569717-bc32-442f-add5-83a997729330",
                 state = "resolved", title = "CPU of the shop is high: web-1", groups = 1, alerts = 3 } },
    { "a stateless log alert has a new id each time, and nothing ends it",
      payload = [[{"schemaId":"azureMonitorCommonAlertSchema","data":{"essentials":{"alertId":"/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.AlertsManagement/alerts/0a01","alertRule":"Failed payments","severity":"Sev0","signalType":"Log","monitorCondition":"Fired","monitoringService":"Log Alerts V2","alertTargetIDs":["/subscriptions/11111111-1111-1111-1111-111111111111/resourcegroups/shop/providers/microsoft.insights/components/shop-ai"],"originAlertId":"14ea4f2b","firedDateTime":"2026-11-04T02:31:42.3713213Z","description":"Payments fail"},"alertContext":{"properties":{},"conditionType":"LogQueryCriteria","condition":{"windowSize":"PT10M","allOf":[{"searchQuery":"requests | where success == false","metricMeasureColumn":"AggregatedValue","targetResourceTypes":"['microsoft.insights/components']","operator":"GreaterThan","threshold":"10","timeAggregation":"Count","dimensions":[],"metricValue":41.0,"linkToSearchResultsUI":"https://portal.azure.com#@a/blade/Logs"}]}}}}]],
      expect = {
        grouping_id = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.AlertsManagement/alerts/0a01",
        state = "firing",
        groups = 2,
        title = "Failed payments: shop-ai",
        message = [[
Payments fail

**AggregatedValue** is 41.0 (GreaterThan 10) [results](https://portal.azure.com#@a/blade/Logs)

- Severity: Sev0
- Service: Log Alerts V2 (Log)
- Resource: /subscriptions/11111111-1111-1111-1111-111111111111/resourcegroups/shop/providers/microsoft.insights/components/shop-ai]],
        labels = { severity = "critical", resource_group = "shop" },
      } },
    { "a metric alert of the older schema",
      payload = [[{"schemaId":"AzureMonitorMetricAlert","data":{"version":"2.0","status":"Activated","context":{"timestamp":"2026-11-04T02:41:42.3713213Z","id":"/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop/providers/microsoft.insights/metricAlerts/queue","name":"Queue is long","description":"","conditionType":"SingleResourceMultipleMetricCriteria","severity":"2","condition":{"windowSize":"PT5M","allOf":[{"metricName":"ActiveMessages","operator":"GreaterThan","threshold":"100","timeAggregation":"Average","dimensions":[],"metricValue":512}]},"subscriptionId":"11111111-1111-1111-1111-111111111111","resourceGroupName":"shop","resourceName":"orders","resourceType":"Microsoft.ServiceBus/namespaces","resourceId":"/subscriptions/1/orders","portalLink":"https://portal.azure.com/#resource/orders"},"properties":{}}}]],
      expect = {
        grouping_id = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop/providers/microsoft.insights/metricAlerts/queue//subscriptions/1/orders",
        state = "firing", groups = 3, title = "Queue is long: orders", labels = { severity = "warning" },
        source_link = "https://portal.azure.com/#resource/orders",
        message = "**ActiveMessages** is 512 (GreaterThan 100)\n\n- Resource: /subscriptions/1/orders",
      } },
    { "and its end, which is called Deactivated",
      payload = [[{"schemaId":"AzureMonitorMetricAlert","data":{"version":"2.0","status":"Deactivated","context":{"id":"/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop/providers/microsoft.insights/metricAlerts/queue","name":"Queue is long","severity":"2","resourceName":"orders","resourceId":"/subscriptions/1/orders","portalLink":"https://portal.azure.com/#resource/orders"}}}]],
      expect = {
        grouping_id = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop/providers/microsoft.insights/metricAlerts/queue//subscriptions/1/orders",
        state = "resolved", groups = 3, alerts = 2, title = "Queue is long: orders",
      } },
    { "an entry of the activity log happens once",
      payload = [[{"schemaId":"Microsoft.Insights/activityLogs","data":{"status":"Activated","context":{"activityLog":{"authorization":{"action":"microsoft.compute/virtualMachines/deallocate/action"},"channels":"Operation","correlationId":"90a54704-1fcc-4bf1-8e1e-5c2d6f4c3d01","eventTimestamp":"2026-11-04T02:51:42.0+00:00","level":"Informational","operationName":"Deallocate Virtual Machine","resourceId":"/subscriptions/1/resourceGroups/shop/providers/Microsoft.Compute/virtualMachines/web-2","status":"Succeeded","properties":{}}},"properties":{}}}]],
      expect = { grouping_id = "90a54704-1fcc-4bf1-8e1e-5c2d6f4c3d01", state = "firing", groups = 4, title = "Deallocate Virtual Machine: web-2",
                 message = "Deallocate Virtual Machine: Succeeded\n", source_link = false } },
  },
}
