--- Manual: alert groups that people of OnCall opened by hand, before there was direct paging. Kept for those who bring such an integration.
--- Wire format: OnCall's (engine/apps/alerts/paging.py of its time): one object `oncall`, with or without a uid.
return {
  name  = "Manual",
  about = "Alert groups opened by hand, as in OnCall before direct paging",
  is_hidden = true,
  connect = [[
Nothing needs to be connected: people who are wanted are called directly (`POST /api/v1/escalation/`).
An integration of this type came from OnCall; what is posted to `{{ url }}` in its form opens alert groups as before.
]],

  grouping_id = "{{ payload.oncall.uid or payload }}",
  source_link = "{{ payload.oncall.permalink or '' }}",
  title = "{{ payload.oncall.title or 'Alert group opened by hand' }}",
  message = [[
{%- if payload.oncall.message %}{{ payload.oncall.message }}

{% endif %}
{%- if payload.oncall.author_username %}By {{ payload.oncall.author_username }}{% endif -%}
]],

  examples = {
    { "somebody opens a group",
      payload = [[{"oncall":{"title":"The lift is stuck","message":"Two people inside","uid":"8d1b","author_username":"ada","permalink":"https://chat.example.org/ops/4"}}]],
      expect = { grouping_id = "8d1b", state = "firing", groups = 1, title = "The lift is stuck", message = "Two people inside\n\nBy ada",
        source_link = "https://chat.example.org/ops/4" } },
    { "without a number the same words are the same group",
      payload = [[{"oncall":{"title":"The lift is stuck","message":null,"permalink":null}}]],
      expect = { grouping_id = "{'oncall': {'title': 'The lift is stuck', 'message': None, 'permalink': None}}", state = "firing", groups = 2, title = "The lift is stuck" } },
  },
}
