--- A schedule, as far as an escalation step names it.
return { name = "schedule", table = "schedule", prefix = "S", methods = {}, fields = {} }
