--- The texts of pages for who has no session: behind signed links, behind ingestion URLs, about the API.
return {
  act = {
    gone_person = "The person to whom this link was sent may not act any more.",
    gone_room = "The provider that posted this link was removed or switched off.",
    already = "Already done", nothing_left = "%s. There is nothing left to do.", not_done = "Not done", done = "Done",
    as = "You act as %s.", as_silence = "You act as %s, for 30 minutes.", no_text = "The note is not UTF-8.",
    too_long = "A note has %d characters at most.", deleted = "This alert group was deleted.",
    not_now = "Nothing can be written just now. Try again.", how = "How was it resolved?",
    not_valid = "This link is not valid. Open the newest message, or the alert group itself.",
    expired = "This link has expired. Links act for seven days.", open = "Open the alert group",
  },
  explain = {
    no_key = "Integration key was not found. Permission denied.", other_type = "This url is for integration with %s. Key is for %s",
    is_address = "This is the address of the integration", takes = "It takes alerts by POST:", connect = "Connect", try = "Try it",
    sends = "This sends the example",
    broken = "The file of this type is broken, so alerts are stored as they come, without its templates: %s. Mend it " ..
      "(`tocsin check` shows more): a file of one's own is read again when it changes.",
    problem = "There is a problem in the file of this type; its templates go on working: %s",
    no_file = "There is no file for this type any more; its templates go on working.",
    title = "%s: how to connect",
  },
  docs = {
    title = "The API of Tocsin", about = "Every request names an API token in the header Authorization, alone or after Bearer. A " ..
      'final slash is optional. Refusals are {"detail": "…"} or {"<field>": ["…"]}. The same as an OpenAPI 3.1 document:',
    resources = "Resources", query = "Query", body = "Body", answers = "Answers", answer = "Answer",
    objects = "Objects", fields = "Fields", required = "required",
  },
}
