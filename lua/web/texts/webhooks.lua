--- The texts of outgoing webhooks.
return {
  webhooks = {
    title = "Webhooks", about = "A webhook tells another system what happens to alert groups.", empty = "There is no webhook yet.",
    empty_next = "Make one: say when it is sent and where to.", new = "New webhook", off = "switched off", answered = "answered %d, %s",
    failed = "failed %s", never = "never sent", create = "Create",
    presets = { simple_webhook = "Simple", advanced_webhook = "Advanced" },
    presets_about = { simple_webhook = "A name and an address. It is sent by a step of an escalation chain, with everything that is known.",
      advanced_webhook = "When it is sent, which groups, and every part of the request is yours." },
    triggers = { escalation = "a step of an escalation, or by hand", ["alert group created"] = "an alert group opens", acknowledge = "it is acknowledged", resolve = "it is resolved",
      silence = "it is silenced", unsilence = "its silence ends", unresolve = "it is opened again", unacknowledge = "the acknowledge is taken back",
      ["status change"] = "its state changes in any way", ["personal notification"] = "somebody is called by it" },
  },
  webhook = {
    name = "Name", team = "Team", no_team = "No team", enabled = "It is switched on", url = "Address", url_hint = "A template: {{ alert_group_id }} and all below can stand in it.",
    method = "Method", trigger = "Sent when", integrations = "Only for these integrations", integrations_hint = "None ticked: for all.",
    trigger_template = "Only if this template prints true", headers = "Headers", headers_hint = "A JSON object, or a template of one.", forward_all = "The body is everything that is known, as JSON",
    data = "Body", data_hint = "A template, when the body is not everything. Texts are escaped for JSON.", username = "User name", password = "Password",
    authorization = "Authorization header", signing_secret = "Signing secret", secret_hint = "Stored sealed; leave the stars to keep it.",
    labels = "Labels", templates = "What templates know", auth = "Signing in", history = "What came back", no_history = "It was not sent yet.", test = "Test",
    test_about = "About this alert group; none: about nothing real.", group = "Number of an alert group", show = "Show what would be sent", send = "Send it now",
    no_group = "There is no such alert group.", verdicts = { sent = "Sent", shown = "This would be sent", skipped = "It would not be sent", failed = "It failed" },
    answered = "It answered %d", request = "Request", answer = "Answer", copy_name = "Copy of %s", duplicate = "Copy", delete = "Delete the webhook",
    delete_about = "Steps that send it fail from then on.", managed = "A file of configuration looks after this webhook: change it there.", save = "Save", ms = "%d ms",
    fixed = "A simple webhook has a fixed form; make an advanced one for more.",
  },
}
