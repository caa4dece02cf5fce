--- Icinga 2: notification commands that post a form, without a script.
--- Wire format: the form of the commands in `connect`; runtime macros as in Icinga's own notification scripts
--- (Icinga/icinga2 etc/icinga2/scripts/mail-service-notification.sh, read 2026-11; https://icinga.com/docs/icinga-2/latest/doc/03-monitoring-basics/).
return {
  base  = "nagios",
  name  = "Icinga 2",
  about = "Icinga 2, by notification commands in its configuration",
  connect = [[
1. Put this into a file that Icinga 2 reads, for example `/etc/icinga2/conf.d/tocsin.conf` (in a cluster: into a global zone). Write the address of your Icinga Web where it says `https://icinga.example.org/icingaweb2` (it makes the links).

```
const TocsinUrl = "{{ url }}"
const TocsinIcingaWeb = "https://icinga.example.org/icingaweb2"

template NotificationCommand "tocsin" {
  command = [ "/usr/bin/curl", "-fsS", "-m", "20", "--retry", "3" ]
  arguments = {
    "--data-urlencode" = { value = "$tocsin_fields$", repeat_key = true, order = 1 }
    "url" = { value = TocsinUrl, skip_key = true, order = 2 }
  }
}

object NotificationCommand "tocsin-host" {
  import "tocsin"
  vars.tocsin_fields = [
    "type=$notification.type$", "host=$host.name$", "display=$host.display_name$", "address=$host.address$",
    "state=$host.state$", "output=$host.output$", "author=$notification.author$", "comment=$notification.comment$",
    "web=" + TocsinIcingaWeb
  ]
}

object NotificationCommand "tocsin-service" {
  import "tocsin"
  vars.tocsin_fields = [
    "type=$notification.type$", "host=$host.name$", "display=$host.display_name$", "address=$host.address$",
    "service=$service.name$", "service_display=$service.display_name$",
    "state=$service.state$", "output=$service.output$", "author=$notification.author$", "comment=$notification.comment$",
    "web=" + TocsinIcingaWeb
  ]
}

object User "tocsin" { }

apply Notification "tocsin" to Host {
  command = "tocsin-host"
  users = [ "tocsin" ]
  types = [ Problem, Recovery, Acknowledgement, Custom ]
  states = [ Up, Down ]
  assign where true
}

apply Notification "tocsin" to Service {
  command = "tocsin-service"
  users = [ "tocsin" ]
  types = [ Problem, Recovery, Acknowledgement, Custom ]
  states = [ OK, Warning, Critical, Unknown ]
  assign where true
}
```

2. Change `assign where true` if not every host and service shall call here.
3. Check and reload: `icinga2 daemon -C && systemctl reload icinga2`.
4. Try it: in Icinga Web open a service and choose **Send custom notification**, with **Forced** ticked. Of a service that is OK it shows here as resolved and calls nobody.
]],

  grouping_id = "{{ payload.host }}{% if payload.service %}!{{ payload.service }}{% endif %}",
  resolve_condition = "{{ payload.type | upper == 'RECOVERY' or payload.state | upper in ('OK', 'UP') }}",
  acknowledge_condition = "{{ payload.type | upper == 'ACKNOWLEDGEMENT' }}",
  source_link = [[
{%- if payload.web -%}
{{ payload.web }}/icingadb/
{%- if payload.service %}service?name={{ payload.service | urlencode }}&host.name={{ payload.host | urlencode }}
{%- else %}host?name={{ payload.host | urlencode }}
{%- endif %}
{%- endif -%}
]],

  title = [[
{%- set host = payload.display or payload.host -%}
{%- if payload.service %}{{ payload.service_display or payload.service }}: {{ host }}
{%- elif host %}Host is {{ (payload.state or "in trouble") | lower }}: {{ host }}
{%- else %}{{ payload if payload is string else "Icinga notification" }}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'CRITICAL': 'critical', 'DOWN': 'critical', 'UNKNOWN': 'error', 'WARNING': 'warning'}.get(payload.state | upper, '') }}",
    host     = "{{ payload.host }}",
    service  = "{{ payload.service }}",
  },

  heartbeat = {
    connect = [[
Let Icinga itself call the heartbeat address, as a check of the host it runs on:

```
object CheckCommand "tocsin-heartbeat" {
  command = [ "/usr/bin/curl", "-fsS", "-m", "10", "-o", "/dev/null", "{{ url }}" ]
}

apply Service "tocsin-heartbeat" {
  check_command = "tocsin-heartbeat"
  check_interval = 1m
  assign where host.name == NodeName
}
```
]],
    missing  = [[{"type":"PROBLEM","host":"icinga","service":"heartbeat","service_display":"Heartbeat of Icinga","state":"CRITICAL","output":"Icinga is down or cannot reach Tocsin."}]],
    restored = [[{"type":"RECOVERY","host":"icinga","service":"heartbeat","service_display":"Heartbeat of Icinga","state":"OK","output":"Icinga is heard of again."}]],
  },

  examples = {
    { "a service problem opens a group",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=PROBLEM&host=web-1.example.org&display=web-1&address=10.20.0.31&service=http&service_display=Shop%20over%20HTTPS&state=CRITICAL&output=HTTP%20CRITICAL%3A%20HTTP%2F1.1%20502%20Bad%20Gateway%20-%201.2%20s&author=&comment=&web=https%3A%2F%2Ficinga.example.org%2Ficingaweb2]],
      expect = {
        grouping_id = "web-1.example.org!http",
        state = "firing",
        groups = 1,
        title = "Shop over HTTPS: web-1",
        message = [[
**CRITICAL**: HTTP CRITICAL: HTTP/1.1 502 Bad Gateway - 1.2 s

**Address:** 10.20.0.31]],
        source_link = "https://icinga.example.org/icingaweb2/icingadb/service?name=http&host.name=web-1.example.org",
        labels = { severity = "critical", host = "web-1.example.org", service = "http" },
        phone_call = { title = "Shop over HTTPS: web 1" },
      } },
    { "a reminder joins it, also when it has become a warning",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=PROBLEM&host=web-1.example.org&display=web-1&address=10.20.0.31&service=http&service_display=Shop%20over%20HTTPS&state=WARNING&output=HTTP%20WARNING%3A%208.4%20s&author=&comment=&web=https%3A%2F%2Ficinga.example.org%2Ficingaweb2]],
      expect = { grouping_id = "web-1.example.org!http", state = "firing", title = "Shop over HTTPS: web-1", groups = 1, alerts = 2 } },
    { "the same service of another host is another problem",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=PROBLEM&host=web-2.example.org&display=web-2&address=10.20.0.32&service=http&service_display=Shop%20over%20HTTPS&state=UNKNOWN&output=Plugin%20timed%20out&author=&comment=&web=]],
      expect = { grouping_id = "web-2.example.org!http", state = "firing", title = "Shop over HTTPS: web-2", groups = 2,
                 labels = { severity = "error" } } },
    { "an acknowledgement in Icinga acknowledges the group",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=ACKNOWLEDGEMENT&host=web-1.example.org&display=web-1&address=10.20.0.31&service=http&service_display=Shop%20over%20HTTPS&state=CRITICAL&output=HTTP%20CRITICAL&author=mira&comment=rolling%20back&web=]],
      expect = { grouping_id = "web-1.example.org!http", state = "acknowledged", title = "Shop over HTTPS: web-1", groups = 2, alerts = 3,
                 message = "**CRITICAL**: HTTP CRITICAL\n\n**Address:** 10.20.0.31\n\n> mira: rolling back" } },
    { "the recovery resolves the group",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=RECOVERY&host=web-1.example.org&display=web-1&address=10.20.0.31&service=http&service_display=Shop%20over%20HTTPS&state=OK&output=HTTP%20OK&author=&comment=&web=]],
      expect = { grouping_id = "web-1.example.org!http", state = "resolved", title = "Shop over HTTPS: web-1", groups = 2, alerts = 4 } },
    { "a host that is down",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=PROBLEM&host=db-1.example.org&display=db-1&address=10.20.0.11&state=DOWN&output=PING%20CRITICAL%20-%20Packet%20loss%20%3D%20100%25&author=&comment=&web=https%3A%2F%2Ficinga.example.org%2Ficingaweb2]],
      expect = { grouping_id = "db-1.example.org", state = "firing", title = "Host is down: db-1", groups = 3,
                 source_link = "https://icinga.example.org/icingaweb2/icingadb/host?name=db-1.example.org",
                 labels = { severity = "critical" } } },
    { "and is up again",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=RECOVERY&host=db-1.example.org&display=db-1&address=10.20.0.11&state=UP&output=PING%20OK&author=&comment=&web=]],
      expect = { grouping_id = "db-1.example.org", state = "resolved", title = "Host is up: db-1", groups = 3, alerts = 2 } },
    { "the end of a downtime is no alert",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=DOWNTIMEEND&host=db-1.example.org&display=db-1&address=10.20.0.11&state=DOWN&output=PING%20CRITICAL&author=mira&comment=&web=]],
      expect = { stored = 0, groups = 3 } },
    { "a custom notification of a service that is OK is a test: recorded, nobody is paged",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=CUSTOM&host=db-1.example.org&display=db-1&address=10.20.0.11&service=load&service_display=load&state=OK&output=OK%20-%20load%20average%3A%200.12&author=mira&comment=testing%20Tocsin&web=]],
      expect = { grouping_id = "db-1.example.org!load", state = "resolved", title = "load: db-1", groups = 4 } },
  },
}
