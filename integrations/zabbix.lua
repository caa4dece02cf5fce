--- Zabbix 5.0 and later: our webhook media type, or the shell script that OnCall's users have.
--- Wire format: the JSON of the media type in `connect` (macros of https://www.zabbix.com/documentation/current/en/manual/appendix/macros/supported_by_location,
--- read 2026-05); the script sends alert_uid, title, state ok/alerting and message.
return {
  name  = "Zabbix",
  about = "Zabbix 5.0 and later, by a webhook media type or an alert script",
  connect = [[
1. In Zabbix open **Alerts › Media types** (Zabbix 6.2 and older: **Administration › Media types**) and choose **Create media type**. Name `Tocsin`, type **Webhook**.
2. Remove the parameters that are there and add these:

```
URL                  {{ url }}
event_id             {EVENT.ID}
event_source         {EVENT.SOURCE}
event_value          {EVENT.VALUE}
event_update_status  {EVENT.UPDATE.STATUS}
ack_status           {EVENT.ACK.STATUS}
trigger_id           {TRIGGER.ID}
name                 {EVENT.NAME}
host                 {HOST.NAME}
host_ip              {HOST.IP}
severity             {EVENT.SEVERITY}
nseverity            {EVENT.NSEVERITY}
opdata               {EVENT.OPDATA}
tags                 {EVENT.TAGSJSON}
zabbix_url           {$ZABBIX.URL}
subject              {ALERT.SUBJECT}
message              {ALERT.MESSAGE}
```

3. Paste this script:

```
var alert = JSON.parse(value), url = alert.URL, request = new HttpRequest();
delete alert.URL;
request.addHeader('Content-Type: application/json');
var answer = request.post(url, JSON.stringify(alert));
if (request.getStatus() < 200 || request.getStatus() > 299) throw 'Tocsin answered ' + request.getStatus() + ': ' + answer;
return 'OK';
```

4. Under **Message templates** add **Problem**, **Problem recovery** and **Problem update** with their default texts.
5. In **Administration › Macros** set `{$ZABBIX.URL}` to the address of your Zabbix frontend (for links).
6. Open **Users**, pick the user that notifies, and under **Media** add `Tocsin` (anything in **Send to**).
7. In **Alerts › Actions › Trigger actions** send to that user by `Tocsin`: in *Operations*, *Recovery operations* and *Update operations*.
8. Press **Test** at the media type: macros stay unexpanded there, so it shows here as a resolved test.

*The script of OnCall* (`grafana_oncall.sh`) keeps working: put `{{ url }}` into **Send to**.
]],

  -- The recovery of an event carries the id of the problem event. The script sends what stood after ONCALL_GROUP.
  grouping_id = [[
{%- if payload.alert_uid %}{{ payload.alert_uid }}
{%- elif payload.event_id and payload.event_id != "{EVENT.ID}" %}{{ payload.event_id }}
{%- elif payload.trigger_id %}{{ payload.trigger_id }}
{%- endif -%}
]],
  -- An unexpanded macro is the media type's Test button: recorded, nobody is paged.
  resolve_condition = [[
{%- set state = (payload.state or "") | upper -%}
{{ state == "OK" or state == "RESOLVED" or payload.event_value | string in ("0", "{EVENT.VALUE}")
   or "escalation cancelled" in (payload.message or "") | lower }}]],
  acknowledge_condition = "{{ payload.event_update_status | string == '1' and payload.ack_status == 'Yes' }}",
  source_link = [[
{%- if payload.link_to_upstream_details %}{{ payload.link_to_upstream_details }}
{%- elif payload.zabbix_url and payload.trigger_id %}{{ payload.zabbix_url }}/tr_events.php?triggerid={{ payload.trigger_id }}&eventid={{ payload.event_id }}
{%- endif -%}
]],

  title = [[
{%- if payload.event_value | string == "{EVENT.VALUE}" %}Test of the Zabbix media type
{%- elif payload.name %}{{ payload.name }}
{%- if payload.host and payload.host | string not in payload.name | string %}: {{ payload.host }}{% endif %}
{%- elif payload is string %}{{ payload }}
{%- else %}{{ ((payload.title or payload.subject or "Zabbix problem") | string).split("ONCALL_GROUP:")[0] | trim }}
{%- endif -%}
]],
  message = [[
{%- if payload.opdata %}**{{ payload.opdata }}**
{% endif -%}
{%- if payload.severity %}**Severity:** {{ payload.severity }}
{% endif -%}
{%- if payload.host %}**Host:** {{ payload.host }}{% if payload.host_ip %} ({{ payload.host_ip }}){% endif %}
{% endif -%}
{{ payload if payload is string else payload.message or "" }}]],
  image_url = "{{ payload.image_url or '' }}",

  labels = {
    -- By number where there is one: the six names can be changed, and are translated.
    severity = "{{ {'5': 'critical', '4': 'error', '3': 'warning', '2': 'warning', '1': 'info', 'Disaster': 'critical', 'High': 'error',"
      .. " 'Average': 'warning', 'Warning': 'warning', 'Information': 'info'}.get(payload.nseverity or payload.severity or '', '') }}",
    zabbix_severity = "{{ payload.severity if payload.severity != '{EVENT.SEVERITY}' else '' }}",
    host     = "{{ payload.host }}",
  },

  heartbeat = {
    connect = [[
Let Zabbix call the heartbeat address: create an item of the type **HTTP agent** on any host, URL `{{ url }}`, update interval `1m`.
]],
    missing  = [[{"alert_uid":"zabbix-heartbeat","title":"Heartbeat of Zabbix is missing","state":"alerting","message":"Zabbix is down or cannot reach Tocsin."}]],
    restored = [[{"alert_uid":"zabbix-heartbeat","title":"Heartbeat of Zabbix is back","state":"ok","message":"Zabbix is heard of again."}]],
  },

  examples = {
    { "a problem opens a group",
      payload = [[{"event_id":"204611","event_source":"0","event_value":"1","event_update_status":"0","ack_status":"No","trigger_id":"17824","name":"Free disk space is less than 5% on volume /var","host":"db-1","host_ip":"10.20.0.11","severity":"High","nseverity":"4","opdata":"Space used: 96.31 %","tags":"[{\"tag\":\"scope\",\"value\":\"capacity\"}]","zabbix_url":"https://zabbix.example.org","subject":"Problem: Free disk space is less than 5% on volume /var","message":"Problem started at 02:11:42 on 2026.05.04"}]],
      expect = {
        grouping_id = "204611",
        state = "firing",
        groups = 1,
        title = "Free disk space is less than 5% on volume /var: db-1",
        message = [[
**Space used: 96.31 %**
**Severity:** High
**Host:** db-1 (10.20.0.11)
Problem started at 02:11:42 on 2026.05.04]],
        source_link = "https://zabbix.example.org/tr_events.php?triggerid=17824&eventid=204611",
        labels = { severity = "error", host = "db-1" },
        sms = { title = "Free disk space is less than 5% on volume /var: db-1" },
      } },
    { "an acknowledgement in Zabbix acknowledges the group",
      payload = [[{"event_id":"204611","event_source":"0","event_value":"1","event_update_status":"1","ack_status":"Yes","trigger_id":"17824","name":"Free disk space is less than 5% on volume /var","host":"db-1","host_ip":"10.20.0.11","severity":"High","nseverity":"4","opdata":"Space used: 96.31 %","tags":"[]","zabbix_url":"https://zabbix.example.org","subject":"Updated problem: Free disk space is less than 5% on volume /var","message":"Mira acknowledged problem at 2026.05.04 02:14:03."}]],
      expect = { grouping_id = "204611", title = "Free disk space is less than 5% on volume /var: db-1", state = "acknowledged", groups = 1, alerts = 2 } },
    { "another event is another problem",
      payload = [[{"event_id":"204633","event_source":"0","event_value":"1","event_update_status":"0","ack_status":"No","trigger_id":"17901","name":"web-2 has been restarted","host":"web-2","host_ip":"10.20.0.32","severity":"Warning","opdata":"","tags":"[]","zabbix_url":"https://zabbix.example.org","subject":"Problem: web-2 has been restarted","message":"Uptime is less than 10 minutes."}]],
      expect = { grouping_id = "204633", state = "firing", groups = 2, title = "web-2 has been restarted" } },
    { "the recovery carries the problem's event id",
      payload = [[{"event_id":"204611","event_source":"0","event_value":"0","event_update_status":"0","ack_status":"Yes","trigger_id":"17824","name":"Free disk space is less than 5% on volume /var","host":"db-1","host_ip":"10.20.0.11","severity":"High","opdata":"Space used: 71.02 %","tags":"[]","zabbix_url":"https://zabbix.example.org","subject":"Resolved in 31m: Free disk space is less than 5% on volume /var","message":"Problem has been resolved at 02:42:42 on 2026.05.04"}]],
      expect = { title = "Free disk space is less than 5% on volume /var: db-1", grouping_id = "204611", state = "resolved", groups = 2, alerts = 3 } },
    { "a cancelled escalation is the end of it",
      payload = [[{"event_id":"204633","event_source":"0","event_value":"1","event_update_status":"0","ack_status":"No","trigger_id":"17901","name":"web-2 has been restarted","host":"web-2","host_ip":"10.20.0.32","severity":"Warning","opdata":"","tags":"[]","zabbix_url":"https://zabbix.example.org","subject":"Problem: web-2 has been restarted","message":"NOTE: Escalation cancelled: trigger \"web-2 has been restarted\" disabled."}]],
      expect = { grouping_id = "204633", title = "web-2 has been restarted", state = "resolved", groups = 2, alerts = 2 } },
    { "OnCall's script: a problem",
      payload = [[{
        "alert_uid": "204702",
        "title": "Problem: Zabbix agent is not available ONCALL_GROUP: 204702",
        "state": "alerting",
        "message": "Host: web-3\nSeverity: Average"
    }]],
      expect = { grouping_id = "204702", state = "firing", groups = 3, title = "Problem: Zabbix agent is not available",
                 message = "Host: web-3\nSeverity: Average" } },
    { "OnCall's script: resolved",
      payload = [[{
        "alert_uid": "204702",
        "title": "Resolved: Zabbix agent is not available ONCALL_GROUP: 204702",
        "state": "ok",
        "message": "Host: web-3"
    }]],
      expect = { grouping_id = "204702", title = "Resolved: Zabbix agent is not available", state = "resolved", groups = 3, alerts = 2 } },
    { "the media type's Test button is recorded and pages nobody",
      payload = [[{"event_id":"{EVENT.ID}","event_source":"{EVENT.SOURCE}","event_value":"{EVENT.VALUE}","event_update_status":"{EVENT.UPDATE.STATUS}","ack_status":"{EVENT.ACK.STATUS}","trigger_id":"","name":"{EVENT.NAME}","host":"{HOST.NAME}","host_ip":"{HOST.IP}","severity":"{EVENT.SEVERITY}","opdata":"","tags":"{EVENT.TAGSJSON}","zabbix_url":"","subject":"{ALERT.SUBJECT}","message":"{ALERT.MESSAGE}"}]],
      expect = { grouping_id = false, state = "resolved", groups = 4, title = "Test of the Zabbix media type" } },
  },
}
