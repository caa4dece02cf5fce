--- Graylog: event definitions, by an HTTP notification.
--- Wire format: keephq/keep keep/providers/graylog_provider/alerts_mock.py and, for the test,
--- Graylog2/graylog2-server org/graylog/events/notifications/NotificationTestData.java (read 2026-11). `key` holds the group-by values.
--- No resolve: Graylog only says that an event happened, so groups are resolved by people.
return {
  name  = "Graylog",
  about = "Event definitions of Graylog, by an HTTP notification",
  connect = [[
1. In Graylog open **System › Configurations › URL Allowlist** (older: *Whitelist*) and add `{{ url }}`.
2. Open **Alerts › Notifications**, choose **Create notification**, title `Tocsin`, type **HTTP Notification** (or *Custom HTTP Notification* with method POST and an empty body template), and paste the URL there.
3. Press **Execute test notification**: it shows here as resolved and calls nobody. Save.
4. In your event definitions add the notification, and a **message backlog** of 5: these messages are shown in the alert.
5. *Group by field* in the event definition (for example `source`) makes each value an alert group of its own.
]],

  grouping_id = [[
{%- set event = payload.event if payload.event is mapping else {} -%}
{%- if payload.event_definition_id %}{{ payload.event_definition_id }}{% if event.key %}/{{ event.key }}
{%- elif event.group_by_fields %}/{{ event.group_by_fields.values() | join(",") }}{% endif %}
{%- endif -%}
]],
  -- Only the test is ever over.
  resolve_condition = "{{ payload.event_definition_id == 'NotificationTestId' }}",

  title = [[
{%- set event = payload.event if payload.event is mapping else {} -%}
{%- if payload is string %}{{ payload }}
{%- else %}{{ payload.event_definition_title or event.message or "Event of Graylog" }}{% if event.key %}: {{ event.key }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- set event = payload.event if payload.event is mapping else {} -%}
{%- if payload.event_definition_description and payload.event_definition_description != "." %}{{ payload.event_definition_description }}

{% endif -%}
{%- if event.message and event.message != payload.event_definition_title %}{{ event.message }}

{% endif -%}
{%- for name, value in (event.fields if event.fields is mapping else {}).items() -%}
- {{ name }}: {{ value }}
{% endfor -%}
{%- if event.source %}- Source: {{ event.source }}
{% endif -%}
{%- if payload.backlog and payload.backlog is sequence and payload.backlog is not string %}
```
{% for entry in payload.backlog[:5] if entry is mapping -%}
{{ entry.timestamp }} {{ entry.source }} {{ (entry.message or "") | string | truncate(300) }}
{% endfor -%}
```
{%- endif -%}
]],

  -- Old versions have three priorities, of which 3 is the highest; new ones four.
  labels = {
    severity = "{{ {'1': 'info', '2': 'warning', '3': 'error', '4': 'critical'}.get((payload.event if payload.event is mapping else {}).priority | string, '') }}",
    source   = "{{ (payload.event if payload.event is mapping else {}).source or '' }}",
  },

  examples = {
    { "an event with a backlog",
      payload = [[{"event_definition_id":"671a28a03696bb3801a7a9f1","event_definition_type":"aggregation-v1","event_definition_title":"Many failed logins","event_definition_description":"More than 40 a minute. Look for one address.","job_definition_id":"671a97cc3696bb3801a846a6","job_trigger_id":"671a9dfe3696bb3801a8536d","event":{"id":"01JAZZJAKS82TDZAE82E0WAENT","event_definition_type":"aggregation-v1","event_definition_id":"671a28a03696bb3801a7a9f1","origin_context":"urn:graylog:message:es:graylog_0:d0a9a7a0-91f1-11ef-9a79-0242ac170004","timestamp":"2026-11-04T02:11:42.556Z","timestamp_processing":"2026-11-04T02:11:43.585Z","timerange_start":"2026-11-04T02:10:42.556Z","timerange_end":"2026-11-04T02:11:42.556Z","streams":[],"source_streams":["000000000000000000000001"],"message":"Many failed logins: web-1 - count()=57.0","source":"graylog-1","key_tuple":["web-1"],"key":"web-1","priority":3,"scores":{},"alert":true,"fields":{"count":"57"},"group_by_fields":{"source":"web-1"},"replay_info":{"timerange_start":"2026-11-04T02:10:42.706Z","timerange_end":"2026-11-04T02:11:42.706Z","query":"action:login AND result:failed","streams":["000000000000000000000001"],"filters":[]}},"backlog":[{"index":"graylog_0","message":"failed login of root from 198.51.100.7","timestamp":"2026-11-04T02:11:41.000Z","source":"web-1","stream_ids":["000000000000000000000001"],"fields":{},"id":"d0a9a7a0"}]}]],
      expect = {
        grouping_id = "671a28a03696bb3801a7a9f1/web-1",
        state = "firing",
        groups = 1,
        title = "Many failed logins: web-1",
        message = [[
More than 40 a minute. Look for one address.

Many failed logins: web-1 - count()=57.0

- count: 57
- Source: graylog-1

```
2026-11-04T02:11:41.000Z web-1 failed login of root from 198.51.100.7
```]],
        labels = { severity = "error", source = "graylog-1" },
      } },
    { "the same event again joins it",
      payload = [[{"event_definition_id":"671a28a03696bb3801a7a9f1","event_definition_type":"aggregation-v1","event_definition_title":"Many failed logins","event_definition_description":"","job_definition_id":"1","job_trigger_id":"2","event":{"id":"01JAZZJAKS82TDZAE82E0WAENU","timestamp":"2026-11-04T02:12:42.556Z","streams":[],"source_streams":[],"message":"Many failed logins: web-1 - count()=61.0","source":"graylog-1","key_tuple":["web-1"],"key":"web-1","priority":3,"alert":true,"fields":{},"group_by_fields":{"source":"web-1"}},"backlog":[]}]],
      expect = { grouping_id = "671a28a03696bb3801a7a9f1/web-1", state = "firing", title = "Many failed logins: web-1", groups = 1, alerts = 2 } },
    { "another key is another problem",
      payload = [[{"event_definition_id":"671a28a03696bb3801a7a9f1","event_definition_type":"aggregation-v1","event_definition_title":"Many failed logins","event_definition_description":"","job_definition_id":"1","job_trigger_id":"2","event":{"id":"01JAZZJAKS82TDZAE82E0WAENV","timestamp":"2026-11-04T02:12:42.556Z","streams":[],"source_streams":[],"message":"Many failed logins","source":"graylog-1","key_tuple":["web-2"],"key":"web-2","priority":2,"alert":true,"fields":{},"group_by_fields":{"source":"web-2"}},"backlog":[]}]],
      expect = { grouping_id = "671a28a03696bb3801a7a9f1/web-2", state = "firing", title = "Many failed logins: web-2", groups = 2, labels = { severity = "warning" } } },
    { "an event definition without group-by is one problem; older versions have neither group_by_fields nor replay_info",
      payload = [[{"event_definition_id":"5e8f1a","event_definition_type":"aggregation-v1","event_definition_title":"Disk errors","event_definition_description":".","job_definition_id":"1","job_trigger_id":"2","event":{"id":"01E","timestamp":"2026-11-04T02:12:42.556Z","streams":[],"source_streams":[],"message":"Disk errors","source":"graylog-1","key_tuple":[],"key":null,"priority":1,"alert":true,"fields":{}},"backlog":[]}]],
      expect = { grouping_id = "5e8f1a", state = "firing", title = "Disk errors", groups = 3, message = "- Source: graylog-1\n", labels = { severity = "info" } } },
    { "Execute test notification is recorded and pages nobody",
      payload = [[{"event_definition_id":"NotificationTestId","event_definition_type":"test-dummy-v1","event_definition_title":"Event Definition Test Title","event_definition_description":"Event Definition Test Description","job_definition_id":"<unknown>","job_trigger_id":"<unknown>","event":{"id":"TEST_NOTIFICATION_ID","event_definition_type":"notification-test-v1","event_definition_id":"EventDefinitionTestId","origin_context":"urn:graylog:message:es:testIndex_42:b5e53442-12bb-4374-90ed-0deadbeefbaz","timestamp":"2026-11-04T08:20:00.644Z","timestamp_processing":"2026-11-04T08:20:00.644Z","timerange_start":null,"timerange_end":null,"streams":["000000000000000000000002"],"source_streams":[],"message":"Notification test message triggered from user <local:admin>","source":"000000000000000000000001","key_tuple":["testkey"],"key":"testkey","priority":2,"alert":true,"fields":{"field1":"value1","field2":"value2"},"group_by_fields":{}},"backlog":[]}]],
      expect = { grouping_id = "NotificationTestId/testkey", state = "resolved", title = "Event Definition Test Title: testkey", groups = 4 } },
  },
}
