--- Flux: the notification controller's generic provider.
--- Wire format: fluxcd/pkg apis/event/v1beta1/event.go (read 2026-11): an event about one object, with severity info, error or trace.
--- An info event of an object is the end of its error. With the type generic-hmac the body is signed.
return {
  name  = "Flux",
  about = "Kustomizations, Helm releases and sources of Flux that fail and recover",
  connect = [[
1. Write this into a file of your cluster's repository (or apply it with `kubectl apply -f`):

```
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Provider
metadata:
  name: tocsin
  namespace: flux-system
spec:
  type: generic
  address: {{ url }}
---
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Alert
metadata:
  name: tocsin
  namespace: flux-system
spec:
  providerRef:
    name: tocsin
  eventSeverity: info
  eventSources:
    - kind: Kustomization
      name: '*'
    - kind: HelmRelease
      name: '*'
    - kind: GitRepository
      name: '*'
```

2. Keep `eventSeverity: info`: with `error` alone nothing would ever be resolved. Info events of healthy objects call nobody.
3. `type: generic-hmac` with a secret signs the requests (header `X-Signature`).
4. Try it: suspend nothing, but push a manifest that cannot be applied, and then revert it.
]],

  grouping_id = [[
{%- set object = payload.involvedObject if payload.involvedObject is mapping else {} -%}
{%- if object.name %}{{ object.kind }}/{{ object.namespace }}/{{ object.name }}{% endif -%}
]],
  resolve_condition = "{{ payload.severity in ('info', 'trace') }}",

  title = [[
{%- set object = payload.involvedObject if payload.involvedObject is mapping else {} -%}
{%- if payload is string %}{{ payload }}
{%- elif object.name %}{{ object.kind }} {{ "failed" if payload.severity == "error" else "is fine" }}: {{ object.namespace }}/{{ object.name }}
{%- else %}{{ payload.reason or "Event of Flux" }}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ (payload.message or "") | truncate(2500) }}
{% if payload.reason %}
- Reason: {{ payload.reason }}
{%- endif %}
{%- for name, value in (payload.metadata if payload.metadata is mapping else {}).items() %}
- {{ name.split("/")[-1] }}: {{ value }}
{%- endfor %}
{%- if payload.reportingController %}
- From: {{ payload.reportingController }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity  = "{{ 'error' if payload.severity == 'error' else '' }}",
    namespace = "{{ (payload.involvedObject if payload.involvedObject is mapping else {}).namespace or '' }}",
    cluster   = "{{ (payload.metadata if payload.metadata is mapping else {}).cluster or '' }}",
  },

  verify = { algorithm = "hmac-sha256", header = "x-signature", prefix = "sha256=", secret = "the `token` in the Secret of a provider of the type generic-hmac" },

  examples = {
    { "a kustomization fails",
      payload = [[{"involvedObject":{"kind":"Kustomization","namespace":"flux-system","name":"shop","uid":"7d0cdc51-ddcf-4743-b223-83ca5c699632","apiVersion":"kustomize.toolkit.fluxcd.io/v1","resourceVersion":"412"},"severity":"error","timestamp":"2026-11-04T02:11:42Z","message":"health check failed after 2m: timeout waiting for: [Deployment/shop/cart status: 'InProgress']","reason":"HealthCheckFailed","metadata":{"kustomize.toolkit.fluxcd.io/revision":"main@sha1:6c1b9e7d","cluster":"eu-1"},"reportingController":"kustomize-controller","reportingInstance":"kustomize-controller-7c7b47f5f-8bhrp"}]],
      expect = {
        grouping_id = "Kustomization/flux-system/shop",
        state = "firing",
        groups = 1,
        title = "Kustomization failed: flux-system/shop",
        message = [[
health check failed after 2m: timeout waiting for: [Deployment/shop/cart status: 'InProgress']

- Reason: HealthCheckFailed
- revision: main@sha1:6c1b9e7d
- cluster: eu-1
- From: kustomize-controller]],
        labels = { severity = "error", namespace = "flux-system", cluster = "eu-1" },
        phone_call = { title = "Kustomization failed: flux system shop" },
      } },
    { "and fails again at the next try",
      payload = [[{"involvedObject":{"kind":"Kustomization","namespace":"flux-system","name":"shop"},"severity":"error","timestamp":"2026-11-04T02:21:42Z","message":"health check failed after 2m","reason":"HealthCheckFailed","reportingController":"kustomize-controller"}]],
      expect = { grouping_id = "Kustomization/flux-system/shop", state = "firing", title = "Kustomization failed: flux-system/shop", groups = 1, alerts = 2 } },
    { "a Helm release is another problem",
      payload = [[{"involvedObject":{"kind":"HelmRelease","namespace":"search","name":"elastic"},"severity":"error","timestamp":"2026-11-04T02:22:42Z","message":"Helm upgrade failed: timed out waiting for the condition","reason":"UpgradeFailed","metadata":null,"reportingController":"helm-controller"}]],
      expect = { grouping_id = "HelmRelease/search/elastic", state = "firing", title = "HelmRelease failed: search/elastic", groups = 2 } },
    { "it is applied",
      payload = [[{"involvedObject":{"kind":"Kustomization","namespace":"flux-system","name":"shop"},"severity":"info","timestamp":"2026-11-04T02:31:42Z","message":"Reconciliation finished in 1.2s, next run in 10m0s","reason":"ReconciliationSucceeded","reportingController":"kustomize-controller"}]],
      expect = { grouping_id = "Kustomization/flux-system/shop", state = "resolved", title = "Kustomization is fine: flux-system/shop", groups = 2, alerts = 3 } },
    { "a source that was fine all along calls nobody",
      payload = [[{"involvedObject":{"kind":"GitRepository","namespace":"flux-system","name":"shop"},"severity":"info","timestamp":"2026-11-04T02:32:42Z","message":"stored artifact for commit 'Faster cart'","reason":"NewArtifact","reportingController":"source-controller"}]],
      expect = { grouping_id = "GitRepository/flux-system/shop", state = "resolved", title = "GitRepository is fine: flux-system/shop", groups = 3 } },
  },
}
