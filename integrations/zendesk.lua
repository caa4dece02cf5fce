--- Zendesk: a trigger that notifies a webhook, with the body in `connect`.
--- Wire format: the body in `connect`, which is OnCall's; values as in
--- PagerTree/pager_tree-integrations test/models/pager_tree/integrations/zendesk/v3_test.rb (read 2026-11).
--- New and Open fire, Pending and On-hold acknowledge, Solved and Closed resolve.
return {
  name  = "Zendesk",
  about = "Tickets of Zendesk, by a trigger and a webhook",
  connect = [[
1. In Zendesk's Admin Center open **Apps and integrations › Webhooks**, create one for **Trigger or automation**: name `Tocsin`, URL `{{ url }}`, method **POST**, format **JSON**, no authentication. Its page has a **signing secret**: set it as `signing_secret` here, and only Zendesk can send.
2. Open **Objects and rules › Triggers** and add one whose conditions match the tickets that shall call (for example priority *Urgent*, and ticket *is created or updated*).
3. As its action choose **Notify active webhook**, `Tocsin`, with this body (and your own subdomain in `url`):

```
{% raw %}{
  "ticket": {
    "id": "{{ticket.id}}",
    "url": "https://example.zendesk.com/agent/tickets/{{ticket.id}}",
    "status": "{{ticket.status}}",
    "priority": "{{ticket.priority}}",
    "title": "{{ticket.title}}",
    "description": "{{ticket.description}}",
    "requester": "{{ticket.requester.name}}",
    "assignee": "{{ticket.assignee.name}}"
  }
}{% endraw %}
```

4. Try it with a ticket of your own: create it, set it to *Pending*, then to *Solved*.
]],

  grouping_id = "{{ (payload.ticket if payload.ticket is mapping else payload).id or '' }}",
  resolve_condition = "{{ ((payload.ticket if payload.ticket is mapping else payload).status or '') | lower in ('solved', 'closed') or payload.event_type == 'resolve' }}",
  acknowledge_condition = "{{ ((payload.ticket if payload.ticket is mapping else payload).status or '') | lower in ('pending', 'on-hold', 'hold') }}",
  source_link = "{{ (payload.ticket if payload.ticket is mapping else {}).url or '' }}",

  title = [[
{%- set ticket = payload.ticket if payload.ticket is mapping else payload -%}
{%- if payload is string %}{{ payload }}
{%- else %}Ticket {{ ticket.id }}: {{ (ticket["title"] or "without a subject") | truncate(120) }}
{%- endif -%}
]],
  message = [[
{%- set ticket = payload.ticket if payload.ticket is mapping else payload -%}
{%- if payload is mapping -%}
{{ (ticket.description or "") | replace("----------------------------------------------", "") | trim | truncate(2000) }}
{% if ticket.status %}
- Status: {{ ticket.status }}
{%- endif %}
{%- if ticket.priority %}
- Priority: {{ ticket.priority }}
{%- endif %}
{%- if ticket.requester %}
- From: {{ ticket.requester }}
{%- endif %}
{%- if ticket.assignee %}
- Assignee: {{ ticket.assignee }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'urgent': 'critical', 'high': 'error', 'normal': 'warning', 'low': 'info'}.get(((payload.ticket if payload.ticket is mapping else payload).priority or '') | lower, '')"
      .. " if payload is mapping else '' }}",
  },

  verify = { algorithm = "hmac-sha256", header = "x-zendesk-webhook-signature", encoding = "base64", signed = "{timestamp}{body}",
    timestamp_header = "x-zendesk-webhook-signature-timestamp", secret = "the signing secret on the webhook's page" },

  examples = {
    { "a ticket is created",
      payload = [[{
  "ticket": {
    "id": "5302",
    "url": "https://example.zendesk.com/agent/tickets/5302",
    "status": "New",
    "priority": "Urgent",
    "title": "Cannot pay",
    "description": "----------------------------------------------\n\nJoe, Nov 4, 2026, 2:11 AM\n\nThe checkout shows an error.",
    "requester": "Joe",
    "assignee": ""
  }
}]],
      expect = {
        grouping_id = "5302",
        state = "firing",
        groups = 1,
        title = "Ticket 5302: Cannot pay",
        message = [[
Joe, Nov 4, 2026, 2:11 AM

The checkout shows an error.

- Status: New
- Priority: Urgent
- From: Joe]],
        source_link = "https://example.zendesk.com/agent/tickets/5302",
        labels = { severity = "critical" },
      } },
    { "pending acknowledges it",
      payload = [[{"ticket":{"id":"5302","url":"https://example.zendesk.com/agent/tickets/5302","status":"Pending","priority":"Urgent","title":"Cannot pay","description":"","requester":"Joe","assignee":"Mira"}}]],
      expect = { grouping_id = "5302", state = "acknowledged", title = "Ticket 5302: Cannot pay", groups = 1, alerts = 2 } },
    { "another ticket is another problem, also with the fields at the top",
      payload = [[{"event_type":"create","id":"5303","title":"No invoice","description":"","ticket_type":"Incident","priority":"Normal","status":"Open"}]],
      expect = { grouping_id = "5303", state = "firing", title = "Ticket 5303: No invoice", groups = 2, labels = { severity = "warning" }, source_link = false } },
    { "solved resolves it",
      payload = [[{"ticket":{"id":"5302","url":"https://example.zendesk.com/agent/tickets/5302","status":"Solved","priority":"Urgent","title":"Cannot pay","description":"","requester":"Joe","assignee":"Mira"}}]],
      expect = { grouping_id = "5302", state = "resolved", title = "Ticket 5302: Cannot pay", groups = 2, alerts = 3 } },
  },
}
