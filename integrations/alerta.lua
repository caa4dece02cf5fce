--- Alerta: a plugin of its server that posts each alert and each change of status.
--- Wire format: an alert as Alerta writes it, alerta/alerta alerta/models/alert.py (read 2026-11).
--- An alert is known by environment, resource and event; `correlate` lists the events that are one problem, as "node_down" and "node_up".
return {
  name  = "Alerta",
  about = "Alerts and their status from an Alerta server",
  connect = [[
1. On the Alerta server write this as `alerta_tocsin.py`:

```
import requests
from alerta.plugins import PluginBase

URL = '{{ url }}'

class Tocsin(PluginBase):
    def pre_receive(self, alert, **kwargs):
        return alert

    def post_receive(self, alert, **kwargs):
        requests.post(URL, json=alert.get_body(history=False), timeout=10)

    def status_change(self, alert, status, text, **kwargs):
        requests.post(URL, json=dict(alert.get_body(history=False), status=status, text=text), timeout=10)
```

2. Beside it write `setup.py`, and install both with `pip install .` into Alerta's environment:

```
from setuptools import setup
setup(name='alerta-tocsin', version='1', py_modules=['alerta_tocsin'],
      entry_points={'alerta.plugins': ['tocsin = alerta_tocsin:Tocsin']})
```

3. Add `'tocsin'` to `PLUGINS` in `alertad.conf` and restart Alerta.
4. Try it: `alerta send -r web-1 -e HttpDown -E Production -s critical -S Shop -t 'no answer'`, then the same with `-s normal`.
]],

  grouping_id = [[
{%- if payload.resource -%}
{{ payload.environment }}/{{ payload.resource }}/{{ payload.correlate | select("string") | sort | join(",") if payload.correlate else payload.event }}
{%- endif -%}
]],
  resolve_condition = "{{ (payload.severity or '') | lower in ('ok', 'normal', 'cleared') or payload.status in ('closed', 'expired') }}",
  acknowledge_condition = "{{ payload.status == 'ack' }}",
  source_link = "{{ payload.href or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else %}{{ payload.event or "Alert of Alerta" }}{% if payload.resource %}: {{ payload.resource }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ payload.text or "" }}
{% if payload.value %}
- Value: {{ payload.value }}
{%- endif %}
- Severity: {{ payload.severity }}
{%- if payload.service %}
- Service: {{ payload.service | join(", ") }}
{%- endif %}
{%- if payload.environment %}
- Environment: {{ payload.environment }}
{%- endif %}
{%- if payload.origin %}
- From: {{ payload.origin }}
{%- endif %}
{%- if payload.tags %}
- Tags: {{ payload.tags | join(", ") }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'security': 'critical', 'critical': 'critical', 'major': 'error', 'minor': 'warning', 'warning': 'warning', 'indeterminate': 'warning',"
      .. " 'unknown': 'warning', 'informational': 'info', 'debug': 'info', 'trace': 'info'}.get((payload.severity or '') | lower, '') }}",
    environment = "{{ payload.environment or '' }}",
  },

  examples = {
    { "an alert is received",
      payload = [[{"id":"17d8e7ea-b3ba-4bb1-9c5a-29e60865f258","href":"https://alerta.example.org/alert/17d8e7ea-b3ba-4bb1-9c5a-29e60865f258","resource":"web-1","event":"HttpDown","environment":"Production","severity":"critical","correlate":["HttpDown","HttpUp"],"status":"open","service":["Shop"],"group":"Web","value":"502","text":"The shop answers 502","tags":["eu"],"attributes":{"ip":"10.20.0.31"},"origin":"probe/mon-1","type":"exceptionAlert","createTime":"2026-11-04T02:11:42.317Z","timeout":86400,"rawData":null,"customer":null,"duplicateCount":0,"repeat":false,"previousSeverity":"indeterminate","trendIndication":"moreSevere","receiveTime":"2026-11-04T02:11:42.327Z","history":[]}]],
      expect = {
        grouping_id = "Production/web-1/HttpDown,HttpUp",
        state = "firing",
        groups = 1,
        title = "HttpDown: web-1",
        message = [[
The shop answers 502

- Value: 502
- Severity: critical
- Service: Shop
- Environment: Production
- From: probe/mon-1
- Tags: eu]],
        source_link = "https://alerta.example.org/alert/17d8e7ea-b3ba-4bb1-9c5a-29e60865f258",
        labels = { severity = "critical", environment = "Production" },
        phone_call = { title = "Http Down: web 1" },
      } },
    { "somebody acknowledges it in Alerta",
      payload = [[{"id":"17d8e7ea-b3ba-4bb1-9c5a-29e60865f258","resource":"web-1","event":"HttpDown","environment":"Production","severity":"critical","correlate":["HttpDown","HttpUp"],"status":"ack","service":["Shop"],"value":"502","text":"mira looks at it","tags":[],"attributes":{},"origin":"probe/mon-1"}]],
      expect = { grouping_id = "Production/web-1/HttpDown,HttpUp", state = "acknowledged", title = "HttpDown: web-1", groups = 1, alerts = 2 } },
    { "another resource is another problem",
      payload = [[{"id":"27d8e7ea","resource":"web-2","event":"HttpDown","environment":"Production","severity":"minor","correlate":["HttpDown","HttpUp"],"status":"open","service":["Shop"],"value":null,"text":"","tags":[],"attributes":{},"origin":"probe/mon-1"}]],
      expect = { grouping_id = "Production/web-2/HttpDown,HttpUp", state = "firing", title = "HttpDown: web-2", groups = 2, labels = { severity = "warning" }, source_link = false } },
    { "the correlated event is its end",
      payload = [[{"id":"37d8e7ea","resource":"web-1","event":"HttpUp","environment":"Production","severity":"normal","correlate":["HttpUp","HttpDown"],"status":"closed","service":["Shop"],"value":"200","text":"The shop answers","tags":[],"attributes":{},"origin":"probe/mon-1"}]],
      expect = { grouping_id = "Production/web-1/HttpDown,HttpUp", state = "resolved", title = "HttpUp: web-1", groups = 2, alerts = 3 } },
    { "closing by hand resolves an alert without correlation",
      payload = [[{"id":"47d8e7ea","resource":"ups-1","event":"OnBattery","environment":"Office","severity":"major","correlate":[],"status":"closed","service":["Power"],"value":"","text":"closed by mira","tags":[],"attributes":{},"origin":"snmptrap/mon-1"}]],
      expect = { grouping_id = "Office/ups-1/OnBattery", state = "resolved", title = "OnBattery: ups-1", groups = 3 } },
  },
}
