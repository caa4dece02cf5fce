--- Alert templates as people write them, for many sources: titles, messages, grouping, routing, labels, links.
---
--- Every payload meets the templates that work on anything, then its own, parted by lines of `----`.
local list <const> = require("differential").list()

local ANY <const> = {
  "{{ payload }}",
  "{{ payload | tojson_pretty }}",
  "{{ payload | json_dumps | length }}{{ payload | tojson | regex_search('\"(critical|firing|alarm|error)\"') }}",
  "{% for k, v in payload.items() %}{{ k }}: {{ v if v is string or v is number else v | tojson }}\n{% endfor %}",
  "{% for k, v in payload | dictsort %}- **{{ k | replace('_', ' ') | title }}**{% if v is mapping %} ({{ v | length }})"
    .. "{% elif v is iterable and v is not string %} [{{ v | join(', ') | truncate(40) }}]{% else %} = {{ v }}{% endif %}\n{% endfor %}",
  "{{ payload.get('title', payload.get('name', payload.get('message', 'no title'))) | string | truncate(30, true) }}"
    .. "|{{ (payload.labels or payload.tags or {}) | tojson }}|{{ payload.status is defined and payload.status in ('ok', 'resolved') }}",
  "{%- set ns = namespace(n=0, keys=[]) -%}\n{%- for k in payload recursive -%}\n  {%- set ns.n = ns.n + 1 -%}\n"
    .. "  {%- if payload[k] is mapping -%}{%- set ns.keys = ns.keys + [k] -%}{%- endif -%}\n{%- endfor -%}\n{{ ns.n }} {{ ns.keys }}",
  "{% macro walk(v, depth=0) %}{% if v is mapping %}{% for k, x in v.items() %}{{ '  ' * depth }}{{ k }}:\n{{ walk(x, depth + 1) }}{% endfor %}"
    .. "{% elif v is iterable and v is not string %}{% for x in v %}{{ '  ' * depth }}- {{ loop.index }}/{{ loop.length }}\n"
    .. "{{ walk(x, depth + 1) }}{% endfor %}{% else %}{{ '  ' * depth }}{{ v }}\n{% endif %}{% endmacro %}{{ walk(payload) }}",
}

local function source(payload, own)
  local context <const> = '{"payload":' .. payload .. ',"integration_name":"Primary","source_link":"https://src.example/1",'
    .. '"labels":{"team":"core","tier":"1"},"grafana_oncall_link":"https://oncall.example/a/ABC"}'
  for _, template in ipairs(ANY) do list:case(template, context) end
  list:texts(context, own)
end

