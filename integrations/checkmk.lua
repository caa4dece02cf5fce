--- Checkmk: a notification script in the site's folder that posts a form.
--- Wire format: the form of the script in `connect`; variables of https://docs.checkmk.com/latest/en/notifications.html
--- and keephq/keep keep/providers/checkmk_provider/webhook-keep.py (read 2026-11). Its exit code 1 lets Checkmk try again later.
return {
  base  = "nagios",
  name  = "Checkmk",
  about = "Checkmk 2.0 and later, Raw, Enterprise and Cloud, by a notification script",
  connect = [[
1. As the site's user (`omd su SITE`) create `~/local/share/check_mk/notifications/tocsin` with this text. Write the address under which your users open the site where it says `https://checkmk.example.org` (it makes the links).

```
#!/bin/sh
# Tocsin
web=https://checkmk.example.org
case $NOTIFY_WHAT in
SERVICE) service=$NOTIFY_SERVICEDESC state=$NOTIFY_SERVICESTATE output=$NOTIFY_SERVICEOUTPUT long=$NOTIFY_LONGSERVICEOUTPUT path=$NOTIFY_SERVICEURL ;;
*)       service= state=$NOTIFY_HOSTSTATE output=$NOTIFY_HOSTOUTPUT long=$NOTIFY_LONGHOSTOUTPUT path=$NOTIFY_HOSTURL ;;
esac
curl -fsS -m 20 --data-urlencode "type=$NOTIFY_NOTIFICATIONTYPE" --data-urlencode "site=$OMD_SITE" \
  --data-urlencode "host=$NOTIFY_HOSTNAME" --data-urlencode "address=$NOTIFY_HOSTADDRESS" \
  --data-urlencode "service=$service" --data-urlencode "state=$state" --data-urlencode "output=$output" \
  --data-urlencode "long_output=$long" --data-urlencode "author=$NOTIFY_NOTIFICATIONAUTHOR" \
  --data-urlencode "comment=$NOTIFY_NOTIFICATIONCOMMENT" --data-urlencode "web=$web" --data-urlencode "path=$path" \
  "$NOTIFY_PARAMETER_1" || exit 1
```

2. Make it executable: `chmod +x ~/local/share/check_mk/notifications/tocsin`.
3. In Checkmk open **Setup › Events › Notifications** and add a rule: method **Tocsin**, and as its first parameter `{{ url }}`
4. In the rule choose one contact that is notified (the script is run once for each contact), and as events the state changes, **Acknowledgement of problem** and recoveries; leave out flapping and downtimes.
5. Activate the changes. Try it: open a service, **Commands › Fake check results** and choose **Critical**; the next real check sends the recovery.
]],

  grouping_id = "{{ payload.site }}/{{ payload.host }}{% if payload.service %};{{ payload.service }}{% endif %}",
  resolve_condition = "{{ payload.type == 'RECOVERY' or payload.state in ('OK', 'UP') }}",
  acknowledge_condition = "{{ payload.type == 'ACKNOWLEDGEMENT' }}",
  source_link = "{% if payload.web and payload.path %}{{ payload.web }}{{ payload.path }}{% endif %}",

  title = [[
{%- if payload.service %}{{ payload.service }}: {{ payload.host }}
{%- elif payload.host %}Host is {{ (payload.state or "in trouble") | lower }}: {{ payload.host }}
{%- else %}{{ payload if payload is string else "Checkmk notification" }}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'CRITICAL': 'critical', 'DOWN': 'critical', 'UNKNOWN': 'error', 'UNREACHABLE': 'error', 'WARNING': 'warning'}.get(payload.state, '') }}",
    host     = "{{ payload.host }}",
    service  = "{{ payload.service }}",
    site     = "{{ payload.site }}",
  },

  heartbeat = {
    connect = [[
Let the site call the heartbeat address from its own cron: as the site's user create `~/etc/cron.d/tocsin` with this line, then run `omd reload crontab`.

```
* * * * * curl -fsS -m 10 -o /dev/null {{ url }}
```
]],
    missing  = [[{"type":"PROBLEM","site":"","host":"checkmk","service":"Heartbeat of Checkmk","state":"CRITICAL","output":"Checkmk is down or cannot reach Tocsin."}]],
    restored = [[{"type":"RECOVERY","site":"","host":"checkmk","service":"Heartbeat of Checkmk","state":"OK","output":"Checkmk is heard of again."}]],
  },

  examples = {
    { "a service problem opens a group",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=PROBLEM&site=prod&host=db-1&address=10.20.0.11&service=Filesystem+%2Fvar&state=CRITICAL&output=Used%3A+96.31%25+-+19.3+GiB+of+20.0+GiB+%28warn%2Fcrit+at+80.00%25%2F90.00%25+used%29CRIT&long_output=trend+per+1+day%3A+%2B1.2+GiB%5CnTime+left+until+disk+full%3A+14+hours&author=&comment=&web=https%3A%2F%2Fcheckmk.example.org&path=%2Fprod%2Fcheck_mk%2Findex.py%3Fstart_url%3Dview.py%253Fview_name%253Dservice%2526host%253Ddb-1]],
      expect = {
        grouping_id = "prod/db-1;Filesystem /var",
        state = "firing",
        groups = 1,
        title = "Filesystem /var: db-1",
        message = [[
**CRITICAL**: Used: 96.31% - 19.3 GiB of 20.0 GiB (warn/crit at 80.00%/90.00% used)CRIT

trend per 1 day: +1.2 GiB
Time left until disk full: 14 hours

**Address:** 10.20.0.11]],
        source_link = "https://checkmk.example.org/prod/check_mk/index.py?start_url=view.py%3Fview_name%3Dservice%26host%3Ddb-1",
        labels = { severity = "critical", host = "db-1", service = "Filesystem /var", site = "prod" },
      } },
    { "a change from warning to critical joins it",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=PROBLEM&site=prod&host=db-1&address=10.20.0.11&service=Filesystem+%2Fvar&state=WARNING&output=Used%3A+88.2%25WARN&long_output=&author=&comment=&web=https%3A%2F%2Fcheckmk.example.org&path=]],
      expect = { grouping_id = "prod/db-1;Filesystem /var", state = "firing", title = "Filesystem /var: db-1", groups = 1, alerts = 2 } },
    { "the same host of another site is another problem",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=PROBLEM&site=test&host=db-1&address=10.30.0.11&service=Filesystem+%2Fvar&state=WARNING&output=Used%3A+81.0%25WARN&long_output=&author=&comment=&web=&path=]],
      expect = { grouping_id = "test/db-1;Filesystem /var", state = "firing", title = "Filesystem /var: db-1", groups = 2,
                 source_link = false, labels = { severity = "warning", site = "test" } } },
    { "an acknowledgement in Checkmk acknowledges the group",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=ACKNOWLEDGEMENT&site=prod&host=db-1&address=10.20.0.11&service=Filesystem+%2Fvar&state=CRITICAL&output=Used%3A+96.31%25CRIT&long_output=&author=mira&comment=deleting+old+dumps&web=&path=]],
      expect = { grouping_id = "prod/db-1;Filesystem /var", state = "acknowledged", title = "Filesystem /var: db-1", groups = 2, alerts = 3,
                 message = "**CRITICAL**: Used: 96.31%CRIT\n\n**Address:** 10.20.0.11\n\n> mira: deleting old dumps" } },
    { "the recovery resolves the group",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=RECOVERY&site=prod&host=db-1&address=10.20.0.11&service=Filesystem+%2Fvar&state=OK&output=Used%3A+41.0%25&long_output=&author=&comment=&web=&path=]],
      expect = { grouping_id = "prod/db-1;Filesystem /var", state = "resolved", title = "Filesystem /var: db-1", groups = 2, alerts = 4 } },
    { "a host that is down has no service",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=PROBLEM&site=prod&host=web-2&address=10.20.0.32&service=&state=DOWN&output=No+IP+packet+received&long_output=&author=&comment=&web=https%3A%2F%2Fcheckmk.example.org&path=%2Fprod%2Fcheck_mk%2Findex.py]],
      expect = { grouping_id = "prod/web-2", state = "firing", title = "Host is down: web-2", groups = 3,
                 source_link = "https://checkmk.example.org/prod/check_mk/index.py", labels = { severity = "critical" } } },
    { "and is up again",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=RECOVERY&site=prod&host=web-2&address=10.20.0.32&service=&state=UP&output=Packet+received+via+smart+PING&long_output=&author=&comment=&web=&path=]],
      expect = { grouping_id = "prod/web-2", state = "resolved", title = "Host is up: web-2", groups = 3, alerts = 2 } },
    { "flapping is no alert",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=FLAPPINGSTART&site=prod&host=web-2&address=10.20.0.32&service=HTTP&state=CRITICAL&output=&long_output=&author=&comment=&web=&path=]],
      expect = { stored = 0, groups = 3 } },
    { "a custom notification of a service that is OK is a test: recorded, nobody is paged",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[type=CUSTOM&site=prod&host=web-2&address=10.20.0.32&service=CPU+load&state=OK&output=15+min+load%3A+0.2&long_output=&author=mira&comment=a+test&web=&path=]],
      expect = { grouping_id = "prod/web-2;CPU load", state = "resolved", title = "CPU load: web-2", groups = 4 } },
  },
}
