--- Argo CD: a webhook service of its notifications, with the template in `connect`.
--- Wire format: the body in `connect`; fields of the Application and conditions as in the catalog of Argo CD,
--- https://argo-cd.readthedocs.io/en/stable/operator-manual/notifications/catalog/ (read 2026-11).
--- Health is Healthy, Progressing, Degraded, Suspended, Missing or Unknown; the phase of an operation ends as Succeeded, Failed or Error.
return {
  name  = "Argo CD",
  about = "Applications of Argo CD that degrade or fail to sync",
  connect = [[
1. Add this to the ConfigMap `argocd-notifications-cm` (`kubectl edit configmap argocd-notifications-cm -n argocd`), under `data:`:

```
{% raw %}  service.webhook.tocsin: |
    url: URL
    headers:
      - name: Content-Type
        value: application/json
  template.tocsin: |
    webhook:
      tocsin:
        method: POST
        body: |
          {
            "app": "{{.app.metadata.name}}",
            "project": "{{.app.spec.project}}",
            "health": "{{.app.status.health.status}}",
            "sync": "{{.app.status.sync.status}}",
            "phase": "{{.app.status.operationState.phase}}",
            "message": {{.app.status.operationState.message | toJson}},
            "revision": "{{.app.status.sync.revision}}",
            "namespace": "{{.app.spec.destination.namespace}}",
            "link": "{{.context.argocdUrl}}/applications/{{.app.metadata.name}}"
          }
  trigger.tocsin: |
    - when: app.status.health.status == 'Degraded'
      send: [tocsin]
    - when: app.status.operationState.phase in ['Error', 'Failed']
      send: [tocsin]
    - when: app.status.health.status == 'Healthy' and app.status.operationState.phase in ['Succeeded']
      send: [tocsin]
  subscriptions: |
    - recipients: [tocsin]
      triggers: [tocsin]{% endraw %}
```

2. In place of `URL` write `{{ url }}`.
3. `subscriptions` is for all applications; for some of them annotate them instead with `notifications.argoproj.io/subscribe.tocsin.tocsin: ""`.
4. Try it: `argocd admin notifications template notify tocsin APP --recipient tocsin`.
]],

  grouping_id = "{% if payload.app %}{{ payload.project }}/{{ payload.app }}{% endif %}",
  resolve_condition = "{{ payload.health == 'Healthy' and payload.phase not in ('Error', 'Failed') }}",
  source_link = "{{ payload.link or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- elif payload.phase in ("Error", "Failed") %}Sync failed: {{ payload.app }}
{%- else %}Application is {{ (payload.health or "in trouble") | lower }}: {{ payload.app or "Argo CD" }}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ (payload.message or "") | truncate(2000) }}

- Health: {{ payload.health }}
- Sync: {{ payload.sync }}{% if payload.phase %}, {{ payload.phase | lower }}{% endif %}
{%- if payload.revision %}
- Revision: {{ payload.revision[:12] }}
{%- endif %}
{%- if payload.namespace %}
- Namespace: {{ payload.namespace }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{% if payload.phase in ('Error', 'Failed') or payload.health == 'Degraded' %}error{% endif %}",
    app      = "{{ payload.app or '' }}",
    project  = "{{ payload.project or '' }}",
  },

  examples = {
    { "an application degrades",
      payload = [[{
  "app": "shop",
  "project": "web",
  "health": "Degraded",
  "sync": "Synced",
  "phase": "Succeeded",
  "message": "successfully synced (all tasks run)",
  "revision": "6c1b9e7d0a3f4c2e9b8d7a6f5e4d3c2b1a098765",
  "namespace": "shop",
  "link": "https://argocd.example.org/applications/shop"
}]],
      expect = {
        grouping_id = "web/shop",
        state = "firing",
        groups = 1,
        title = "Application is degraded: shop",
        message = [[
successfully synced (all tasks run)

- Health: Degraded
- Sync: Synced, succeeded
- Revision: 6c1b9e7d0a3f
- Namespace: shop]],
        source_link = "https://argocd.example.org/applications/shop",
        labels = { severity = "error", app = "shop", project = "web" },
      } },
    { "and fails to sync: the same application",
      payload = [[{"app":"shop","project":"web","health":"Degraded","sync":"OutOfSync","phase":"Failed","message":"one or more objects failed to apply","revision":"6c1b9e7d","namespace":"shop","link":"https://argocd.example.org/applications/shop"}]],
      expect = { grouping_id = "web/shop", state = "firing", title = "Sync failed: shop", groups = 1, alerts = 2 } },
    { "another application is another problem, also while it is healthy",
      payload = [[{"app":"search","project":"web","health":"Healthy","sync":"OutOfSync","phase":"Error","message":null,"revision":"","namespace":"search","link":""}]],
      expect = { grouping_id = "web/search", state = "firing", title = "Sync failed: search", groups = 2, source_link = false } },
    { "healthy and synced resolves it",
      payload = [[{"app":"shop","project":"web","health":"Healthy","sync":"Synced","phase":"Succeeded","message":"","revision":"7d2c","namespace":"shop","link":"https://argocd.example.org/applications/shop"}]],
      expect = { grouping_id = "web/shop", state = "resolved", title = "Application is healthy: shop", groups = 2, alerts = 3 } },
  },
}
