--- Fabric Crashlytics: crashes of mobile apps, by the web hook of its settings, and by a Firebase function that sends the same body.
--- Wire format: zulip/zulip zerver/webhooks/crashlytics/fixtures/issue_message.json and verification.json (read 2026-11).
--- Fabric itself closed in 2020; Crashlytics is a part of Firebase, where a function of one's own tells of new issues.
return {
  name  = "Fabric (Crashlytics)",
  about = "Crashes of mobile apps: Firebase Crashlytics, and Fabric before it",
  connect = [[
1. In your Firebase project run `firebase init functions` (language JavaScript), if there are no functions yet.
2. Put this into `functions/index.js` (with `"type": "module"` in its `package.json`):

```
import { onNewFatalIssuePublished, onRegressionAlertPublished } from "firebase-functions/v2/alerts/crashlytics";
const send = (event, level) => {
  const { id, title, subtitle } = event.data.payload.issue;
  return fetch("{{ url }}", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({
    event: "issue_impact_change", payload_type: "issue", payload: { display_id: id, title, method: subtitle, impact_level: level,
      url: `https://console.firebase.google.com/project/${process.env.GCLOUD_PROJECT}/crashlytics/app/${event.appId}/issues/${id}` } }) });
};
export const tocsinNew = onNewFatalIssuePublished((event) => send(event, 3));
export const tocsinAgain = onRegressionAlertPublished((event) => send(event, 4));
```

3. Run `firebase deploy --only functions`.
4. Crashes have no end: whoever fixed one resolves it here, or the integration's *auto resolve* does after some quiet time.
]],

  grouping_id = "{{ (payload.payload if payload.payload is mapping else {}).display_id or '' }}",
  -- The question that Fabric asked when the hook was saved.
  resolve_condition = "{{ payload.event == 'verification' or payload.event == 'issue_resolved' }}",
  source_link = "{{ (payload.payload if payload.payload is mapping else {}).url or '' }}",

  title = [[
{%- set issue = payload.payload if payload.payload is mapping else {} -%}
{%- if payload is string %}{{ payload }}
{%- elif payload.event == "verification" %}Test of the Crashlytics hook
{%- else %}App crashes: {{ issue.title or "an issue of Crashlytics" }}{% if issue.method %}, {{ issue.method }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- set issue = payload.payload if payload.payload is mapping else {} -%}
{%- if issue.crashes_count -%}
- Crashes: {{ issue.crashes_count }}{% if issue.impacted_devices_count %} on {{ issue.impacted_devices_count }} devices{% endif %}
{% endif -%}
{%- if issue.impact_level -%}
- Impact: level {{ issue.impact_level }}
{%- endif -%}
]],

  labels = {
    severity = "{% set level = (payload.payload if payload.payload is mapping else {}).impact_level or 0 %}"
      .. "{{ 'critical' if level | int >= 4 else ('error' if level | int >= 2 else ('warning' if level | int == 1 else '')) }}",
  },

  verify = { algorithm = "plain", header = "authorization", prefix = "Bearer ",
    secret = "any text, which the function sends as the header `Authorization: Bearer …`" },

  examples = {
    { "an issue grows",
      payload = [[{
  "event": "issue_impact_change",
  "payload_type": "issue",
  "payload": {
    "display_id": 123,
    "title": "CartView.swift line 41",
    "method": "CartView.total()",
    "impact_level": 2,
    "crashes_count": 54,
    "impacted_devices_count": 16,
    "url": "https://fabric.example.org/shop/issues/123"
  }
}]],
      expect = { grouping_id = "123", state = "firing", groups = 1, title = "App crashes: CartView.swift line 41, CartView.total()",
        message = "- Crashes: 54 on 16 devices\n- Impact: level 2", source_link = "https://fabric.example.org/shop/issues/123", labels = { severity = "error" } } },
    { "and grows on: the same group",
      payload = [[{"event":"issue_impact_change","payload_type":"issue","payload":{"display_id":123,"title":"CartView.swift line 41","method":"CartView.total()","impact_level":4,"crashes_count":540,"impacted_devices_count":160,"url":"https://fabric.example.org/shop/issues/123"}}]],
      expect = { grouping_id = "123", state = "firing", alerts = 2, groups = 1, title = "App crashes: CartView.swift line 41, CartView.total()" } },
    { "the function's body has no counts",
      payload = [[{"event":"issue_impact_change","payload_type":"issue","payload":{"display_id":"9c4b","title":"java.lang.IllegalStateException","method":"Checkout.pay","impact_level":3,"url":"https://console.firebase.google.com/project/shop/crashlytics/app/1:2:android:3/issues/9c4b"}}]],
      expect = { grouping_id = "9c4b", state = "firing", groups = 2, title = "App crashes: java.lang.IllegalStateException, Checkout.pay" } },
    { "a function of yours may tell that it is fixed",
      payload = [[{"event":"issue_resolved","payload_type":"issue","payload":{"display_id":"9c4b","title":"java.lang.IllegalStateException"}}]],
      expect = { grouping_id = "9c4b", state = "resolved", title = "App crashes: java.lang.IllegalStateException" } },
    { "the test of the hook calls nobody",
      payload = [[{"event":"verification","payload_type":"none"}]],
      expect = { grouping_id = false, state = "resolved", title = "Test of the Crashlytics hook" } },
  },
}
