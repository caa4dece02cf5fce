--- MongoDB Atlas, Cloud Manager and Ops Manager: a webhook for alerts.
--- Wire format: the alert resource, https://www.mongodb.com/docs/atlas/tutorial/third-party-service-integrations/ (webhook settings) and
--- mongodb/go-client-mongodb-atlas mongodbatlas/alerts_test.go (read 2026-11). The header X-MMS-Event says what happened:
--- alert.open, update, acknowledge, close, cancel or inform. status is OPEN, TRACKING, CLOSED, CANCELLED or INFORMATIONAL.
return {
  name  = "MongoDB Atlas",
  about = "Alerts of MongoDB Atlas, Cloud Manager and Ops Manager",
  connect = [[
1. In Atlas open **Project settings › Integrations › Webhook settings**: URL `{{ url }}`. Set a **secret** there and the same as `signing_secret` here: then only Atlas can send.
2. Save.
3. Open **Alerts › Alert settings**, and in the alerts that shall call add the notifier **Webhook**.
4. Try it with an alert that is always true, such as *Connections % is above 0*, and delete it afterwards.
]],

  grouping_id = "{{ payload.id or '' }}",
  resolve_condition = "{{ payload.status in ('CLOSED', 'CANCELLED') or payload.event in ('alert.close', 'alert.cancel') }}",
  acknowledge_condition = "{{ payload.event == 'alert.acknowledge' or (payload.acknowledgingUsername is string and payload.status in ('OPEN', 'TRACKING')) }}",
  source_link = [[
{%- if payload.groupId and payload.id %}https://cloud.mongodb.com/v2/{{ payload.groupId }}#alert/{{ payload.id }}{% endif -%}
]],

  title = [[
{%- set what = payload.metricName or payload.eventTypeName or payload.typeName -%}
{%- set where = payload.clusterName or payload.hostnameAndPort or payload.replicaSetName -%}
{%- if payload is string %}{{ payload }}
{%- else %}{{ (what or "Alert of MongoDB") | replace("_", " ") | capitalize }}{% if where %}: {{ where }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{%- if payload.humanReadable %}{{ payload.humanReadable | truncate(1500) }}
{% elif payload.currentValue is mapping -%}
**{{ payload.metricName or "Value" }}** is {{ payload.currentValue.number }}{% if payload.currentValue.units and payload.currentValue.units != "RAW" %} {{ payload.currentValue.units | lower }}{% endif %}
{% endif %}
{%- if payload.eventTypeName %}
- Event: {{ payload.eventTypeName | replace("_", " ") | lower }}
{%- endif %}
{%- if payload.hostnameAndPort %}
- Host: {{ payload.hostnameAndPort }}
{%- endif %}
{%- if payload.replicaSetName %}
- Replica set: {{ payload.replicaSetName }}
{%- endif %}
{%- if payload.created %}
- Since: {{ payload.created }}
{%- endif %}
{%- if payload.acknowledgingUsername %}
- Acknowledged by: {{ payload.acknowledgingUsername }}{% if payload.acknowledgementComment %}, {{ payload.acknowledgementComment }}{% endif %}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    cluster = "{{ payload.clusterName or '' }}",
  },

  receive = function(request)
    local event = request.headers["x-mms-event"]
    if not event or type(request.json) ~= "table" then return nil end
    request.json.event = event
    return { payload = request.json }
  end,

  verify = { algorithm = "hmac-sha1", header = "x-mms-signature", encoding = "base64", secret = "the secret of the webhook settings" },

  examples = {
    { "an alert opens",
      headers = { ["content-type"] = "application/json", ["x-mms-event"] = "alert.open" },
      payload = [[{"id":"533dc40ae4b00835ff81eaee","groupId":"535683b3794d371327b","alertConfigId":"57b76ddc96e8215c017ceafb","eventTypeName":"OUTSIDE_METRIC_THRESHOLD","status":"OPEN","created":"2026-11-04T02:11:42Z","updated":"2026-11-04T02:11:42Z","clusterName":"orders-prod","hostnameAndPort":"orders-prod-shard-00-01.abcde.mongodb.net:27017","replicaSetName":"atlas-abcdef-shard-0","metricName":"CONNECTIONS_PERCENT","currentValue":{"number":92.5,"units":"RAW"},"links":[]}]],
      expect = {
        grouping_id = "533dc40ae4b00835ff81eaee",
        state = "firing",
        groups = 1,
        title = "Connections percent: orders-prod",
        message = [[
**CONNECTIONS_PERCENT** is 92.5

- Event: outside metric threshold
- Host: orders-prod-shard-00-01.abcde.mongodb.net:27017
- Replica set: atlas-abcdef-shard-0
- Since: 2026-11-04T02:11:42Z]],
        source_link = "https://cloud.mongodb.com/v2/535683b3794d371327b#alert/533dc40ae4b00835ff81eaee",
        labels = { cluster = "orders-prod" },
      } },
    { "acknowledged there",
      headers = { ["content-type"] = "application/json", ["x-mms-event"] = "alert.acknowledge" },
      payload = [[{"id":"533dc40ae4b00835ff81eaee","groupId":"535683b3794d371327b","eventTypeName":"OUTSIDE_METRIC_THRESHOLD","status":"OPEN","clusterName":"orders-prod","metricName":"CONNECTIONS_PERCENT","acknowledgedUntil":"2026-11-04T06:11:42Z","acknowledgingUsername":"mira@example.org","acknowledgementComment":"scaling"}]],
      expect = { grouping_id = "533dc40ae4b00835ff81eaee", state = "acknowledged", title = "Connections percent: orders-prod", groups = 1, alerts = 2 } },
    { "another alert is another problem, without a metric",
      headers = { ["content-type"] = "application/json", ["x-mms-event"] = "alert.open" },
      payload = [[{"id":"633dc40ae4b00835ff81eaff","groupId":"535683b3794d371327b","eventTypeName":"NO_PRIMARY","status":"OPEN","created":"2026-11-04T02:12:42Z","clusterName":"search","replicaSetName":"atlas-x-shard-0"}]],
      expect = { grouping_id = "633dc40ae4b00835ff81eaff", state = "firing", title = "No primary: search", groups = 2 } },
    { "closed",
      headers = { ["content-type"] = "application/json", ["x-mms-event"] = "alert.close" },
      payload = [[{"id":"533dc40ae4b00835ff81eaee","groupId":"535683b3794d371327b","eventTypeName":"OUTSIDE_METRIC_THRESHOLD","status":"CLOSED","resolved":"2026-11-04T02:41:42Z","clusterName":"orders-prod","metricName":"CONNECTIONS_PERCENT"}]],
      expect = { grouping_id = "533dc40ae4b00835ff81eaee", state = "resolved", title = "Connections percent: orders-prod", groups = 2, alerts = 3 } },
    { "cancelled, by an Ops Manager behind a proxy that drops the header",
      payload = [[{"id":"633dc40ae4b00835ff81eaff","groupId":"535683b3794d371327b","eventTypeName":"NO_PRIMARY","status":"CANCELLED","clusterName":"search"}]],
      expect = { grouping_id = "633dc40ae4b00835ff81eaff", state = "resolved", title = "No primary: search", groups = 2, alerts = 2 } },
  },
}
