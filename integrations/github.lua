--- GitHub: webhooks of a repository or organisation, for workflow runs, deployments, Dependabot and leaked secrets.
--- Wire format: https://docs.github.com/en/webhooks/webhook-events-and-payloads (read 2026-11). What is not one of these kinds is no alert.
--- A run that was cancelled, skipped or is neutral says nothing about the branch.
return {
  name  = "GitHub",
  about = "Failed workflow runs and deployments, Dependabot alerts and leaked secrets of GitHub",
  connect = [[
1. In GitHub open the repository's (or organisation's) **Settings › Webhooks** and choose **Add webhook**.
2. Payload URL `{{ url }}`, content type **application/json**. Set a **secret** there and the same as `signing_secret` here: then only GitHub can send.
3. Choose **Let me select individual events**: **Workflow runs**, and as you like **Deployment statuses**, **Dependabot alerts** and **Secret scanning alerts**. Untick **Pushes**.
4. Save. GitHub sends a ping, which is answered and not shown.
5. Only the default branch shall call? Add a route here with `{% raw %}{{ payload.workflow_run.head_branch == payload.repository.default_branch }}{% endraw %}` and an escalation chain, and leave the default route without one.
]],

  grouping_id = [[
{%- set run = payload.workflow_run if payload.workflow_run is mapping else {} -%}
{%- set alert = payload.alert if payload.alert is mapping else {} -%}
{%- set repository = (payload.repository if payload.repository is mapping else {}).full_name -%}
{%- if run %}{{ repository }}/{{ run.workflow_id }}/{{ run.head_branch }}
{%- elif payload.deployment_status %}{{ repository }}/deployment/{{ payload.deployment_status.environment }}
{%- elif alert %}{{ repository }}/{{ "secret" if alert.secret_type else "dependabot" }}/{{ alert.number }}
{%- endif -%}
]],
  resolve_condition = [[
{%- if payload.workflow_run is mapping %}{{ payload.workflow_run.conclusion == "success" }}
{%- elif payload.deployment_status is mapping %}{{ payload.deployment_status.state == "success" }}
{%- elif payload.alert is mapping %}{{ payload.action in ("fixed", "dismissed", "auto_dismissed", "resolved") }}
{%- endif -%}
]],
  source_link = [[
{%- if payload.workflow_run is mapping %}{{ payload.workflow_run.html_url }}
{%- elif payload.deployment_status is mapping %}{{ payload.deployment_status.log_url or payload.deployment_status.target_url }}
{%- elif payload.alert is mapping %}{{ payload.alert.html_url }}
{%- endif -%}
]],

  title = [[
{%- set run = payload.workflow_run if payload.workflow_run is mapping else {} -%}
{%- set alert = payload.alert if payload.alert is mapping else {} -%}
{%- set repository = (payload.repository if payload.repository is mapping else {}).full_name or "GitHub" -%}
{%- if payload is string %}{{ payload }}
{%- elif run %}Workflow {{ run.name }} {{ {"success": "succeeded", "timed_out": "timed out"}.get(run.conclusion, "failed") }}: {{ repository }}, {{ run.head_branch }}
{%- elif payload.deployment_status is mapping %}Deployment to {{ payload.deployment_status.environment }} {{ "succeeded" if payload.deployment_status.state == "success" else "failed" }}: {{ repository }}
{%- elif alert.secret_type %}Secret in the repository ({{ alert.secret_type_display_name or alert.secret_type }}): {{ repository }}
{%- elif alert %}Vulnerable dependency {{ ((alert.dependency or {}).package or {}).name }}: {{ repository }}
{%- else %}Event of {{ repository }}
{%- endif -%}
]],
  message = [[
{%- set run = payload.workflow_run if payload.workflow_run is mapping else {} -%}
{%- set alert = payload.alert if payload.alert is mapping else {} -%}
{%- set status = payload.deployment_status if payload.deployment_status is mapping else {} -%}
{%- if run -%}
{{ run.display_title or (run.head_commit or {}).message or "" }}

- Conclusion: {{ run.conclusion | replace("_", " ") }}{% if run.run_attempt and run.run_attempt > 1 %} (attempt {{ run.run_attempt }}){% endif %}
- Branch: {{ run.head_branch }}
{%- if run.head_sha %}
- Commit: {{ run.head_sha[:12] }}{% if run.actor %} by {{ run.actor.login }}{% endif %}
{%- endif %}
- Run: #{{ run.run_number }}, started by {{ run.event }}
{%- elif status -%}
{{ status.description or "" }}

- State: {{ status.state }}
- Ref: {{ (payload.deployment or {}).ref }}
- By: {{ (status.creator or {}).login }}
{%- elif alert -%}
{{ (alert.security_advisory or {}).summary or "A secret was pushed. Revoke it first, then remove it." }}
{% if alert.security_vulnerability %}
- Severity: {{ alert.security_vulnerability.severity }}
- Affected: {{ alert.security_vulnerability.vulnerable_version_range }}
- Fixed in: {{ (alert.security_vulnerability.first_patched_version or {}).identifier or "no version yet" }}
- File: {{ (alert.dependency or {}).manifest_path }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{% if payload.alert is mapping %}{{ {'critical': 'critical', 'high': 'error', 'medium': 'warning', 'low': 'info'}"
      .. ".get((payload.alert.security_vulnerability or {}).severity, 'critical' if payload.alert.secret_type else '') }}"
      .. "{% elif payload.workflow_run or payload.deployment_status %}error{% endif %}",
    repository = "{{ (payload.repository if payload.repository is mapping else {}).full_name or '' }}",
    branch     = "{{ (payload.workflow_run if payload.workflow_run is mapping else {}).head_branch or '' }}",
  },

  split = function(payload)
    if type(payload.repository) ~= "table" and not payload.zen then return nil end
    local run, status, alert = payload.workflow_run, payload.deployment_status, payload.alert
    if type(run) == "table" then
      local conclusion = payload.action == "completed" and run.conclusion
      if conclusion == "failure" or conclusion == "timed_out" or conclusion == "startup_failure" or conclusion == "success" then return nil end
    elseif type(status) == "table" then
      if status.state == "failure" or status.state == "error" or status.state == "success" then return nil end
    elseif type(alert) == "table" and (alert.secret_type or alert.dependency) then
      if payload.action ~= "assigned" then return nil end
    end
    return {}
  end,

  verify = { algorithm = "hmac-sha256", header = "x-hub-signature-256", prefix = "sha256=", secret = "the webhook's secret" },

  examples = {
    { "a workflow fails on main",
      headers = { ["content-type"] = "application/json", ["x-github-event"] = "workflow_run" },
      payload = [[{"action":"completed","workflow_run":{"id":289782451,"name":"Deploy","node_id":"MDEx","head_branch":"main","head_sha":"c6d86dc654b12425e706bcf951adfe5a8627a517","path":".github/workflows/deploy.yml","display_title":"Faster cart","run_number":142,"event":"push","status":"completed","conclusion":"failure","workflow_id":6293012,"html_url":"https://github.com/example/shop/actions/runs/289782451","pull_requests":[],"created_at":"2026-11-04T02:09:42Z","updated_at":"2026-11-04T02:11:42Z","actor":{"login":"mira","id":1},"run_attempt":2,"run_started_at":"2026-11-04T02:09:42Z","head_commit":{"id":"c6d86dc6","message":"Faster cart"},"repository":{"full_name":"example/shop"}},"workflow":{"id":6293012,"name":"Deploy","path":".github/workflows/deploy.yml","state":"active"},"repository":{"id":17273051,"name":"shop","full_name":"example/shop","private":true,"default_branch":"main","html_url":"https://github.com/example/shop"},"sender":{"login":"mira","id":1}}]],
      expect = {
        grouping_id = "example/shop/6293012/main",
        state = "firing",
        groups = 1,
        title = "Workflow Deploy failed: example/shop, main",
        message = [[
Faster cart

- Conclusion: failure (attempt 2)
- Branch: main
- Commit: c6d86dc654b1 by mira
- Run: #142, started by push]],
        source_link = "https://github.com/example/shop/actions/runs/289782451",
        labels = { severity = "error", repository = "example/shop", branch = "main" },
        phone_call = { title = "Workflow Deploy failed: example shop, main" },
      } },
    { "the next push fails too, sent as a form",
      headers = { ["content-type"] = "application/x-www-form-urlencoded", ["x-github-event"] = "workflow_run" },
      payload = [[payload=%7B%22action%22%3A%22completed%22%2C%22workflow_run%22%3A%7B%22id%22%3A289782452%2C%22name%22%3A%22Deploy%22%2C%22head_branch%22%3A%22main%22%2C%22run_number%22%3A143%2C%22event%22%3A%22push%22%2C%22conclusion%22%3A%22timed_out%22%2C%22workflow_id%22%3A6293012%2C%22html_url%22%3A%22https%3A%2F%2Fgithub.com%2Fexample%2Fshop%2Factions%2Fruns%2F289782452%22%7D%2C%22repository%22%3A%7B%22full_name%22%3A%22example%2Fshop%22%7D%7D]],
      expect = { grouping_id = "example/shop/6293012/main", state = "firing", title = "Workflow Deploy timed out: example/shop, main", groups = 1, alerts = 2 } },
    { "a run that was cancelled is no alert",
      headers = { ["content-type"] = "application/json", ["x-github-event"] = "workflow_run" },
      payload = [[{"action":"completed","workflow_run":{"name":"Deploy","head_branch":"main","conclusion":"cancelled","workflow_id":6293012},"repository":{"full_name":"example/shop"}}]],
      expect = { stored = 0, groups = 1 } },
    { "nor is one that starts",
      headers = { ["content-type"] = "application/json", ["x-github-event"] = "workflow_run" },
      payload = [[{"action":"requested","workflow_run":{"name":"Deploy","head_branch":"main","conclusion":null,"workflow_id":6293012},"repository":{"full_name":"example/shop"}}]],
      expect = { stored = 0, groups = 1 } },
    { "another branch is another problem",
      headers = { ["content-type"] = "application/json", ["x-github-event"] = "workflow_run" },
      payload = [[{"action":"completed","workflow_run":{"name":"Deploy","head_branch":"release-4","conclusion":"startup_failure","workflow_id":6293012,"run_number":9,"event":"push","html_url":"https://github.com/example/shop/actions/runs/3"},"repository":{"full_name":"example/shop"}}]],
      expect = { grouping_id = "example/shop/6293012/release-4", state = "firing", title = "Workflow Deploy failed: example/shop, release-4", groups = 2 } },
    { "a run that succeeds resolves its branch",
      headers = { ["content-type"] = "application/json", ["x-github-event"] = "workflow_run" },
      payload = [[{"action":"completed","workflow_run":{"name":"Deploy","head_branch":"main","head_sha":"a1","conclusion":"success","workflow_id":6293012,"run_number":144,"event":"push","html_url":"https://github.com/example/shop/actions/runs/4"},"repository":{"full_name":"example/shop"}}]],
      expect = { grouping_id = "example/shop/6293012/main", state = "resolved", title = "Workflow Deploy succeeded: example/shop, main", groups = 2, alerts = 3 } },
    { "a deployment fails",
      headers = { ["content-type"] = "application/json", ["x-github-event"] = "deployment_status" },
      payload = [[{"action":"created","deployment_status":{"id":1,"state":"failure","creator":{"login":"mira"},"description":"Health check failed","environment":"production","target_url":"https://ci.example.org/1","log_url":"https://ci.example.org/1/log"},"deployment":{"id":2,"ref":"main","sha":"a1"},"repository":{"full_name":"example/shop"}}]],
      expect = { grouping_id = "example/shop/deployment/production", state = "firing", title = "Deployment to production failed: example/shop", groups = 3,
                 message = "Health check failed\n\n- State: failure\n- Ref: main\n- By: mira", source_link = "https://ci.example.org/1/log" } },
    { "a dependency is vulnerable",
      headers = { ["content-type"] = "application/json", ["x-github-event"] = "dependabot_alert" },
      payload = [[{"action":"created","alert":{"number":7,"state":"open","dependency":{"package":{"ecosystem":"npm","name":"left-pad"},"manifest_path":"package-lock.json","scope":"runtime"},"security_advisory":{"ghsa_id":"GHSA-1","summary":"Remote code execution in left-pad","severity":"critical"},"security_vulnerability":{"severity":"critical","vulnerable_version_range":"< 1.3.1","first_patched_version":{"identifier":"1.3.1"}},"html_url":"https://github.com/example/shop/security/dependabot/7"},"repository":{"full_name":"example/shop"}}]],
      expect = {
        grouping_id = "example/shop/dependabot/7", state = "firing", title = "Vulnerable dependency left-pad: example/shop", groups = 4,
        labels = { severity = "critical" },
        message = "Remote code execution in left-pad\n\n- Severity: critical\n- Affected: < 1.3.1\n- Fixed in: 1.3.1\n- File: package-lock.json",
      } },
    { "and is fixed",
      headers = { ["content-type"] = "application/json", ["x-github-event"] = "dependabot_alert" },
      payload = [[{"action":"fixed","alert":{"number":7,"state":"fixed","dependency":{"package":{"ecosystem":"npm","name":"left-pad"},"manifest_path":"package-lock.json"},"security_advisory":{"summary":"Remote code execution in left-pad"},"security_vulnerability":{"severity":"critical","vulnerable_version_range":"< 1.3.1","first_patched_version":null},"html_url":"https://github.com/example/shop/security/dependabot/7"},"repository":{"full_name":"example/shop"}}]],
      expect = { grouping_id = "example/shop/dependabot/7", state = "resolved", title = "Vulnerable dependency left-pad: example/shop", groups = 4, alerts = 2 } },
    { "the ping of a new webhook is no alert",
      headers = { ["content-type"] = "application/json", ["x-github-event"] = "ping" },
      payload = [[{"zen":"Keep it logically awesome.","hook_id":109948940,"hook":{"type":"Repository","id":109948940,"active":true,"events":["workflow_run"]},"repository":{"full_name":"example/shop"}}]],
      expect = { stored = 0, groups = 4 } },
  },
}
