--- Falco and Falcosidekick: JSON output over HTTP.
--- Wire format: an event as Falco prints it with json_output, https://falco.org/docs/outputs/channels/ (read 2026-11):
--- rule, priority, output, output_fields, and in newer versions hostname, source and tags. Falcosidekick adds a uuid.
--- No resolve: a rule says that something happened, so groups are resolved by people.
return {
  name  = "Falco",
  about = "Runtime security events of Falco, directly or by Falcosidekick",
  connect = [[
1. In `falco.yaml` turn on JSON and the HTTP output, and restart Falco:

```
json_output: true
http_output:
  enabled: true
  url: {{ url }}
```

2. With Falcosidekick set `WEBHOOK_ADDRESS={{ url }}` instead (Helm: `falcosidekick.config.webhook.address`), and `WEBHOOK_MINIMUMPRIORITY=warning`.
3. Without Falcosidekick `priority: warning` in `falco.yaml` keeps notices away.
4. Try it: `cat /etc/shadow` on the host, as root, in a shell that Falco watches.
]],

  -- A rule on one pod, or on one host.
  grouping_id = [[
{%- set fields = payload.output_fields if payload.output_fields is mapping else {} -%}
{%- if payload.rule -%}
{{ payload.rule }}/{{ payload.hostname or "" }}{% if fields["k8s.pod.name"] %}/{{ fields["k8s.ns.name"] or "" }}/{{ fields["k8s.pod.name"] }}{% elif fields["container.id"] and fields["container.id"] != "host" %}/{{ fields["container.id"] }}{% endif %}
{%- endif -%}
]],

  title = [[
{%- set fields = payload.output_fields if payload.output_fields is mapping else {} -%}
{%- set where = fields["k8s.pod.name"] or payload.hostname or fields["container.name"] or fields["container.id"] -%}
{%- if payload is string %}{{ payload }}
{%- else %}{{ payload.rule or "Event of Falco" }}{% if where %}: {{ where }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- set fields = payload.output_fields if payload.output_fields is mapping else {} -%}
{%- if payload is mapping -%}
{{ (payload.output or "") | regex_replace("^[0-9:.]+: [A-Z][a-z]+ ", "") | truncate(1500) }}
{% if payload.priority %}
- Priority: {{ payload.priority }}
{%- endif %}
{%- for name in ("proc.cmdline", "user.name", "fd.name", "container.image.repository", "k8s.ns.name") if fields[name] %}
- {{ name }}: {{ fields[name] }}
{%- endfor %}
{%- if payload.tags %}
- Tags: {{ payload.tags | join(", ") }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'emergency': 'critical', 'alert': 'critical', 'critical': 'critical', 'error': 'error', 'warning': 'warning', 'notice': 'info',"
      .. " 'informational': 'info', 'debug': 'info'}.get((payload.priority or '') | lower, '') }}",
    host = "{{ payload.hostname or '' }}",
  },

  examples = {
    { "a shell in a container",
      payload = [[{"uuid":"5d2c3b43-7f6a-4a8e-9d4e-3f1f6f0a9b11","hostname":"node-1","output":"02:11:42.670410771: Critical A shell was spawned in a container with an attached terminal (user=root process=sh)","priority":"Critical","rule":"Terminal shell in container","source":"syscall","tags":["T1059","container","mitre_execution"],"time":"2026-11-04T02:11:42.670410771Z","output_fields":{"container.id":"873807ba3669","container.image.repository":"docker.io/library/alpine","container.image.tag":"latest","container.name":"cart","evt.time":1793757102670410771,"k8s.ns.name":"shop","k8s.pod.name":"cart-7d4b9","proc.cmdline":"sh -c ls -al","proc.name":"sh","proc.pname":null,"proc.tty":34816,"user.name":"root"}}]],
      expect = {
        grouping_id = "Terminal shell in container/node-1/shop/cart-7d4b9",
        state = "firing",
        groups = 1,
        title = "Terminal shell in container: cart-7d4b9",
        message = [[
A shell was spawned in a container with an attached terminal (user=root process=sh)

- Priority: Critical
- proc.cmdline: sh -c ls -al
- user.name: root
- container.image.repository: docker.io/library/alpine
- k8s.ns.name: shop
- Tags: T1059, container, mitre_execution]],
        labels = { severity = "critical", host = "node-1" },
        phone_call = { title = "Terminal shell in container: cart 7d4b9" },
      } },
    { "the same rule on the same pod joins it",
      payload = [[{"uuid":"5d2c3b44","hostname":"node-1","output":"02:12:42.670410771: Critical A shell was spawned","priority":"Critical","rule":"Terminal shell in container","source":"syscall","tags":[],"time":"2026-11-04T02:12:42Z","output_fields":{"container.id":"873807ba3669","k8s.ns.name":"shop","k8s.pod.name":"cart-7d4b9"}}]],
      expect = { grouping_id = "Terminal shell in container/node-1/shop/cart-7d4b9", state = "firing", title = "Terminal shell in container: cart-7d4b9", groups = 1, alerts = 2 } },
    { "on the host it is another problem",
      payload = [[{"hostname":"node-1","output":"02:13:42.409805555: Warning Log files were tampered (file=/var/log/auth.log)","priority":"Warning","rule":"Clear Log Activities","source":"syscall","tags":["host"],"time":"2026-11-04T02:13:42Z","output_fields":{"container.id":"host","container.name":"host","fd.name":"/var/log/auth.log","proc.cmdline":"truncate -s0 /var/log/auth.log"}}]],
      expect = { grouping_id = "Clear Log Activities/node-1", state = "firing", title = "Clear Log Activities: node-1", groups = 2, labels = { severity = "warning" } } },
    { "older versions name neither host nor tags",
      payload = [[{"output":"02:14:42.181204909: Notice A shell was spawned in a container","priority":"Notice","rule":"Terminal shell in container","time":"2026-11-04T02:14:42Z","output_fields":{"container.id":"5dea0c14015a","evt.time":1793757282,"k8s.pod.name":null,"proc.cmdline":"bash "}}]],
      expect = { grouping_id = "Terminal shell in container//5dea0c14015a", state = "firing", title = "Terminal shell in container: 5dea0c14015a", groups = 3,
                 labels = { severity = "info" } } },
  },
}
