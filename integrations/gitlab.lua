--- GitLab: webhooks of a project or group, for pipelines and deployments.
--- Wire format: https://docs.gitlab.com/user/project/integrations/webhook_events/ (read 2026-11): object_kind pipeline has
--- object_attributes and builds, deployment has its fields at the top.
return {
  name  = "GitLab",
  about = "Failed pipelines and deployments of GitLab, hosted or your own",
  connect = [[
1. In GitLab open the project's (or group's) **Settings › Webhooks** and choose **Add new webhook**.
2. URL `{{ url }}`. Set a **secret token** there and the same as `signing_secret` here: then only GitLab can send.
3. As triggers tick **Pipeline events**, and **Deployment events** as you like; untick **Push events**.
4. Save, and under **Test** choose **Pipeline events**: GitLab sends the last pipeline.
5. Only the default branch shall call? Add a route here with `{% raw %}{{ payload.object_attributes.ref == payload.project.default_branch }}{% endraw %}` and an escalation chain, and leave the default route without one.
]],

  grouping_id = [[
{%- set project = payload.project if payload.project is mapping else {} -%}
{%- if payload.object_kind == "pipeline" %}{{ project.id }}/{{ (payload.object_attributes or {}).ref }}
{%- elif payload.object_kind == "deployment" %}{{ project.id }}/deployment/{{ payload.environment }}
{%- endif -%}
]],
  resolve_condition = "{{ (payload.object_attributes.status if payload.object_attributes is mapping else payload.status) == 'success' }}",
  source_link = [[
{%- set pipeline = payload.object_attributes if payload.object_attributes is mapping else {} -%}
{%- if pipeline.url %}{{ pipeline.url }}
{%- elif pipeline.id %}{{ (payload.project or {}).web_url }}/-/pipelines/{{ pipeline.id }}
{%- else %}{{ payload.deployable_url or "" }}
{%- endif -%}
]],

  title = [[
{%- set pipeline = payload.object_attributes if payload.object_attributes is mapping else {} -%}
{%- set project = (payload.project if payload.project is mapping else {}).path_with_namespace or "GitLab" -%}
{%- if payload is string %}{{ payload }}
{%- elif payload.object_kind == "deployment" %}Deployment to {{ payload.environment }} {{ "succeeded" if payload.status == "success" else "failed" }}: {{ project }}
{%- elif pipeline %}Pipeline {{ "succeeded" if pipeline.status == "success" else "failed" }}: {{ project }}, {{ pipeline.ref }}
{%- else %}Event of {{ project }}
{%- endif -%}
]],
  message = [[
{%- set pipeline = payload.object_attributes if payload.object_attributes is mapping else {} -%}
{%- set commit = payload.commit if payload.commit is mapping else {} -%}
{%- if payload.object_kind == "deployment" -%}
{{ payload.commit_title or "" }}

- State: {{ payload.status }}
- Ref: {{ payload.ref }} {{ payload.short_sha }}
- By: {{ (payload.user or {}).name }}
{%- elif pipeline -%}
{{ commit["title"] or commit.message or "" }}

- Pipeline: #{{ pipeline.iid or pipeline.id }} by {{ pipeline.source }}
- Commit: {{ (pipeline.sha or "")[:12] }}{% if payload.user is mapping %} by {{ payload.user.name }}{% endif %}
{%- for build in payload.builds or [] if build is mapping and build.status == "failed" and not build.allow_failure %}
- Failed job: {{ build.name }} ({{ build.stage }}){% if build.failure_reason %}, {{ build.failure_reason | replace("_", " ") }}{% endif %}
{%- endfor -%}
{%- endif -%}
]],

  labels = {
    project = "{{ (payload.project if payload.project is mapping else {}).path_with_namespace or '' }}",
    branch  = "{{ (payload.object_attributes if payload.object_attributes is mapping else {}).ref or '' }}",
  },

  -- A pipeline that runs, waits, was cancelled or skipped says nothing about its branch.
  split = function(payload)
    if type(payload.object_kind) ~= "string" then return nil end
    local attributes = payload.object_attributes
    local status = payload.object_kind == "deployment" and payload.status
    if payload.object_kind == "pipeline" and type(attributes) == "table" then status = attributes.status end
    if status == "failed" or status == "success" then return nil end
    return {}
  end,

  verify = { algorithm = "plain", header = "x-gitlab-token", secret = "the secret token of the webhook" },

  examples = {
    { "a pipeline fails",
      headers = { ["content-type"] = "application/json", ["x-gitlab-event"] = "Pipeline Hook" },
      payload = [[{"object_kind":"pipeline","object_attributes":{"id":31,"iid":3,"name":null,"ref":"main","tag":false,"sha":"bcbb5ec396a2c0f828686f14fac9b80b780504f2","before_sha":"bcbb5ec3","source":"push","status":"failed","detailed_status":"failed","stages":["build","deploy"],"created_at":"2026-11-04 02:09:42 UTC","finished_at":"2026-11-04 02:11:42 UTC","duration":63,"variables":[],"url":"https://gitlab.example.org/example/shop/-/pipelines/31"},"merge_request":null,"user":{"id":1,"name":"Mira","username":"mira"},"project":{"id":1,"name":"shop","description":"","web_url":"https://gitlab.example.org/example/shop","namespace":"Example","path_with_namespace":"example/shop","default_branch":"main"},"commit":{"id":"bcbb5ec396a2c0f828686f14fac9b80b780504f2","message":"Faster cart\n","title":"Faster cart","timestamp":"2026-11-04T02:09:40Z","url":"https://gitlab.example.org/example/shop/-/commit/bcbb5ec3"},"builds":[{"id":380,"stage":"deploy","name":"production","status":"failed","failure_reason":"script_failure","when":"on_success","manual":false,"allow_failure":false},{"id":377,"stage":"build","name":"lint","status":"failed","failure_reason":"script_failure","allow_failure":true},{"id":378,"stage":"build","name":"image","status":"success","allow_failure":false}]}]],
      expect = {
        grouping_id = "1/main",
        state = "firing",
        groups = 1,
        title = "Pipeline failed: example/shop, main",
        message = [[
Faster cart

- Pipeline: #3 by push
- Commit: bcbb5ec396a2 by Mira
- Failed job: production (deploy), script failure]],
        source_link = "https://gitlab.example.org/example/shop/-/pipelines/31",
        labels = { project = "example/shop", branch = "main" },
        phone_call = { title = "Pipeline failed: example shop, main" },
      } },
    { "a pipeline that runs is no alert",
      headers = { ["content-type"] = "application/json", ["x-gitlab-event"] = "Pipeline Hook" },
      payload = [[{"object_kind":"pipeline","object_attributes":{"id":32,"ref":"main","status":"running"},"project":{"id":1,"path_with_namespace":"example/shop"}}]],
      expect = { stored = 0, groups = 1 } },
    { "it fails again; older versions give no address of the pipeline",
      headers = { ["content-type"] = "application/json", ["x-gitlab-event"] = "Pipeline Hook" },
      payload = [[{"object_kind":"pipeline","object_attributes":{"id":32,"ref":"main","sha":"a1b2","source":"push","status":"failed"},"user":{"name":"Mira"},"project":{"id":1,"web_url":"https://gitlab.example.org/example/shop","path_with_namespace":"example/shop"},"commit":{"message":"Revert"},"builds":[]}]],
      expect = { grouping_id = "1/main", state = "firing", title = "Pipeline failed: example/shop, main", groups = 1, alerts = 2,
                 source_link = "https://gitlab.example.org/example/shop/-/pipelines/32" } },
    { "a deployment fails",
      headers = { ["content-type"] = "application/json", ["x-gitlab-event"] = "Deployment Hook" },
      payload = [[{"object_kind":"deployment","status":"failed","status_changed_at":"2026-11-04 02:21:42 UTC","deployment_id":15,"deployable_id":796,"deployable_url":"https://gitlab.example.org/example/shop/-/jobs/796","environment":"production","environment_tier":"production","project":{"id":1,"name":"shop","web_url":"https://gitlab.example.org/example/shop","path_with_namespace":"example/shop"},"ref":"main","short_sha":"279484c0","user":{"id":1,"name":"Mira"},"commit_url":"https://gitlab.example.org/example/shop/-/commit/279484c0","commit_title":"Faster cart"}]],
      expect = { grouping_id = "1/deployment/production", state = "firing", title = "Deployment to production failed: example/shop", groups = 2,
                 message = "Faster cart\n\n- State: failed\n- Ref: main 279484c0\n- By: Mira", source_link = "https://gitlab.example.org/example/shop/-/jobs/796" } },
    { "success resolves the branch",
      headers = { ["content-type"] = "application/json", ["x-gitlab-event"] = "Pipeline Hook" },
      payload = [[{"object_kind":"pipeline","object_attributes":{"id":33,"iid":5,"ref":"main","sha":"c3d4","source":"push","status":"success","url":"https://gitlab.example.org/example/shop/-/pipelines/33"},"user":{"name":"Mira"},"project":{"id":1,"web_url":"https://gitlab.example.org/example/shop","path_with_namespace":"example/shop"},"commit":{"title":"Mended"},"builds":[]}]],
      expect = { grouping_id = "1/main", state = "resolved", title = "Pipeline succeeded: example/shop, main", groups = 2, alerts = 3 } },
    { "a push is no alert",
      headers = { ["content-type"] = "application/json", ["x-gitlab-event"] = "Push Hook" },
      payload = [[{"object_kind":"push","ref":"refs/heads/main","project":{"id":1,"path_with_namespace":"example/shop"},"commits":[]}]],
      expect = { stored = 0, groups = 2 } },
  },
}
