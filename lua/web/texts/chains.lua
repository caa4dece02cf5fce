--- The texts of escalation chains and their steps.
return {
  chains = {
    title = "Escalation chains", about = "A chain says who is called for an alert group, in which order, and how long " ..
      "each step waits.",
    new = "New chain", create = "Create", name = "Name", team = "Team", no_team = "No team", empty = "There is no chain yet.",
    empty_next = "Make one: its first step calls somebody, its second waits, its third calls somebody else.",
    steps = "%d steps", step = "1 step", used = "used by %d routes", used_once = "used by 1 route", unused = "used by no route",
  },
  chain = {
    steps = "Steps", no_steps = "It has no steps yet, so nobody is called. Add the first one.", simulate = "What would happen",
    simulate_about = "If an alert group opened now, escalated by this chain, and nobody answered. The rules are the " ..
      "engine's own; a step that calls a room needs a route and shows as failed here.",
    nobody = "Nobody would be called.", add = "Add a step", kind = "What it does", users = "Who", schedule = "Schedule",
      team = "Team",
    user_group = "User group", webhook = "Webhook", important = "By their important rules", minutes = "Minutes",
    minutes_hint = "1 to 1440", ["from"] = "From (UTC)", to = "Until (UTC)", alerts = "More than so many alerts",
    in_minutes = "within so many minutes", nothing = "Choose …", up = "Move up step %d", down = "Move down step %d",
    remove = "Delete step", duplicate = "Copy the chain", copy_name = "Copy of %s", delete = "Delete the chain",
    delete_about = "Its steps go with it. Alert groups that escalate by it now go on by the steps they began with.",
    delete_used = "These routes use it and would call nobody:", used = "Used by", rename = "Name and team",
      unset = "not chosen yet",
    nobody_chosen = "nobody chosen yet", default_route = "default route",
      managed = "A file of configuration looks after this chain: change it there.",
    window = "between %s and %s UTC", many = "more than %s alerts in %s min", important_mark = "important",
  },
}
