--- The texts of settings, the trail of changes, and insights.
return {
  settings = {
    title = "Settings", channels = "Channels", columns = "Table columns", server = "Server",
    parts = { sign_in = "Sign-in", retention = "Retention", address = "Address", calling = "Calling people", rest = "Limits and the rest" },
    server_hint = "These are set where the server is started: in its file, its environment (TOCSIN_…) or its flags. Then restart it.",
    name = "Setting", value = "Value", usual = "usually",
  },
  provider = {
    add = "Add a channel", hint = "Accounts through which messages leave. Of several that carry the same, the first one is taken.",
    none = "No channel yet: nobody can be called. Begin with one that your people have.", carries = "carries", is_off = "off",
    choose = "Which one?", search = "Search channels", name = "Name", is_enabled = "Switched on", docs = "What the vendor says about it",
    test = "Send a test", test_hint = "Without an address it goes to your own contact method on this channel.", channel = "By",
    test_do = "Send", delete = "Delete this channel", delete_hint = "Messages that wait for it go by another one that carries them, or not at all.",
    up = "Move up", down = "Move down", keep_secret = "Asterisks stand for what is stored; leave them to keep it.",
  },
  columns_page = {
    title = "Columns of the table", hint = "What everybody sees; people hide and order them for themselves.", shown = "Shown", add = "Add a column of a label",
    label = "Key of the label", remove = "Remove", add_do = "Add and save",
  },
  audit = {
    title = "Audit", object = "What", person = "Who", via = "How", from = "From", to = "To", object_id = "Id", any = "any", filter = "Filter",
    clear = "Clear", export = "Export:", system = "the server", none = "No change like this.", older = "Older", at = "When", did = "Did", before = "before",
    after = "after", change = "field", changes = "fields",
  },
}
