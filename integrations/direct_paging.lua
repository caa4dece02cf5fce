--- Direct paging: people who are called by a person. The house makes its integrations and their alerts (lua/api/direct_paging.lua).
--- Wire format: OnCall's (engine/apps/alerts/paging.py): one object `oncall`; its uid is new for every page.
return {
  name  = "Direct paging",
  about = "People or teams who are called by a person",
  is_hidden = true,
  connect = [[
Nothing needs to be connected: whoever calls a team or people directly (`POST /api/v1/escalation/`) opens an alert group here.
Its routes say what happens when a team is called: give them an escalation chain.

The address of the integration is `{{ url }}`.
]],

  grouping_id = "{{ payload.oncall.uid }}",
  source_link = "{{ payload.oncall.permalink or '' }}",
  title = "{{ payload.oncall.title or 'Somebody is needed' }}",
  message = [[
{%- if payload.oncall.message %}{{ payload.oncall.message }}

{% endif %}
{%- if payload.oncall.author_username %}By {{ payload.oncall.author_username }}{% endif -%}
]],

  examples = {
    { "a person is called",
      payload = [[{"oncall":{"title":"ada is paging bob to join escalation","message":"The shop is slow, can you look at the *database*?","uid":"5d2c3b43-7f6a-4a8e-9d4e-3f1f6f0a9b11","author_username":"ada","permalink":"https://chat.example.org/shop/17","important":false}}]],
      expect = {
        grouping_id = "5d2c3b43-7f6a-4a8e-9d4e-3f1f6f0a9b11",
        state = "firing",
        groups = 1,
        title = "ada is paging bob to join escalation",
        message = "The shop is slow, can you look at the *database*?\n\nBy ada",
        source_link = "https://chat.example.org/shop/17",
      } },
    { "the same words again are another call",
      payload = [[{"oncall":{"title":"ada is paging bob to join escalation","message":null,"uid":"0b4d5a52-9c50-4f43-8f0e-1b1a8e6c2f22","author_username":"ada","permalink":null,"important":true}}]],
      expect = { title = "ada is paging bob to join escalation", grouping_id = "0b4d5a52-9c50-4f43-8f0e-1b1a8e6c2f22", state = "firing", groups = 2, message = "By ada" } },
  },
}
