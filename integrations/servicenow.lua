--- ServiceNow: a business rule on a table (incidents, problems, cases) that posts the body in `connect`.
--- Wire format: the body in `connect`; GlideRecord and RESTMessageV2 as in https://www.servicenow.com/docs/csh?topicname=business-rules.html,
--- state numbers of an incident as in https://docs.2501.ai/0.4/configure/webhooks and its likes (read 2026-11): 1 New, 2 In Progress,
--- 3 On Hold, 6 Resolved, 7 Closed, 8 Canceled. Other tables have other numbers, so the word is sent as well.
return {
  name  = "ServiceNow",
  about = "Incidents and other tickets of ServiceNow, by a business rule",
  connect = [[
1. In ServiceNow open **System Definition › Business Rules** and choose **New**: name `Tocsin`, table **Incident**, tick **Advanced**.
2. Under **When to run**: when **async**, tick **Insert**, **Update** and **Delete**, and add the filter of what shall call, for example *Priority is 1 - Critical*.
3. Under **Advanced** paste this as **Script**:

```
(function executeRule(current, previous) {
  var body = {
    number: current.getValue('number'), sys_id: current.getUniqueValue(), table: current.getTableName(),
    operation: String(current.operation()), state: current.getValue('state'), state_name: current.getDisplayValue('state'),
    priority: current.getValue('priority'), impact: current.getValue('impact'), urgency: current.getValue('urgency'),
    short_description: current.getValue('short_description'), description: current.getValue('description'),
    assignment_group: current.getDisplayValue('assignment_group'), assigned_to: current.getDisplayValue('assigned_to'),
    ci: current.getDisplayValue('cmdb_ci'), close_notes: current.getValue('close_notes'),
    url: gs.getProperty('glide.servlet.uri') + current.getLink(true)
  };
  var request = new sn_ws.RESTMessageV2();
  request.setEndpoint('{{ url }}');
  request.setHttpMethod('POST');
  request.setRequestHeader('Content-Type', 'application/json');
  request.setRequestBody(JSON.stringify(body));
  var answer = request.execute();
  if (answer.getStatusCode() != 200) gs.error('Tocsin answered ' + answer.getStatusCode() + ': ' + answer.getBody());
})(current, previous);
```

4. Save, and try it with an incident of your own: open it, set it to *In Progress*, then to *Resolved*. The filter must still match then, or the end is not sent.
]],

  grouping_id = "{{ payload.sys_id or payload.number or '' }}",
  resolve_condition = [[
{%- set name = (payload.state_name or "") | lower -%}
{{ payload.operation == "delete" or name in ("resolved", "closed", "canceled", "cancelled", "closed complete", "closed incomplete", "closed skipped")
   or (not name and payload.state | string in ("6", "7", "8")) }}]],
  acknowledge_condition = [[
{%- set name = (payload.state_name or "") | lower -%}
{{ name in ("in progress", "work in progress") or (not name and payload.state | string == "2") }}]],
  source_link = "{{ payload.url or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else %}{{ payload.number or "Ticket of ServiceNow" }}{% if payload.short_description %}: {{ payload.short_description }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ (payload.close_notes if payload.state | string in ("6", "7") and payload.close_notes else payload.description) or "" }}
{% if payload.state_name or payload.state %}
- State: {{ payload.state_name or payload.state }}
{%- endif %}
{%- if payload.priority %}
- Priority: {{ payload.priority }}{% if payload.impact and payload.urgency %} (impact {{ payload.impact }}, urgency {{ payload.urgency }}){% endif %}
{%- endif %}
{%- if payload.ci %}
- Affected: {{ payload.ci }}
{%- endif %}
{%- if payload.assignment_group or payload.assigned_to %}
- Assigned to: {{ [payload.assignment_group, payload.assigned_to] | select | join(", ") }}
{%- endif -%}
{%- endif -%}
]],

  -- A number of ten digits is nothing to hear first.
  phone_call = { title = "{{ payload.short_description or (payload if payload is string else 'Ticket of ServiceNow') }}{% if payload.number %}. {{ payload.number }}{% endif %}" },

  labels = {
    severity = "{{ {'1': 'critical', '2': 'error', '3': 'warning', '4': 'info', '5': 'info'}.get((payload.priority or '') | string, '') }}",
    assignment_group = "{{ payload.assignment_group or '' }}",
  },

  verify = { algorithm = "plain", header = "x-tocsin-secret",
    secret = "any text, which the script sends by `request.setRequestHeader('X-Tocsin-Secret', '…')`" },

  examples = {
    { "an incident is opened",
      payload = [[{"number":"INC0010023","sys_id":"a9e30c7dc61122760116894de7bcc7bd","table":"incident","operation":"insert","state":"1","state_name":"New","priority":"1","impact":"1","urgency":"1","short_description":"Checkout answers 502","description":"Customers cannot pay since 02:10.","assignment_group":"Shop platform","assigned_to":"","ci":"shop-prod","close_notes":null,"url":"https://example.service-now.com/incident.do?sys_id=a9e30c7dc61122760116894de7bcc7bd"}]],
      expect = { grouping_id = "a9e30c7dc61122760116894de7bcc7bd", state = "firing", groups = 1,
        title = "INC0010023: Checkout answers 502",
        message = "Customers cannot pay since 02:10.\n\n- State: New\n- Priority: 1 (impact 1, urgency 1)\n- Affected: shop-prod\n- Assigned to: Shop platform",
        source_link = "https://example.service-now.com/incident.do?sys_id=a9e30c7dc61122760116894de7bcc7bd",
        labels = { severity = "critical", assignment_group = "Shop platform" } } },
    { "a change of it joins the group",
      payload = [[{"number":"INC0010023","sys_id":"a9e30c7dc61122760116894de7bcc7bd","table":"incident","operation":"update","state":"1","state_name":"New","priority":"2","short_description":"Checkout answers 502","description":"Some customers cannot pay."}]],
      expect = { grouping_id = "a9e30c7dc61122760116894de7bcc7bd", state = "firing", alerts = 2, groups = 1, title = "INC0010023: Checkout answers 502" } },
    { "somebody works on it",
      payload = [[{"number":"INC0010023","sys_id":"a9e30c7dc61122760116894de7bcc7bd","table":"incident","operation":"update","state":"2","state_name":"In Progress","priority":"1","short_description":"Checkout answers 502","description":"Customers cannot pay since 02:10.","assigned_to":"Beth Anglin"}]],
      expect = { grouping_id = "a9e30c7dc61122760116894de7bcc7bd", state = "acknowledged", title = "INC0010023: Checkout answers 502" } },
    { "it is resolved",
      payload = [[{"number":"INC0010023","sys_id":"a9e30c7dc61122760116894de7bcc7bd","table":"incident","operation":"update","state":"6","state_name":"Resolved","priority":"1","short_description":"Checkout answers 502","description":"Customers cannot pay since 02:10.","close_notes":"Rolled back to release 41."}]],
      expect = { grouping_id = "a9e30c7dc61122760116894de7bcc7bd", state = "resolved", title = "INC0010023: Checkout answers 502",
        message = "Rolled back to release 41.\n\n- State: Resolved\n- Priority: 1" } },
    { "another ticket is another problem, by its numbers alone",
      payload = [[{"number":"PRB0040007","sys_id":"b1","table":"problem","operation":"update","state":"2","priority":4,"short_description":"Slow backups"}]],
      expect = { grouping_id = "b1", state = "acknowledged", groups = 2, title = "PRB0040007: Slow backups", labels = { severity = "info" } } },
    { "a task of another table that is closed incomplete is over",
      payload = [[{"number":"TASK0020104","sys_id":"c3","table":"task","operation":"update","state":"4","state_name":"Closed Incomplete","short_description":"Renew the certificate"}]],
      expect = { grouping_id = "c3", state = "resolved", title = "TASK0020104: Renew the certificate" } },
    { "a deleted ticket is over",
      payload = [[{"number":"PRB0040007","sys_id":"b1","table":"problem","operation":"delete","state":"2","state_name":"In Progress","short_description":"Slow backups"}]],
      expect = { grouping_id = "b1", state = "resolved", title = "PRB0040007: Slow backups" } },
  },
}
