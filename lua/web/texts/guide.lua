--- The texts of the first steps on a new server.
return { guide = {
  title = "First steps", admin = "Make the account of an admin", integration = "Add an integration",
  integration_hint = "Where do your alerts come from? Each source has its own instructions.", demo = "Send a demo alert",
  demo_hint = "See what an alert of this source looks like, before the first real one comes.", channel = "Add a channel",
  channel_hint = "How are people reached: mail, phone, chat, push?", me = "Add yourself", me_hint = "Say where you are reached, and test it.",
  me_rules = "Add a rule that says when you are reached there.", page = "Page yourself", page_hint = "Does it wake you up?",
  do_page = "Page me now", done = "done", go = "Go", hide = "I know my way", title_of_page = "A first page to myself",
  message_of_page = "This is what it is like to be called. Acknowledge it, and it stops.",
} }
