--- Splunk Enterprise and Splunk Cloud: the alert action Webhook.
--- Wire format: https://docs.splunk.com/Documentation/Splunk/latest/Alert/Webhooks (read 2026-11): a fixed body with the first row of results.
--- No resolve: a saved search only says that it found something, so groups are resolved by people.
return {
  name  = "Splunk",
  about = "Alerts of Splunk Enterprise and Splunk Cloud, by the alert action Webhook",
  connect = [[
1. In Splunk 9 and later open **Settings › Server settings › Webhook allow list** and add `{{ url }}` (a name and a pattern that matches it).
2. Open your alert, choose **Edit › Edit alert**, and under **Trigger actions** add **Webhook** with the URL `{{ url }}`.
3. Let the search return a field `host` (or `service`) when its rows are separate problems, and choose **Trigger: For each result**: each host is an alert group of its own. A field `severity` becomes a label.
4. Turn on **Throttle** so that one problem does not call all the time; repeats join the open group anyway.
5. Try it: set the trigger condition so that it holds once.
]],

  grouping_id = [[
{%- if payload is mapping -%}
{%- set result = payload.result if payload.result is mapping else {} -%}
{{ payload.search_name or payload.sid }}{% if result.host or result.service %}/{{ result.host or result.service }}{% endif %}
{%- endif -%}
]],
  source_link = "{{ payload.results_link or '' }}",

  title = [[
{%- set result = payload.result if payload.result is mapping else {} -%}
{%- set where = result.host or result.service -%}
{%- if payload is string %}{{ payload }}
{%- else %}{{ payload.search_name or "Search of " ~ (payload.owner or "Splunk") }}{% if where and where not in (payload.search_name or "") %}: {{ where }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- set result = payload.result if payload.result is mapping else {} -%}
{%- if result.message %}{{ result.message }}

{% endif -%}
{%- for name, value in (result.items() | list)[:25] if name != "message" and not name.startswith("_") and value -%}
- {{ name }}: {{ value if value is string or value is number else value | join(", ") }}
{% endfor -%}
{%- if result._raw %}
```
{{ result._raw[:1500] }}
```
{%- endif -%}
]],

  labels = {
    severity = "{{ {'critical': 'critical', 'fatal': 'critical', 'high': 'error', 'error': 'error', 'medium': 'warning', 'warning': 'warning', 'warn': 'warning',"
      .. " 'low': 'info', 'info': 'info', 'informational': 'info'}.get(((payload.result if payload.result is mapping else {}).severity or '') | lower, '') }}",
    app = "{{ payload.app or '' }}",
  },

  examples = {
    { "an alert for each result",
      payload = [[{"result":{"host":"web-1","sourcetype":"nginx","count":"41","severity":"high","_raw":"2026-11-04T02:11:42Z 502 GET /cart"},"sid":"scheduler__admin__search__RMD5a1_at_1793757102_132","results_link":"https://splunk.example.org:8000/app/search/@go?sid=scheduler__admin__search__RMD5a1_at_1793757102_132","search_name":"Many 5xx answers","owner":"admin","app":"search"}]],
      expect = {
        grouping_id = "Many 5xx answers/web-1",
        state = "firing",
        groups = 1,
        title = "Many 5xx answers: web-1",
        message = [[
- host: web-1
- sourcetype: nginx
- count: 41
- severity: high

```
2026-11-04T02:11:42Z 502 GET /cart
```]],
        source_link = "https://splunk.example.org:8000/app/search/@go?sid=scheduler__admin__search__RMD5a1_at_1793757102_132",
        labels = { severity = "error", app = "search" },
        phone_call = { title = "Many 5xx answers: web 1" },
      } },
    { "the next run of the search joins it",
      payload = [[{"result":{"host":"web-1","sourcetype":"nginx","count":"57"},"sid":"scheduler__admin__search__RMD5a1_at_1793757402_133","results_link":"https://splunk.example.org:8000/app/search/@go?sid=x","search_name":"Many 5xx answers","owner":"admin","app":"search"}]],
      expect = { grouping_id = "Many 5xx answers/web-1", state = "firing", title = "Many 5xx answers: web-1", groups = 1, alerts = 2 } },
    { "another host is another problem",
      payload = [[{"result":{"host":"web-2","sourcetype":"nginx","count":"12"},"sid":"scheduler__admin__search__RMD5a1_at_1793757402_133","results_link":"https://splunk.example.org:8000/app/search/@go?sid=x","search_name":"Many 5xx answers","owner":"admin","app":"search"}]],
      expect = { grouping_id = "Many 5xx answers/web-2", state = "firing", title = "Many 5xx answers: web-2", groups = 2 } },
    { "a search whose rows have no host is one problem; a field of many values is a list",
      payload = [[{"result":{"message":"No orders in 10 minutes","region":["eu","us"],"count":"0"},"sid":"s1","results_link":"https://splunk.example.org:8000/app/search/@go?sid=s1","search_name":"Orders stopped","owner":"admin","app":"shop"}]],
      expect = { grouping_id = "Orders stopped", state = "firing", title = "Orders stopped", groups = 3,
                 message = "No orders in 10 minutes\n\n- region: eu, us\n- count: 0\n" } },
    { "a search that was not saved has no name",
      payload = [[{"result":{"count":"8"},"sid":"scheduler_admin_search_W2_at_14232356_132","results_link":"http://splunk.example.org:8000/app/search/@go?sid=scheduler_admin_search_W2_at_14232356_132","search_name":null,"owner":"admin","app":"search"}]],
      expect = { grouping_id = "scheduler_admin_search_W2_at_14232356_132", state = "firing", title = "Search of admin", groups = 4 } },
  },
}