-- Prometheus Alertmanager, one group of three
source([==[{"receiver":"tocsin","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"HighLatency","instance":"api-1:9090","severity":"critical","job":"api"},"annotations":{"summary":"p99 above 2s","runbook_url":"https://rb.example/latency"},"startsAt":"2024-03-01T10:11:12.345Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prom/graph?g0.expr=x%3E2","fingerprint":"a1b2"},{"status":"firing","labels":{"alertname":"HighLatency","instance":"api-2:9090","severity":"warning","job":"api"},"annotations":{"summary":"p99 above 1s"},"startsAt":"2024-03-01T10:10:00Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"c3d4"},{"status":"resolved","labels":{"alertname":"HighLatency","instance":"api-3:9090","severity":"warning","job":"api"},"annotations":{},"startsAt":"2024-03-01T09:00:00Z","endsAt":"2024-03-01T09:30:00Z","fingerprint":"e5f6"}],"groupLabels":{"alertname":"HighLatency"},"commonLabels":{"alertname":"HighLatency","job":"api"},"commonAnnotations":{},"externalURL":"http://am:9093","version":"4","groupKey":"{}:{alertname=\"HighLatency\"}","truncatedAlerts":0}]==], [=[
{{ payload.groupLabels.alertname }} ({{ payload.alerts | selectattr('status', 'equalto', 'firing') | list | length }} firing)
----
{% set critical = payload.alerts | selectattr('labels.severity', 'equalto', 'critical') | list -%}
*[{{ payload.status | upper }}{% if payload.status == 'firing' %}:{{ payload.alerts | length }}{% endif %}]* {{ payload.commonLabels.values() | join(' ') }}
{% for a in payload.alerts %}
{{ loop.index }}. {{ a.labels.instance }}{% if a.annotations.summary %}: {{ a.annotations.summary }}{% endif %}{% if a.annotations.runbook_url %} [runbook]({{ a.annotations.runbook_url }}){% endif %}
{% else %}nothing
{% endfor -%}
{% if critical %}CRITICAL: {{ critical | map(attribute='labels.instance') | join(', ') }}{% endif %}
----
{{ payload.groupKey }}{{ payload.commonLabels.job }}
----
{{ payload.status == "resolved" }}
----
{% for sev, group in payload.alerts | groupby('labels.severity') %}{{ sev }}={{ group | length }}{{ ', ' if not loop.last }}{% endfor %}
----
{% for a in payload.alerts | sort(attribute='startsAt') %}{{ (a.startsAt | iso8601_to_time).strftime('%H:%M') }} {{ a.fingerprint }} {{ (a.endsAt | iso8601_to_time) - (a.startsAt | iso8601_to_time) if a.status == 'resolved' else 'open' }}
{% endfor %}
----
{{ payload.alerts[0].startsAt | iso8601_to_time | datetimeformat_as_timezone('%d %b %H:%M %Z', 'Europe/Berlin') }}
----
{{ payload.commonAnnotations.summary | default(payload.alerts | map(attribute='annotations.summary', default='-') | join('; ')) }}
----
{% if payload.commonLabels.severity in ["critical", "page"] or payload.alerts | length > 2 %}true{% else %}false{% endif %}
----
{{ payload.alerts.0.labels.nope.deeper }}
]=])

source([==[{"title":"[FIRING:1] CPU","state":"alerting","orgId":1,"ruleName":"CPU","ruleUrl":"https://g/d/1?viewPanel=2","evalMatches":[{"value":97.25,"metric":"host=a","tags":{"host":"a"}},{"value":91,"metric":"host=b","tags":null}],"message":"cpu is \"hot\" & <b>bold</b>","imageUrl":"https://g/i.png","alerts":[{"values":{"B":97.25,"C":1},"valueString":"[ var='B' value=97.25 ]","labels":{"grafana_folder":"Infra","alertname":"CPU"},"silenceURL":"https://g/silence?a=b&c=d"}]}]==], [=[
{{ payload.title }}{% if payload.imageUrl %}
![image]({{ payload.imageUrl }}){% endif %}
----
{% for m in payload.evalMatches %}{{ m.metric }}: {{ '%.1f' | format(m.value) }}{% if m.tags %} ({{ m.tags.host }}){% endif %}{{ ';' if not loop.last }}{% endfor %}
----
{{ payload.message | e }}|{{ payload.message | striptags }}|{{ payload.message | tojson }}
----
{{ payload.alerts[0].values.B }}|{{ payload.alerts[0]["values"].B }}|{{ payload.alerts[0]['values'] | dictsort }}
----
{{ payload.state in ("ok", "paused") }}
----
{{ payload.ruleUrl.split('?')[0] }}{{ payload.alerts[0].silenceURL | replace('&', '&amp;') }}
----
{% set v = payload.evalMatches | map(attribute='value') | list %}max {{ v | max }} avg {{ (v | sum / v | length) | round(2) }} min {{ v | min }}
]=])

source([==[{"event_id":"42","trigger":"Zabbix agent is not available","host":"db01","severity":"High","status":"PROBLEM","item":{"name":"Agent ping","lastvalue":"0"},"tags":[{"tag":"scope","value":"availability"},{"tag":"env","value":"prod"}],"url":"","recovery":null}]==], [=[
{{ payload.host }}: {{ payload.trigger }} [{{ payload.severity }}]
----
{{ payload.event_id }}
----
{{ payload.status | lower == 'ok' or payload.recovery is not none }}
----
{% for t in payload.tags %}#{{ t.tag }}-{{ t.value }} {% endfor %}{{ payload.url or source_link }}
----
{{ dict(payload.tags | map('tojson') | map('parse_json') | map('dictsort') | map('map', attribute=1) | map('list') | list) }}
----
{{ {"Disaster": "critical", "High": "high", "Average": "medium"}[payload.severity] | default("low") }}
----
{% set env = payload.tags | selectattr('tag', 'equalto', 'env') | map(attribute='value') | first %}{{ env | upper }}{{ (payload.tags | selectattr('tag', 'equalto', 'nope') | first).value | default('x') }}
]=])

source([==[{"id":"7123456789012345678","event_type":"query_alert_monitor","title":"[Triggered] Disk {device:sda}","body":"%%%\nDisk is full\n\n[link](https://dd)\n%%%","date":1700000000000,"org":{"id":"1","name":"acme"},"tags":"env:prod,host:web-1,service:cart","priority":"P1","alert_transition":"Triggered","snapshot":"https://p.datadoghq.com/s.png","last_updated":"1700000001000"}]==], [=[
{{ payload.title | regex_replace('^\\[[^\\]]*\\] ', '') }} on {{ payload.org.name }}
----
{{ payload.body | replace('%%%', '') | trim }}
----
{% for t in payload.tags.split(',') %}{% set k, v = t.split(':', 1) %}{{ k }}={{ v }} {% endfor %}
----
{{ (payload.date / 1000) | timestamp_to_datetime | datetimeformat('%Y-%m-%d %H:%M:%S') }} {{ (payload.last_updated | int // 1000) | timestamp_to_datetime }}
----
{{ payload.alert_transition in ['Recovered', 'No Data'] }}{{ payload.id }}{{ payload.date }}
----
{{ 'host:web' in payload.tags and payload.priority[1] | int <= 2 }}
----
{{ payload.tags | regex_search('env:(prod|stage)') }}{{ payload.tags | regex_replace('.*service:([^,]+).*', '\\1') }}
----
{{ payload.date | timestamp_to_datetime }}
]=])

source([==[{"Type":"Notification","MessageId":"1-2-3","TopicArn":"arn:aws:sns:eu-west-1:123456789012:alarms","Subject":"ALARM: \"CPUHigh\" in EU","Message":"{\"AlarmName\":\"CPUHigh\",\"NewStateValue\":\"ALARM\",\"OldStateValue\":\"OK\",\"NewStateReason\":\"Threshold Crossed: 1 datapoint [99.5 (01/03/24 10:00:00)] was greater than the threshold (90.0).\",\"Trigger\":{\"MetricName\":\"CPUUtilization\",\"Namespace\":\"AWS/EC2\",\"Dimensions\":[{\"name\":\"InstanceId\",\"value\":\"i-0abc\"}],\"Threshold\":90.0}}","Timestamp":"2024-03-01T10:00:01.000Z","SignatureVersion":"1"}]==], [=[
{% set m = payload.Message | parse_json %}{{ m.AlarmName }}: {{ m.OldStateValue }} → {{ m.NewStateValue }}
{{ m.NewStateReason }}
{% for d in m.Trigger.Dimensions %}{{ d.name }}={{ d.value }}{% endfor %}
----
{{ (payload.Message | parse_json).NewStateValue == 'OK' }}
----
{{ payload.TopicArn.split(':')[3] }}/{{ payload.TopicArn.split(':')[-1] }}{{ payload.TopicArn.rpartition(':')[2] }}
----
{{ payload.Subject | replace('"', '') | truncate(20) }}{{ payload.Timestamp[:10] }}
----
{{ (payload.Message | parse_json).Trigger | tojson_pretty }}
----
{{ (payload.Message | parse_json).Trigger.Threshold }}{{ (payload.Message | parse_json).Trigger.Threshold | int }}
----
{{ (payload.Subject | parse_json).x }}{{ payload.Message | regex_search('"NewStateValue":"ALARM"') }}
]=])

source([==[{"action":"created","data":{"event":{"event_id":"abc","title":"TypeError: x is undefined","level":"error","culprit":"app/main.js in render","tags":[["browser","Chrome 120"],["env","production"]],"exception":{"values":[{"type":"TypeError","value":"x is undefined","stacktrace":{"frames":[{"filename":"a.js","lineno":1},{"filename":"main.js","lineno":42}]}}]},"timestamp":1709287200.5},"triggered_rule":"Errors"},"actor":{"type":"application","name":"Sentry"}}]==], [=[
{{ payload.data.event.title }} in {{ payload.data.event.culprit }}
----
{% with e = payload.data.event %}{{ e.level | upper }} {% for k, v in e.tags %}{{ k }}:{{ v }}{{ ', ' if not loop.last }}{% endfor %}
{% for x in e.exception["values"] %}{{ x.type }}: {{ x.value }}{% for f in x.stacktrace.frames | reverse %}
  at {{ f.filename }}:{{ f.lineno }}{% endfor %}{% endfor %}{% endwith %}
----
{{ payload.data.event.exception.values | length }}
----
{{ dict(payload.data.event.tags).env }}{{ dict(payload.data.event.tags) | tojson }}
----
{{ payload.data.event.timestamp | timestamp_to_datetime }}{{ payload.data.event.timestamp | int }}
----
{{ payload.data.issue.url }}
]=])

source([==[{"object_kind":"pipeline","object_attributes":{"id":31,"ref":"main","status":"failed","duration":63,"finished_at":"2024-03-01 10:00:00 UTC"},"user":{"name":"Jané Doe","username":"jane"},"project":{"name":"shop","web_url":"https://git/shop","path_with_namespace":"team/shop"},"commit":{"id":"bcbb5ec396a2c0f828686f14fac9b80b780504f2","message":"fix: cart\n\nlong body","author":{"name":"Jané Doe"}},"builds":[{"stage":"test","name":"unit","status":"success"},{"stage":"test","name":"e2e","status":"failed"},{"stage":"deploy","name":"prod","status":"skipped"}]}]==], [=[
{{ payload.project.path_with_namespace }} #{{ payload.object_attributes.id }} {{ payload.object_attributes.status }} on {{ payload.object_attributes.ref }}
----
{{ payload.commit.id[:8] }} {{ payload.commit.message.splitlines()[0] }} by {{ payload.commit.author.name }}
----
{% for stage, builds in payload.builds | groupby('stage') %}{{ stage | title }}: {% for b in builds %}{{ b.name }} {{ {'success': '✅', 'failed': '❌'}.get(b.status, '⏭') }}{% if not loop.last %}, {% endif %}{% endfor %}
{% endfor %}
----
{{ payload.builds | rejectattr('status', 'in', ['success', 'skipped']) | map(attribute='name') | list }}
----
{{ payload.object_attributes.duration // 60 }}m {{ payload.object_attributes.duration % 60 }}s {{ '%02d:%02d' | format(payload.object_attributes.duration // 60, payload.object_attributes.duration % 60) }}
----
{{ payload.object_attributes.finished_at | datetimeparse('%Y-%m-%d %H:%M:%S %Z') }}{{ payload.object_attributes.finished_at[:19] | iso8601_to_time }}
----
{{ payload.commit.message | wordwrap(6) | indent(2) }}
]=])

source([==[{"webhookEvent":"jira:issue_updated","issue":{"key":"OPS-7","fields":{"summary":"Printer on fire","priority":{"name":"Highest"},"labels":["fire","hw"],"assignee":null,"duedate":"2024-03-05"}},"changelog":{"items":[{"field":"status","fromString":"Open","toString":"Done"},{"field":"rank","fromString":"","toString":"1"}]},"timestamp":1709287200123}]==], [=[
[{{ payload.issue.key }}] {{ payload.issue.fields.summary }} ({{ payload.issue.fields.assignee.displayName or 'nobody' }})
----
{% for c in payload.changelog['items'] %}{{ c.field }}: {{ c.fromString or '∅' }} → {{ c['toString'] }}
{% endfor %}
----
{% for c in payload.changelog.items %}{{ c.field }}{% endfor %}
----
{{ payload.changelog['items'] | selectattr('field', 'equalto', 'status') | map(attribute='toString') | first == 'Done' }}
----
{{ payload.issue.fields.labels | join(', ') }} {{ payload.issue.fields.labels | length }} {{ 'fire' in payload.issue.fields.labels }}
----
{{ ((payload.issue.fields.duedate | iso8601_to_time) - ('2024-03-01' | iso8601_to_time)).days }} days
]=])

source([==[{"heartbeat":{"monitorID":3,"status":0,"time":"2024-03-01 10:00:00.123","msg":"timeout of 48000ms exceeded","important":true,"duration":null},"monitor":{"id":3,"name":"Shop","url":"https://shop.example","hostname":null,"port":null,"maxretries":0,"interval":60,"tags":[]},"msg":"[Shop] [🔴 Down] timeout"}]==], [=[
{{ payload.msg }}{{ payload.heartbeat.status == 1 }}{{ payload.monitor.hostname or payload.monitor.url }}
----
{{ payload.heartbeat.time | iso8601_to_time | datetimeformat("%H:%M:%S") }} {{ payload.heartbeat.duration | default(0, true) }}ms
----
{{ payload.msg | regex_replace('\\[(.*?)\\]', '<\\1>') }}{{ payload.msg | length }}{{ payload.msg[8:9] }}
----
{{ "up" if payload.heartbeat.status else "down" }}{% if payload.monitor.tags %}tags{% else %}no tags{% endif %}
]=])

source([==[{"version":"4","source":"aws.guardduty","detail-type":"GuardDuty Finding","account":"012345678901","time":"2024-03-01T10:00:00Z","detail":{"severity":8.5,"type":"Recon:EC2/Portscan","service":{"count":12,"eventFirstSeen":"2024-02-28T08:00:00.000Z","eventLastSeen":"2024-03-01T09:55:01.500Z"},"resource":{"instanceDetails":{"instanceId":"i-99","tags":[{"key":"Name","value":"bastion"}]}}}}]==], [=[
{{ payload['detail-type'] }} {{ payload.detail.type.split(':')[0] }} {{ payload.detail.severity }}
----
{% if payload.detail.severity >= 7 %}high{% elif payload.detail.severity >= 4 %}medium{% else %}low{% endif %}
----
{% set first = payload.detail.service.eventFirstSeen | iso8601_to_time %}{% set last = payload.detail.service.eventLastSeen | iso8601_to_time %}{{ last - first }} {{ (last - first).total_seconds() }} {{ ((last - first).total_seconds() / 3600) | round(1) }}h
----
{{ (payload.detail.resource.instanceDetails.tags | selectattr('key', 'equalto', 'Name') | list)[0].value }} {{ payload.account }} {{ payload.account | int }}
----
{{ payload.detail-type }}
----
{{ payload.time | iso8601_to_time + '90m' | timedeltaparse }}
]=])

source([==[{"schemaId":"azureMonitorCommonAlertSchema","data":{"essentials":{"alertId":"/subscriptions/0/x","alertRule":"vm-cpu","severity":"Sev1","signalType":"Metric","monitorCondition":"Fired","alertTargetIDs":["/subscriptions/0/resourcegroups/rg-prod/providers/microsoft.compute/virtualmachines/vm1"],"firedDateTime":"2024-03-01T10:00:00.1234567Z","description":""},"alertContext":{"condition":{"windowSize":"PT5M","allOf":[{"metricName":"Percentage CPU","operator":"GreaterThan","threshold":"80","metricValue":93.456789}]}}}}]==], [=[
{{ payload.data.essentials.alertRule }}: {{ payload.data.essentials.alertTargetIDs[0].split('/') | last }} {{ payload.data.essentials.severity[-1] | int }}
----
{% for c in payload.data.alertContext.condition.allOf %}{{ c.metricName }} {{ c.operator | replace('GreaterThan', '>') }} {{ c.threshold }} (now {{ c.metricValue | round(2) }}, over by {{ (c.metricValue - c.threshold | float) | round(1) }})
{% endfor %}
----
{{ payload.data.essentials.monitorCondition == 'Resolved' }}{{ payload.data.essentials.description or 'no description' }}
----
{{ payload.data.essentials.firedDateTime | iso8601_to_time }} {{ payload.data.essentials.firedDateTime | iso8601_to_time | datetimeformat }}
----
{{ payload.data.essentials.alertTargetIDs[0] | regex_replace('.*/resourcegroups/([^/]+)/.*', '\\1') | upper }}
]=])

source([==[{"incident":{"incident_id":"0.abc","resource_name":"instance-1","state":"open","started_at":1709287200,"ended_at":null,"policy_name":"Uptime","condition":{"displayName":"latency > 1s","conditionThreshold":{"thresholdValue":1,"comparison":"COMPARISON_GT"}},"summary":"Latency for instance-1 with metric labels {zone=eu} is above 1.000.","url":"https://console/x","documentation":{"content":"# Runbook\n1. look\n2. fix","mime_type":"text/markdown"}},"version":"1.2"}]==], [=[
{{ payload.incident.policy_name }}/{{ payload.incident.condition.displayName | e }}
----
{{ payload.incident.documentation.content | indent(4, true) }}
----
{{ payload.incident.started_at | timestamp_to_datetime | datetimeformat('%d.%m.%y') }} {{ (payload.incident.ended_at or payload.incident.started_at + 5400) - payload.incident.started_at }} s
----
{{ payload.incident.summary | regex_replace('\\{([^}]*)\\}', '(\\1)') }} {{ payload.incident.summary | wordcount }}
----
{{ payload.incident.condition.conditionThreshold.comparison.split('_')[1] | lower }} {{ payload.incident.condition.conditionThreshold.thresholdValue / 3 }}
]=])

source([==[{"event":{"id":"01ABC","event_type":"incident.triggered","resource_type":"incident","occurred_at":"2024-03-01T10:00:00.000Z","data":{"number":1234,"title":"DB down","urgency":"high","service":{"summary":"Database"},"assignees":[{"summary":"Ann"},{"summary":"Bob"}],"priority":null,"teams":[],"custom":{"a.b":1,"with space":"x"}}}}]==], [=[
#{{ payload.event.data.number }} {{ payload.event.data.title }} → {{ payload.event.data.assignees | map(attribute='summary') | join(' & ') }}
----
{{ payload.event.event_type.rsplit('.', 1)[-1] in ('resolved', 'acknowledged') }} {{ payload.event.data.priority.summary | default('none') }}
----
{{ payload.event.data.custom['a.b'] }}{{ payload.event.data.custom['with space'] }}{{ payload.event.data.custom.get('nope', 'dflt') }}
----
{{ payload.event.data.priority.summary.upper() }}
----
{{ '{:06d}'.format(payload.event.data.number) }} {{ '%s/%s' % (payload.event.data.urgency, payload.event.data.service.summary) }} {{ payload.event.data.number | string | reverse }}
]=])

source([==[{"check_name":"Disk /","check_state":2,"host":{"name":"web-ü","address":"10.0.0.7"},"output":"CRIT - 97.5% used (95.1 of 97.5 GB), trend: +1.2 GB / 24 h","perfdata":"fs_used=95.1GB;80;90;0;97.5 inodes=12%","long_output":"line1\\nline2","attempt":"3/3","downtime":false,"contacts":"ops,dba"}]==], [=[
{{ ['OK', 'WARN', 'CRIT', 'UNKNOWN'][payload.check_state] }} {{ payload.host.name | upper }} {{ payload.check_name }}
----
{{ payload.output.split(' - ', 1)[1] | regex_replace('(\\d+\\.\\d+)%', '**\\1 %**') }}
----
{% for p in payload.perfdata.split() %}{{ p.split('=')[0] }}: {{ p.split('=')[1].split(';')[0] }}{{ ' | ' if not loop.last }}{% endfor %}
----
{{ payload.long_output | replace('\\n', '\n') }}
----
{{ payload.attempt.split('/')[0] == payload.attempt.split('/')[1] and not payload.downtime }} {{ payload.check_state == 0 }}
----
{{ (payload.output | regex_replace('^.*?(\\d+\\.\\d+)%.*$', '\\1')) | float > 95 }} {{ payload.contacts.split(',') | first }}
----
{{ ['OK', 'WARN'][payload.check_state] }}|{{ ['OK', 'WARN'][payload.check_state] | default('?') }}
]=])

source([==[{"kind":"Event","metadata":{"name":"pod.17b","namespace":"shop","annotations":{"kubernetes.io/reason":"x"}},"involvedObject":{"kind":"Pod","name":"cart-6f7d-abcde","fieldPath":"spec.containers{app}"},"reason":"BackOff","message":"Back-off restarting failed container app in pod cart-6f7d-abcde_shop(0f0f)","count":17,"type":"Warning","firstTimestamp":"2024-03-01T08:00:00Z","lastTimestamp":"2024-03-01T10:00:00Z","source":{"component":"kubelet","host":"node-3"}}]==], [=[
{{ payload.type }} {{ payload.metadata.namespace }}/{{ payload.involvedObject.name.rsplit('-', 2)[0] }}: {{ payload.reason }} ×{{ payload.count }}
----
{{ payload.metadata.annotations['kubernetes.io/reason'] }} {{ payload.involvedObject.fieldPath | regex_replace('.*\\{(.*)\\}', '\\1') }}
----
{{ payload.message | truncate(40) }}|{{ payload.message | truncate(40, false, '…') }}|{{ payload.message | wordwrap(30) }}
----
{{ [payload.source.host, payload.source.component] | join('/') }} {{ ((payload.lastTimestamp | iso8601_to_time) - (payload.firstTimestamp | iso8601_to_time)) / payload.count }}
----
{{ payload.type == 'Warning' and payload.count > 10 and payload.reason in ['BackOff', 'Failed'] }} {{ payload.metadata.namespace ~ payload.involvedObject.kind | lower }}
]=])

source([==[{"alert_type":"SERVICE_DOWN","monitor":{"name":"API ✓","url":"https://api/x?y=1&z=é"},"locations":["Frankfurt","São Paulo","東京"],"response":{"code":503,"time_ms":1234.5678,"headers":{"Content-Type":"text/html","X-A":""}},"rca":null,"since":"1709287200"}]==], [=[
{{ payload.monitor.name }} {{ payload.response.code }} in {{ payload.response.time_ms | round | int }} ms from {{ payload.locations | join(', ') }}
----
{{ payload.monitor.url | urlencode }} {{ payload.monitor.url | urlize }} {{ payload.locations | map('length') | list }} {{ payload.locations | sort | last }}
----
{% for name, value in payload.response.headers | dictsort %}{{ name }}: {{ value or '-' }}
{% endfor %}{{ payload.response.code // 100 == 5 }} {{ payload.response.code is divisibleby 3 }}
----
{{ '%8.2f|%-8d|%+d|%x' | format(payload.response.time_ms, payload.response.code, payload.response.code, payload.response.code) }} {{ payload.response.time_ms | filesizeformat }}
----
{{ payload.since | int | timestamp_to_datetime | datetimeformat('%a %d %b %Y, week %V') }} {{ payload.rca.cause | default('unknown') }}
----
{{ payload.locations | map('upper') | map('center', 12, '.') | list if false else payload.locations | map('upper') | list }}
]=])

source([==[[{"ruleId":1,"name":"a","severity":"critical","value":"12.5"},{"ruleId":2,"name":"b","severity":"warning","value":"n/a"},{"ruleId":3,"name":"c","severity":"critical","value":null}]]==], [=[
{{ payload | length }} alerts: {{ payload | map(attribute='name') | join('+') }}
----
{% for a in payload %}{{ loop.index }}/{{ loop.length }} {{ a.name }} {{ a.value | float(-1) }} {{ a.value | int }}
{% endfor %}
----
{{ payload[0].ruleId }}-{{ payload[-1].ruleId }} {{ (payload | max(attribute='ruleId')).name }} {{ payload | sum(attribute='ruleId') }}
----
{{ payload.status }}{{ payload | selectattr('severity', 'eq', 'critical') | map(attribute='ruleId') | sum }}
----
{{ payload.get('x') }}
----
{% for row in payload | batch(2, {}) %}{{ row | map(attribute='name', default='-') | join('|') }};{% endfor %}{% for col in payload | slice(2) %}{{ col | length }}{% endfor %}
----
{{ payload | groupby('severity') | map('first') | list }}{{ payload | unique(attribute='severity') | map(attribute='name') | list }}
]=])

source([==["just text, no object"]==], [=[
{{ payload }} {{ payload | upper }} {{ payload.title }} {{ payload | length }}
----
{{ payload.split(',')[0] | title }} {{ payload is string }} {{ payload is mapping }}
----
{{ payload.status.name }}
----
{{ payload[5:9] }} {{ payload | wordcount }} {{ payload | truncate(9, true) }} {{ payload ~ '!' }}
]=])

source([==[{"a":{"b":{"c":{"d":{"e":{"f":1}}}}},"empty":{},"list":[[1,[2,[3,[]]]],{}],"numbers":[0,-0.0,1e3,1E-7,12345678901234567890,1.0,100,0.1],"strings":["","\u0000","\\","/","\"","'","\u2028","😀","a\tb"],"bools":[true,false,null],"dup":1,"dup":2,"items":["x"],"keys":{"values":1},"__class__":"data","_private":"p","1":"one","None":"none","true":"yes"}]==], [=[
{{ payload.a.b.c.d.e.f }}{{ payload.a.b.c.d.e.f.g }}{{ payload.a.b.x }}|{{ payload.empty }}|{{ payload.empty.x }}
----
{{ payload.numbers }}{% for n in payload.numbers %}{{ n }},{% endfor %}{{ payload.numbers | sum }}{{ payload.numbers | sort }}{{ payload.numbers | max }}
----
{{ payload.strings }}{{ payload.strings | join('|') }}{{ payload.strings | tojson }}
----
{{ payload.bools }}{{ payload.bools | map('string') | join }}{{ payload.dup }}{{ payload['items'] }}{{ payload['keys']['values'] }}{{ payload.__class__ }}|{{ payload['__class__'] }}|{{ payload._private }}|{{ payload['1'] }}{{ payload[1] }}{{ payload['None'] }}{{ payload[none] }}
----
{{ payload.a.b.x.y }}
----
{{ payload.items() | list | length }}{{ payload.keys() | list | last }}{{ payload.values() | first }}{{ payload.get('dup') }}{{ payload.list[0][1][1][0] }}{{ payload.list | string | length }}
----
{% set c = payload.copy() %}{% set _ = c.pop('a') %}{% set _ = c.update({'z': 1}) %}{{ c | length }}{{ payload | length }}{{ 'a' in c }}{{ 'z' in payload }}
----
{% for k in payload | sort %}{{ k }};{% endfor %}{{ payload | first }}{{ payload | last }}{{ payload | list | length }}{{ payload == payload.copy() }}
----
{{ payload | json_dumps }}{{ payload.numbers | json_dumps }}
]=])

return list
