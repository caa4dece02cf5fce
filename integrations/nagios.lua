--- Nagios Core, Naemon and Icinga 1: a notification command that posts a form.
--- Wire format: the form of the commands in `connect`; macros of https://naemon.io/documentation/usersguide/macrolist
--- (read 2026-11). The notification types are PROBLEM, RECOVERY, ACKNOWLEDGEMENT, CUSTOM, FLAPPING… and DOWNTIME….
return {
  name  = "Nagios",
  about = "Nagios Core, Nagios XI, Naemon and Icinga 1, by a notification command",
  connect = [[
1. Put this into a file that Nagios reads, for example `/etc/nagios4/conf.d/tocsin.cfg`. Write the address of your Nagios web page where it says `https://nagios.example.org/nagios4` (it makes the links).

```
define command {
  command_name  notify-host-by-tocsin
  command_line  /usr/bin/curl -fsS -m 20 --retry 3 --data-urlencode 'type=$NOTIFICATIONTYPE$' --data-urlencode 'host=$HOSTNAME$' --data-urlencode 'address=$HOSTADDRESS$' --data-urlencode 'state=$HOSTSTATE$' --data-urlencode 'output=$HOSTOUTPUT$' --data-urlencode 'long_output=$LONGHOSTOUTPUT$' --data-urlencode 'author=$NOTIFICATIONAUTHOR$' --data-urlencode 'comment=$NOTIFICATIONCOMMENT$' --data-urlencode 'web=https://nagios.example.org/nagios4' '{{ url }}'
}

define command {
  command_name  notify-service-by-tocsin
  command_line  /usr/bin/curl -fsS -m 20 --retry 3 --data-urlencode 'type=$NOTIFICATIONTYPE$' --data-urlencode 'host=$HOSTNAME$' --data-urlencode 'address=$HOSTADDRESS$' --data-urlencode 'service=$SERVICEDESC$' --data-urlencode 'state=$SERVICESTATE$' --data-urlencode 'output=$SERVICEOUTPUT$' --data-urlencode 'long_output=$LONGSERVICEOUTPUT$' --data-urlencode 'author=$NOTIFICATIONAUTHOR$' --data-urlencode 'comment=$NOTIFICATIONCOMMENT$' --data-urlencode 'web=https://nagios.example.org/nagios4' '{{ url }}'
}

define contact {
  contact_name                   tocsin
  alias                          Tocsin
  host_notification_period       24x7
  service_notification_period    24x7
  host_notification_options      d,u,r
  service_notification_options   w,u,c,r
  host_notification_commands     notify-host-by-tocsin
  service_notification_commands  notify-service-by-tocsin
}
```

2. Add `tocsin` to the members of the contact group that your hosts and services notify (often `admins`).
3. Check and reload: `nagios4 -v /etc/nagios4/nagios.cfg && systemctl reload nagios4` (Debian's names; yours may be `nagios`).
4. Try it: open a service in the Nagios web page and choose **Send custom service notification**, with **Forced** ticked. Of a service that is OK it shows here as resolved and calls nobody.
]],

  grouping_id = "{{ payload.host }}{% if payload.service %};{{ payload.service }}{% endif %}",
  resolve_condition = "{{ payload.type == 'RECOVERY' or payload.state in ('OK', 'UP') }}",
  acknowledge_condition = "{{ payload.type == 'ACKNOWLEDGEMENT' }}",
  source_link = [[
{%- if payload.web -%}
{{ payload.web }}/cgi-bin/extinfo.cgi?type={{ 2 if payload.service else 1 }}&host={{ payload.host | urlencode }}
{%- if payload.service %}&service={{ payload.service | urlencode }}{% endif %}
{%- endif -%}
]],

  title = [[
{%- if payload.service %}{{ payload.service }}: {{ payload.host }}
{%- elif payload.host %}Host is {{ (payload.state or "in trouble") | lower }}: {{ payload.host }}
{%- else %}{{ payload if payload is string else "Nagios notification" }}
{%- endif -%}
]],
  message = [[
{%- if payload.state %}**{{ payload.state }}**: {% endif %}{{ payload.output or ("" if payload is string else "no output") }}
{%- if payload.long_output %}

{{ payload.long_output | replace("\\n", "\n") }}
{%- endif %}
{%- if payload.address and payload.address != payload.host %}

**Address:** {{ payload.address }}
{%- endif %}
{%- if payload.comment %}

> {{ payload.author or "Somebody" }}: {{ payload.comment }}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'CRITICAL': 'critical', 'DOWN': 'critical', 'UNKNOWN': 'error', 'UNREACHABLE': 'error', 'WARNING': 'warning'}.get(payload.state, '') }}",
    host     = "{{ payload.host }}",
    service  = "{{ payload.service }}",
  },

  -- Flapping and downtimes are not problems of their own: Nagios says PROBLEM or RECOVERY when they are over.
  split = function(payload)
    local kind = payload.type
    if type(kind) ~= "string" then return nil end
    kind = string.upper(kind)
    if string.starts(kind, "FLAPPING") or string.starts(kind, "DOWNTIME") then return {} end
    return nil
  end,

  heartbeat = {
    connect = [[
Let Nagios itself call the heartbeat address, as a check of its own host:

```
define command {
  command_name  tocsin-heartbeat
  command_line  /usr/bin/curl -fsS -m 10 -o /dev/null '{{ url }}'
}

define service {
  use                  generic-service
  host_name            localhost
  service_description  Tocsin heartbeat
  check_command        tocsin-heartbeat
  check_interval       1
}
```
]],
    missing  = [[{"type":"PROBLEM","host":"nagios","service":"Heartbeat of Nagios","state":"CRITICAL","output":"Nagios is down or cannot reach Tocsin."}]],
    restored = [[{"type":"RECOVERY","host":"nagios","service":"Heartbeat of Nagios","state":"OK","output":"Nagios is heard of again."}]],
  },

  examples = {
    { "a service problem opens a group",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=PROBLEM&host=db-1&address=10.20.0.11&service=Disk+space&state=CRITICAL&output=DISK+CRITICAL+-+free+space%3A+%2Fvar+310+MB+%281%25+inode%3D97%25%29&long_output=%2Fvar%3A+310+MB+free%5Cn%2F%3A+14+GB+free&author=&comment=&web=https%3A%2F%2Fnagios.example.org%2Fnagios4]],
      expect = {
        grouping_id = "db-1;Disk space",
        state = "firing",
        groups = 1,
        title = "Disk space: db-1",
        message = [[
**CRITICAL**: DISK CRITICAL - free space: /var 310 MB (1% inode=97%)

/var: 310 MB free
/: 14 GB free

**Address:** 10.20.0.11]],
        source_link = "https://nagios.example.org/nagios4/cgi-bin/extinfo.cgi?type=2&host=db-1&service=Disk%20space",
        labels = { severity = "critical", host = "db-1", service = "Disk space" },
        sms = { title = "Disk space: db-1" },
        phone_call = { title = "Disk space: db 1" },
      } },
    { "a reminder joins it",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=PROBLEM&host=db-1&address=10.20.0.11&service=Disk+space&state=CRITICAL&output=DISK+CRITICAL+-+free+space%3A+%2Fvar+120+MB&long_output=&author=&comment=&web=https%3A%2F%2Fnagios.example.org%2Fnagios4]],
      expect = { grouping_id = "db-1;Disk space", state = "firing", title = "Disk space: db-1", groups = 1, alerts = 2 } },
    { "another service of the host is another problem",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=PROBLEM&host=db-1&address=10.20.0.11&service=Replication+lag&state=UNKNOWN&output=UNKNOWN+-+no+answer+from+the+plugin&long_output=&author=&comment=&web=]],
      expect = { grouping_id = "db-1;Replication lag", state = "firing", title = "Replication lag: db-1", groups = 2,
                 source_link = false, labels = { severity = "error" } } },
    { "an acknowledgement in Nagios acknowledges the group",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=ACKNOWLEDGEMENT&host=db-1&address=10.20.0.11&service=Disk+space&state=CRITICAL&output=DISK+CRITICAL+-+free+space%3A+%2Fvar+120+MB&long_output=&author=mira&comment=Deleting+old+dumps&web=https%3A%2F%2Fnagios.example.org%2Fnagios4]],
      expect = {
        grouping_id = "db-1;Disk space",
        state = "acknowledged",
        title = "Disk space: db-1",
        groups = 2,
        alerts = 3,
        message = [[
**CRITICAL**: DISK CRITICAL - free space: /var 120 MB

**Address:** 10.20.0.11

> mira: Deleting old dumps]],
      } },
    { "a downtime is no alert",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=DOWNTIMESTART&host=db-1&address=10.20.0.11&service=Disk+space&state=CRITICAL&output=DISK+CRITICAL&long_output=&author=mira&comment=&web=]],
      expect = { stored = 0, groups = 2 } },
    { "neither is flapping",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=FLAPPINGSTART&host=db-1&address=10.20.0.11&service=Disk+space&state=CRITICAL&output=DISK+CRITICAL&long_output=&author=&comment=&web=]],
      expect = { stored = 0, groups = 2 } },
    { "the recovery resolves the group",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=RECOVERY&host=db-1&address=10.20.0.11&service=Disk+space&state=OK&output=DISK+OK+-+free+space%3A+%2Fvar+21+GB&long_output=&author=&comment=&web=https%3A%2F%2Fnagios.example.org%2Fnagios4]],
      expect = { grouping_id = "db-1;Disk space", state = "resolved", title = "Disk space: db-1", groups = 2, alerts = 4 } },
    { "a host that is down",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=PROBLEM&host=web-2&address=10.20.0.32&state=DOWN&output=PING+CRITICAL+-+Packet+loss+%3D+100%25&long_output=&author=&comment=&web=https%3A%2F%2Fnagios.example.org%2Fnagios4]],
      expect = { grouping_id = "web-2", state = "firing", title = "Host is down: web-2", groups = 3,
                 source_link = "https://nagios.example.org/nagios4/cgi-bin/extinfo.cgi?type=1&host=web-2",
                 labels = { severity = "critical", host = "web-2" },
                 phone_call = { title = "Host is down: web 2" } } },
    { "and is up again",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=RECOVERY&host=web-2&address=10.20.0.32&state=UP&output=PING+OK&long_output=&author=&comment=&web=]],
      expect = { grouping_id = "web-2", state = "resolved", title = "Host is up: web-2", groups = 3, alerts = 2 } },
    { "a custom notification of a service that is OK is a test: recorded, nobody is paged",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=CUSTOM&host=localhost&address=127.0.0.1&service=Current+Load&state=OK&output=OK+-+load+average%3A+0.12&long_output=&author=mira&comment=Testing+Tocsin&web=]],
      expect = { grouping_id = "localhost;Current Load", state = "resolved", title = "Current Load: localhost", groups = 4 } },
  },
}
