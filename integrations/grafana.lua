--- Grafana's legacy alerting (before Grafana 9; panels with an Alert tab): a webhook notification channel.
---
--- The guide in README.md walks through this file, so it is kept the most complete example: behaviour, neutral and
--- channel templates, labels, a function, a heartbeat, and an example for every shape that is seen on the wire.
---
--- Wire format: https://grafana.com/docs/grafana/v7.5/alerting/old-alerting/notifications/#webhook (read 2026-05).
--- The same address also gets bodies of Alertmanager's shape (one alert for each element of `alerts`) and of a Slack
--- channel that was pointed here by mistake (`attachments`).
return {
  name  = "Grafana (legacy alerting)",
  about = "Panel alerts of Grafana 8 and older; newer Grafana uses the integration Grafana Alerting",
  connect = [[
1. In Grafana open **Alerting › Notification channels** and choose **Add channel** (Grafana 9 and later have **Contact points** instead: use the integration *Grafana Alerting*).
2. Name it `Tocsin`, choose the type **webhook** (not Slack) and paste the URL:

   `{{ url }}`

3. Leave the method at **POST** and **Disable resolve message** off. For graphs in messages tick **Include image**.
4. Press **Send Test**: a test alert shows here at once. Save.
5. Open a panel's **Alert** tab and add `Tocsin` under **Notifications** → **Send to**; or tick **Default** in the channel to use it for all alerts.
]],

  -- Behaviour: which problem an alert belongs to, and whether it says that the problem is over.
  grouping_id = [[
{%- if payload.attachments -%}
{{ (payload.attachments[0].title or "") | replace("[Alerting] ", "") | replace("[OK] ", "") | replace("[No Data] ", "") }}
{%- else -%}
{{ payload.ruleName or (payload.labels or {}).alertname or "" }}
{%- endif -%}
]],
  resolve_condition = [[
{%- if payload.attachments -%}
{{ (payload.attachments[0].title | string).startswith("[OK]") }}
{%- else -%}
{{ payload.state == "ok" or payload.status == "resolved" }}
{%- endif -%}
]],
  source_link = "{% if payload.attachments %}{{ payload.attachments[0].title_link }}"
    .. "{% else %}{{ payload.ruleUrl or payload.generatorURL }}{% endif %}",

  -- Appearance: neutral text that every channel converts to its own.
  title = [[
{%- set labels = payload.labels or {} -%}
{%- if payload.attachments %}
{{- (payload.attachments[0].title or "Grafana alert") | replace("[Alerting] ", "") | replace("[OK] ", "") }}
{%- elif labels.alertname %}{{ labels.alertname }}
{%- if labels.instance or labels.job_name or labels.job %}: {{ labels.instance or labels.job_name or labels.job }}{% endif %}
{%- elif payload.ruleName %}{{ "No data: " if payload.state == "no_data" }}{{ payload.ruleName }}
{%- elif payload is string %}{{ payload }}
{%- else %}{{ payload.title or payload.message or "Grafana alert" }}
{%- endif -%}
]],
  message = [[
{%- if payload.attachments -%}
{{ payload.attachments[0].text or payload.attachments[0].fallback or "" }}

This came in Slack's format: the notification channel in Grafana should be of the type *webhook*.
{%- elif payload.labels is mapping -%}
{%- for name, value in (payload.annotations or {}).items() %}
{%- if value is string and value.startswith("http") %}[{{ name }}]({{ value }})
{% else %}{{ value }}
{% endif %}{% endfor -%}
**Status:** {{ payload.status or "firing" }}
{% for name, value in payload.labels.items() %}
- {{ name }}: {{ value }}
{%- endfor -%}
{%- else -%}
{{ payload if payload is string else payload.message or "" }}
{%- if payload.evalMatches %}
{% for match in payload.evalMatches %}
- {{ match.metric }}: {{ match.value }}
{%- endfor %}
{%- elif payload.state == "no_data" %}
The query returned no data.
{%- endif %}
{%- endif -%}
]],
  image_url = "{% if payload.attachments %}{{ payload.attachments[0].image_url or '' }}{% else %}{{ payload.imageUrl or '' }}{% endif %}",

  -- A channel's own block is in the channel's own syntax and overrides the neutral text there.
  phone_call = { title = "Grafana says: {{ payload.ruleName or (payload.labels or {}).alertname or (payload if payload is string else payload.title) or 'alert' }}" },

  labels = {
    severity = "{{ (payload.labels or payload.tags or {}).severity }}",
  },

  -- One alert for each element of `alerts`; a paused or pending rule is no alert at all.
  split = function(payload)
    if payload.state == "paused" or payload.state == "pending" then return {} end
    if payload.alerts and #payload.alerts > 0 then return payload.alerts end
    return nil
  end,

  heartbeat = {
    connect = [[
Legacy alerting sends nothing while all is well, so use an alert that is always on: a panel with the query `1`, the condition **IS ABOVE 0**, **Send reminders every 1m**, and a webhook channel with this address:

`{{ url }}`
]],
    missing  = [[{"title":"[Alerting] Grafana heartbeat","ruleName":"Grafana heartbeat","state":"alerting","message":"The heartbeat of Grafana is missing: Grafana is down or cannot reach Tocsin.","evalMatches":[]}]],
    restored = [[{"title":"[OK] Grafana heartbeat","ruleName":"Grafana heartbeat","state":"ok","message":"The heartbeat of Grafana is back.","evalMatches":[]}]],
  },

  examples = {
    { "a panel alert opens a group",
      payload = [[{"dashboardId":12,"evalMatches":[{"value":94.2,"metric":"web-1","tags":{"host":"web-1"}},{"value":97,"metric":"web-2","tags":{"host":"web-2"}}],"imageUrl":"https://grafana.example.org/public/img/attachments/Qx7fLmE2.png","message":"CPU above 90% for 5 minutes. Check the queue workers.","orgId":1,"panelId":4,"ruleId":31,"ruleName":"CPU of web servers","ruleUrl":"https://grafana.example.org/d/hZ7BuVbWz/web?tab=alert\u0026viewPanel=4\u0026orgId=1","state":"alerting","tags":{"severity":"critical","team":"web"},"title":"[Alerting] CPU of web servers"}]],
      expect = {
        grouping_id = "CPU of web servers",
        state = "firing",
        groups = 1,
        title = "CPU of web servers",
        message = [[
CPU above 90% for 5 minutes. Check the queue workers.

- web-1: 94.2
- web-2: 97]],
        image_url = "https://grafana.example.org/public/img/attachments/Qx7fLmE2.png",
        source_link = "https://grafana.example.org/d/hZ7BuVbWz/web?tab=alert&viewPanel=4&orgId=1",
        labels = { severity = "critical" },
        web = { message = [[
<p>CPU above 90% for 5 minutes. Check the queue workers.</p>
<ul><li>web-1: 94.2</li>
<li>web-2: 97</li></ul>]] },
        slack = { message = [[
CPU above 90% for 5 minutes. Check the queue workers.
• web-1: 94.2
• web-2: 97]] },
        phone_call = { title = "Grafana says: CPU of web servers" },
      } },
    { "a reminder joins it",
      payload = [[{"dashboardId":12,"evalMatches":[{"value":99.1,"metric":"web-2","tags":{"host":"web-2"}}],"message":"CPU above 90% for 5 minutes. Check the queue workers.","orgId":1,"panelId":4,"ruleId":31,"ruleName":"CPU of web servers","ruleUrl":"https://grafana.example.org/d/hZ7BuVbWz/web?tab=alert\u0026viewPanel=4\u0026orgId=1","state":"alerting","tags":{"severity":"critical","team":"web"},"title":"[Alerting] CPU of web servers"}]],
      expect = { grouping_id = "CPU of web servers", title = "CPU of web servers", state = "firing", groups = 1, alerts = 2 } },
    { "another rule is another problem; no data fires too",
      payload = [[{"dashboardId":12,"evalMatches":[],"message":"","orgId":1,"panelId":6,"ruleId":32,"ruleName":"Orders per minute","ruleUrl":"https://grafana.example.org/d/hZ7BuVbWz/web?tab=alert\u0026viewPanel=6\u0026orgId=1","state":"no_data","tags":{},"title":"[No Data] Orders per minute"}]],
      expect = { grouping_id = "Orders per minute", state = "firing", groups = 2, title = "No data: Orders per minute",
                 message = "\nThe query returned no data." } },
    { "ok resolves the first group",
      payload = [[{"dashboardId":12,"evalMatches":[],"message":"CPU above 90% for 5 minutes. Check the queue workers.","orgId":1,"panelId":4,"ruleId":31,"ruleName":"CPU of web servers","ruleUrl":"https://grafana.example.org/d/hZ7BuVbWz/web?tab=alert\u0026viewPanel=4\u0026orgId=1","state":"ok","tags":{"severity":"critical","team":"web"},"title":"[OK] CPU of web servers"}]],
      expect = { title = "CPU of web servers", grouping_id = "CPU of web servers", state = "resolved", groups = 2, alerts = 3 } },
    { "a paused rule is no alert",
      payload = [[{"dashboardId":12,"evalMatches":[],"message":"","orgId":1,"panelId":4,"ruleId":31,"ruleName":"CPU of web servers","ruleUrl":"https://grafana.example.org/d/hZ7BuVbWz/web","state":"paused","tags":{},"title":"[Paused] CPU of web servers"}]],
      expect = { stored = 0, groups = 2 } },
    { "Send Test of the notification channel",
      payload = [[{"dashboardId":1,"evalMatches":[{"value":100,"metric":"High value","tags":null},{"value":200,"metric":"Higher Value","tags":null}],"imageUrl":"https://grafana.com/static/assets/img/blog/mixed_styles.png","message":"Someone is testing the alert notification within Grafana.","orgId":0,"panelId":1,"ruleId":0,"ruleName":"Test notification","ruleUrl":"https://grafana.example.org/","state":"alerting","tags":{},"title":"[Alerting] Test notification"}]],
      expect = { grouping_id = "Test notification", state = "firing", groups = 3, title = "Test notification" } },
    { "a body of Alertmanager's shape is one alert for each element",
      payload = [[{"receiver":"tocsin","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"KubeJobCompletion","job_name":"reindex-28","namespace":"shop","severity":"warning"},"annotations":{"message":"Job shop/reindex-28 takes more than one hour.","runbook_url":"https://runbooks.example.org/KubeJobCompletion"},"startsAt":"2026-05-04T08:57:35.095Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"https://prometheus.example.org/graph?g0.expr=jobs"},{"status":"firing","labels":{"alertname":"DiskWillFill","instance":"db-1","severity":"critical"},"annotations":{"message":"Full within 4 hours."},"startsAt":"2026-05-04T08:58:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"https://prometheus.example.org/graph?g0.expr=disk"}],"groupLabels":{},"commonLabels":{},"commonAnnotations":{},"externalURL":"http://alertmanager.example.org:9093","version":"4","groupKey":"{}:{}"}]],
      expect = {
        stored = 2,
        groups = 5,
        grouping_id = "DiskWillFill",
        state = "firing",
        title = "DiskWillFill: db-1",
        message = [[
Full within 4 hours.
**Status:** firing

- alertname: DiskWillFill
- instance: db-1
- severity: critical]],
        source_link = "https://prometheus.example.org/graph?g0.expr=disk",
        labels = { severity = "critical" },
      } },
    { "one element resolves its own group only",
      payload = [[{"receiver":"tocsin","status":"resolved","alerts":[{"status":"resolved","labels":{"alertname":"KubeJobCompletion","job_name":"reindex-28","namespace":"shop","severity":"warning"},"annotations":{"message":"Job shop/reindex-28 takes more than one hour."},"startsAt":"2026-05-04T08:57:35.095Z","endsAt":"2026-05-04T09:30:00Z","generatorURL":"https://prometheus.example.org/graph?g0.expr=jobs"}],"externalURL":"http://alertmanager.example.org:9093","version":"4","groupKey":"{}:{}"}]],
      expect = { grouping_id = "KubeJobCompletion", state = "resolved", groups = 5, alerts = 2,
                 title = "KubeJobCompletion: reindex-28" } },
    { "a Slack notification channel that was pointed here by mistake",
      payload = [[{"attachments":[{"color":"#D63232","fallback":"[Alerting] Login failures","fields":[{"title":"failures","value":41,"short":true}],"footer":"Grafana v7.5.7","image_url":"https://grafana.example.org/render/login.png","text":"More than 40 failed logins a minute.","title":"[Alerting] Login failures","title_link":"https://grafana.example.org/d/kX2/auth?viewPanel=2","ts":1620117455}]}]],
      expect = {
        grouping_id = "Login failures", state = "firing", groups = 6, title = "Login failures",
        source_link = "https://grafana.example.org/d/kX2/auth?viewPanel=2",
        image_url = "https://grafana.example.org/render/login.png",
      } },
    { "and its recovery",
      payload = [[{"attachments":[{"color":"#36a64f","fallback":"[OK] Login failures","fields":[],"text":"","title":"[OK] Login failures","title_link":"https://grafana.example.org/d/kX2/auth?viewPanel=2","ts":1620117755}]}]],
      expect = { title = "Login failures", grouping_id = "Login failures", state = "resolved", groups = 6, alerts = 2 } },
  },
}
