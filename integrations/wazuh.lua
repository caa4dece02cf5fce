--- Wazuh: a custom integration that posts each alert as it is.
--- Wire format: https://documentation.wazuh.com/current/user-manual/manager/integration-with-external-apis.html (read 2026-11):
--- the manager calls a script with the file of the alert and the hook's URL. No resolve: an alert says that something happened.
return {
  name  = "Wazuh",
  about = "Alerts of the Wazuh manager",
  connect = [[
1. On the manager create `/var/ossec/integrations/custom-tocsin`, then `chmod 750` and `chown root:wazuh` it:

```
#!/bin/sh
exec curl -fsS -m 20 -H 'Content-Type: application/json' --data-binary "@$1" "$3"
```

2. In `/var/ossec/etc/ossec.conf`, inside `<ossec_config>`, from the level that may wake somebody:

```
<integration>
  <name>custom-tocsin</name>
  <hook_url>{{ url }}</hook_url>
  <level>10</level>
  <alert_format>json</alert_format>
</integration>
```

3. `systemctl restart wazuh-manager`. Errors of the script are in `/var/ossec/logs/integrations.log` and `ossec.log`.
4. Wazuh never says that something is over: resolve the groups here, or add an auto-resolve to the route.
]],

  grouping_id = [[
{%- set rule = payload.rule if payload.rule is mapping else {} -%}
{%- if rule.id %}{{ rule.id }}/{{ (payload.agent if payload.agent is mapping else {}).id or "" }}{% else %}{{ payload.id or "" }}{% endif -%}
]],

  title = [[
{%- set rule = payload.rule if payload.rule is mapping else {} -%}
{%- set agent = payload.agent if payload.agent is mapping else {} -%}
{%- if payload is string %}{{ payload }}
{%- else %}{{ rule.description or "Alert of Wazuh" }}{% if agent.name %}: {{ agent.name }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- set rule = payload.rule if payload.rule is mapping else {} -%}
{%- set agent = payload.agent if payload.agent is mapping else {} -%}
{%- set data = payload.data if payload.data is mapping else {} -%}
{%- if payload is mapping -%}
{% if payload.full_log -%}
```
{{ payload.full_log | truncate(1500) }}
```
{% endif %}
{%- if agent.name %}
- Agent: {{ agent.name }}{% if agent.ip %} ({{ agent.ip }}){% endif %}
{%- endif %}
{%- if rule.id %}
- Rule: {{ rule.id }}{% if rule.level is number %}, level {{ rule.level }}{% endif %}{% if rule.firedtimes and rule.firedtimes is number and rule.firedtimes > 1 %}, {{ rule.firedtimes }} times{% endif %}
{%- endif %}
{%- if data.srcip %}
- From: {{ data.srcip }}
{%- endif %}
{%- if data.srcuser or data.dstuser %}
- User: {{ data.srcuser or data.dstuser }}
{%- endif %}
{%- if payload.location %}
- Location: {{ payload.location }}
{%- endif %}
{%- for id in (rule.mitre if rule.mitre is mapping else {}).id or [] %}
{{- "\n- MITRE: " if loop.first else ", " }}{{ id }}
{%- endfor %}
{%- if payload.timestamp %}
- At: {{ payload.timestamp }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = [[
{%- set level = (payload.rule if payload.rule is mapping else {}).level -%}
{%- if level is number %}{{ "critical" if level >= 12 else ("warning" if level >= 7 else "info") }}{% endif -%}
]],
    host = "{{ (payload.agent if payload.agent is mapping else {}).name or '' }}",
    rule = "{{ (payload.rule if payload.rule is mapping else {}).id or '' }}",
  },

  examples = {
    { "somebody tries passwords",
      payload = [[{
  "timestamp": "2026-11-04T02:11:42.123+0000",
  "rule": {
    "level": 10,
    "description": "sshd: brute force trying to get access to the system. Non existent user.",
    "id": "5712",
    "frequency": 8,
    "firedtimes": 3,
    "mitre": {"id": ["T1110"], "tactic": ["Credential Access"], "technique": ["Brute Force"]},
    "groups": ["syslog", "sshd", "authentication_failures"],
    "pci_dss": ["10.2.4", "10.2.5"]
  },
  "agent": {"id": "001", "name": "web-1", "ip": "192.0.2.10"},
  "manager": {"name": "wazuh"},
  "id": "1793758302.1234567",
  "full_log": "Nov  4 02:11:41 web-1 sshd[4812]: Failed password for invalid user admin from 198.51.100.7 port 52214 ssh2",
  "predecoder": {"program_name": "sshd", "timestamp": "Nov  4 02:11:41", "hostname": "web-1"},
  "decoder": {"parent": "sshd", "name": "sshd"},
  "data": {"srcip": "198.51.100.7", "srcuser": "admin"},
  "location": "/var/log/auth.log"
}]],
      expect = {
        grouping_id = "5712/001",
        state = "firing",
        groups = 1,
        title = "sshd: brute force trying to get access to the system. Non existent user.: web-1",
        message = [[
```
Nov  4 02:11:41 web-1 sshd[4812]: Failed password for invalid user admin from 198.51.100.7 port 52214 ssh2
```

- Agent: web-1 (192.0.2.10)
- Rule: 5712, level 10, 3 times
- From: 198.51.100.7
- User: admin
- Location: /var/log/auth.log
- MITRE: T1110
- At: 2026-11-04T02:11:42.123+0000]],
        labels = { severity = "warning", host = "web-1", rule = "5712" },
      } },
    { "again: the same problem",
      payload = [[{"timestamp":"2026-11-04T02:12:42.123+0000","rule":{"level":10,"description":"sshd: brute force trying to get access to the system. Non existent user.","id":"5712","firedtimes":4},"agent":{"id":"001","name":"web-1","ip":"192.0.2.10"},"manager":{"name":"wazuh"},"id":"1793758362.1234999","full_log":"","data":{"srcip":"198.51.100.7"},"location":"/var/log/auth.log"}]],
      expect = { grouping_id = "5712/001", state = "firing", title = "sshd: brute force trying to get access to the system. Non existent user.: web-1",
                 groups = 1, alerts = 2 } },
    { "the same rule on another agent is another problem",
      payload = [[{"timestamp":"2026-11-04T02:12:43.123+0000","rule":{"level":12,"description":"sshd: brute force trying to get access to the system. Non existent user.","id":"5712","firedtimes":1},"agent":{"id":"002","name":"db-1"},"manager":{"name":"wazuh"},"id":"1793758363.1235099","location":"/var/log/auth.log"}]],
      expect = { grouping_id = "5712/002", state = "firing", title = "sshd: brute force trying to get access to the system. Non existent user.: db-1",
                 groups = 2, labels = { severity = "critical" } } },
    { "a changed file",
      payload = [[{"timestamp":"2026-11-04T02:14:43.123+0000","rule":{"level":7,"description":"Integrity checksum changed.","id":"550","firedtimes":1,"mitre":{"id":["T1565.001"]},"groups":["ossec","syscheck"]},"agent":{"id":"001","name":"web-1","ip":"192.0.2.10"},"manager":{"name":"wazuh"},"id":"1793758483.1236099","full_log":"File '/etc/passwd' modified\nMode: scheduled","syscheck":{"path":"/etc/passwd","event":"modified"},"location":"syscheck"}]],
      expect = { grouping_id = "550/001", state = "firing", title = "Integrity checksum changed.: web-1", groups = 3 } },
  },
}
