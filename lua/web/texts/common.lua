--- The texts that every page shares: the frame, forms, and what went wrong.
return {
  product = "Tocsin",
  skip = "Skip to the content",
  nav = { label = "Main", menu = "Menu" },
  me = { account = "My account", sign_out = "Sign out", nobody = "API token" },
  live = { lost = "Live updates are interrupted; this page may be old.", changed = "Show what is new" },
  form = {
    save = "Save", usual = "usual", cancel = "Cancel", delete = "Delete", add = "Add", optional = "optional",
    look = "Not saved. Look at the fields below.", managed = "A file of configuration looks after this: change it there.",
  },
  errors = {
    not_found = "There is no such page.", forbidden = "You may not see this page, or not do this.",
    failed = "Something went wrong here. The log has the reason under id", home = "To the alert groups",
    not_done = "Not done:", method = "This page cannot be asked so.",
    other_site = "This request does not come from a page of this server. Open the page anew and try again.",
    not_now = "Nothing can be written just now. Try again.",
    too_long = "This takes too long to look up. Ask for less: use more filters.",
  },
}
