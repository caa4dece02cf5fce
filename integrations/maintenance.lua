--- Maintenance: the groups that collect what opens while a maintenance window runs. The house makes its integration and its
--- alerts (lua/api/maintenance.lua).
--- Wire format: the payload of OnCall's maintenance group: title and message.
return {
  name  = "Maintenance",
  about = "Alert groups that collect what opens during maintenance",
  is_hidden = true,
  connect = [[
Nothing is sent here: a maintenance window opens an alert group of this integration when it starts. The address of the
integration is `{{ url }}`.
]],

  grouping_id = "{{ payload.title }}",
  title = "{{ payload.title }}",
  message = "{{ payload.message }}",

  examples = {
    { "a window starts",
      payload = [[{"title":"Maintenance of Zabbix for 2 hours","message":"Started by ada. New alert groups are collected here meanwhile, and nobody is called for them."}]],
      expect = {
        grouping_id = "Maintenance of Zabbix for 2 hours",
        state = "firing",
        groups = 1,
        title = "Maintenance of Zabbix for 2 hours",
        message = "Started by ada. New alert groups are collected here meanwhile, and nobody is called for them.",
      } },
    { "another window",
      payload = [[{"title":"Maintenance of alerts with env=staging for 45 minutes","message":"Started by an API token."}]],
      expect = { grouping_id = "Maintenance of alerts with env=staging for 45 minutes", title = "Maintenance of alerts with env=staging for 45 minutes", groups = 2, state = "firing", message = "Started by an API token." } },
  },
}
