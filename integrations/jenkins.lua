--- Jenkins: the Notification plugin.
--- Wire format: https://plugins.jenkins.io/notification/ with the body in a receiver of the file jenkins-alarm.py (read 2026-11):
--- name, url and build, whose phase is QUEUED, STARTED, COMPLETED or FINALIZED. Only the last two have a status.
return {
  name  = "Jenkins",
  about = "Builds of Jenkins that fail and succeed again, by the Notification plugin",
  connect = [=[
1. In **Manage Jenkins › Plugins** install **Notification** (and restart).
2. In a job's **Configure** page add under **Job Notifications** an endpoint: format **JSON**, protocol **HTTP**, event **Job Finalized** (or *Completed*), URL `{{ url }}`, log lines `0`.
3. In a pipeline file instead: `properties([[$class: 'HudsonNotificationProperty', endpoints: [[urlInfo: [urlOrId: '{{ url }}', urlType: 'PUBLIC'], format: 'JSON', protocol: 'HTTP', event: 'finalized']]]])`
4. Add it to the jobs that matter at night, such as deployments and backups. The next build that succeeds resolves.
5. Try it: run a job with `exit 1`, then one without.
]=],

  -- A branch of a multibranch job is called "main": its address says of what.
  grouping_id = "{{ (payload.url or payload.name or '') | string }}",
  resolve_condition = "{{ (payload.build if payload.build is mapping else {}).status == 'SUCCESS' }}",
  source_link = "{{ (payload.build if payload.build is mapping else {}).full_url or '' }}",

  title = [[
{%- set build = payload.build if payload.build is mapping else {} -%}
{%- set name = (payload.url or "") | string | regex_replace("(^|/)job/", "/") | trim("/") -%}
{%- if payload is string %}{{ payload }}
{%- else -%}
{{ {"FAILURE": "Build failed", "UNSTABLE": "Build is unstable", "ABORTED": "Build was aborted", "SUCCESS": "Build succeeded"}.get(build.status, "Build") }}
{%- if name or payload.display_name or payload.name %}: {{ name or payload.display_name or payload.name }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- set build = payload.build if payload.build is mapping else {} -%}
{%- set scm = build.scm if build.scm is mapping else {} -%}
{%- if payload is mapping -%}
Build #{{ build.number }} of {{ payload.display_name or payload.name }}: **{{ build.status or build.phase }}**
{% if scm.branch %}
- Branch: {{ scm.branch }}
{%- endif %}
{%- if scm.commit %}
- Commit: {{ scm.commit[:12] }}
{%- endif %}
{%- if scm.culprits %}
- Changed by: {{ scm.culprits | join(", ") }}
{%- endif %}
{%- for name, value in (build.parameters if build.parameters is mapping else {}).items() %}
- {{ name }}: {{ value }}
{%- endfor %}
{%- if build.log %}

```
{{ build.log[-1500:] }}
```
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'FAILURE': 'error', 'UNSTABLE': 'warning', 'ABORTED': 'warning'}.get((payload.build if payload.build is mapping else {}).status, '') }}",
    job      = "{{ payload.name or '' }}",
  },

  -- A build that is queued, runs or was not built has no result.
  split = function(payload)
    local build = payload.build
    if type(build) ~= "table" then return nil end
    if build.phase == "QUEUED" or build.phase == "STARTED" or build.status == "NOT_BUILT" then return {} end
    return nil
  end,

  examples = {
    { "a build fails",
      payload = [[{"name":"main","display_name":"main","url":"job/shop-deploy/job/main/","build":{"full_url":"https://jenkins.example.org/job/shop-deploy/job/main/142/","number":142,"queue_id":901,"timestamp":1793757102317,"duration":41020,"phase":"FINALIZED","status":"FAILURE","url":"job/shop-deploy/job/main/142/","scm":{"url":"https://git.example.org/shop.git","branch":"origin/main","commit":"c6d86dc654b12425e706bcf951adfe5a8627a517","changes":[],"culprits":["mira"]},"parameters":{"TARGET":"prod"},"log":"","notes":"","artifacts":{}}}]],
      expect = {
        grouping_id = "job/shop-deploy/job/main/",
        state = "firing",
        groups = 1,
        title = "Build failed: shop-deploy/main",
        message = [[
Build #142 of main: **FAILURE**

- Branch: origin/main
- Commit: c6d86dc654b1
- Changed by: mira
- TARGET: prod]],
        source_link = "https://jenkins.example.org/job/shop-deploy/job/main/142/",
        labels = { severity = "error", job = "main" },
        phone_call = { title = "Build failed: shop deploy main" },
      } },
    { "the next one starts: no alert",
      payload = [[{"name":"main","display_name":"main","url":"job/shop-deploy/job/main/","build":{"full_url":"https://jenkins.example.org/job/shop-deploy/job/main/143/","number":143,"phase":"STARTED","url":"job/shop-deploy/job/main/143/"}}]],
      expect = { stored = 0, groups = 1 } },
    { "and fails too",
      payload = [[{"name":"main","display_name":"main","url":"job/shop-deploy/job/main/","build":{"full_url":"https://jenkins.example.org/job/shop-deploy/job/main/143/","number":143,"phase":"COMPLETED","status":"FAILURE","url":"job/shop-deploy/job/main/143/"}}]],
      expect = { grouping_id = "job/shop-deploy/job/main/", state = "firing", title = "Build failed: shop-deploy/main", groups = 1, alerts = 2 } },
    { "another job with a branch of the same name is another problem",
      payload = [[{"name":"main","display_name":"main","url":"job/search/job/main/","build":{"full_url":"https://jenkins.example.org/job/search/job/main/7/","number":7,"phase":"COMPLETED","status":"UNSTABLE","url":"job/search/job/main/7/"}}]],
      expect = { grouping_id = "job/search/job/main/", state = "firing", title = "Build is unstable: search/main", groups = 2, labels = { severity = "warning" } } },
    { "success resolves it",
      payload = [[{"name":"main","display_name":"main","url":"job/shop-deploy/job/main/","build":{"full_url":"https://jenkins.example.org/job/shop-deploy/job/main/144/","number":144,"phase":"FINALIZED","status":"SUCCESS","url":"job/shop-deploy/job/main/144/"}}]],
      expect = { grouping_id = "job/shop-deploy/job/main/", state = "resolved", title = "Build succeeded: shop-deploy/main", groups = 2, alerts = 3 } },
  },
}
