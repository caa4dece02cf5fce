--- The texts of insights.
return { insights = {
  title = "Insights", period = "Period", integration = "Integration", team = "Team", all = "All", show = "Show",
  periods = { ["1"] = "One day", ["7"] = "Seven days", ["30"] = "Thirty days", ["90"] = "Ninety days" },
  plot = "Alert groups that opened, over time, by integration", over_time = "Alert groups that opened", by_integration = "Alerts by integration",
  alerts = "Alerts", groups = "groups", acknowledge = "Time to acknowledge", resolve = "Time to resolve", half = "half within",
  nine = "nine of ten within", of = "of", answered = "acknowledged by people", resolved = "resolved", no_spans = "None yet.", noisiest = "Noisiest groups",
  nights = "Nights disturbed", nights_hint = "Nights, 22 to 7 o'clock on each one's clock, in which a message came.",
  night = "night", nights_unit = "nights", quiet = "No night was disturbed.", none = "Nothing came in.", busiest = "The busiest moments in numbers",
  when = "When", total = "Groups", others = "All others", deleted = "deleted", cut = "Only the newest fifty thousand groups are counted.",
} }
