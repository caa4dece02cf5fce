--- Inbound e-mail: whatever can send a mail: UPS, RAID, NAS, backup, printers, cron.
--- Wire format: the payload that core/text/mime.h makes of a mail: subject, message, sender as OnCall names them, and recipient,
--- dedup (behind the + of the address, or null), to, cc, date, message_id, in_reply_to, attachments [{name, type, size}].
--- The mail itself is https://www.rfc-editor.org/rfc/rfc5322 and MIME (read 2026-11).
return {
  name  = "Inbound email",
  about = "Anything that sends mails: UPS, RAID, NAS, backups, printers, cron jobs",
  token_form = "uuid",
  connect = [[
1. Have the source send its mails to `{{ email or "<token>@<your domain>, where <token> is the last part of this page's address" }}`.
2. Mails with the same subject, without its state (`PROBLEM:`, `[RESOLVED]`, `is OK` …) and `Re:`, are one alert group. To decide yourself, write `+` and a name of the problem behind the token: `<token>+disk-db1@<domain>`.
3. A subject that begins with `RESOLVED:`, `OK:`, `RECOVERY`, says `[RESOLVED]` or ends in `is OK`, or a mail that says just `OK`, ends it.
4. Send a mail to that address: its alert group is there within a second.

The server takes mails by SMTP when it was started with `--smtp-listen`; or a mail provider brings them (Mailgun, SES, Postmark, SendGrid, Mailjet) to `/integrations/v1/inbound_email_webhook`. A program can also POST JSON with `subject`, `message` and `sender` to `{{ url }}`.
]],

  -- What is left of the subject without Re:, states with their counters, and punctuation.
  grouping_id = [[
{%- set subject = (payload.subject or "") | string | upper -%}
{%- set bare = subject | regex_replace("^(?:\\s*(?:RE|AW|SV|FWD?|WG)\\s*:)+", "") -%}
{%- set bare = bare | regex_replace("\\b(?:RESOLVED|RECOVERED|RECOVERY|RECOVERING|OK|UP|DOWN|CLOSED|CLEARED?|NORMAL|PROBLEM|CRITICAL|CRIT|WARNING|WARN|ERROR|ALERT(?:ING)?|ALARM|FIRING|TRIGGERED|FAILED|FAILURE|UNKNOWN|UNREACHABLE|DEGRADED)\\b(?:\\s*:\\s*\\d+)?", " ") -%}
{%- set bare = bare | regex_replace("[^\\w./@#-]+", " ") | trim -%}
{{ payload.dedup or bare or subject }}
]],
  resolve_condition = [=[
{%- set subject = (payload.subject or "") | string | upper | regex_replace("^(?:\\s*(?:RE|AW|SV|FWD?|WG)\\s*:)+", "") | trim -%}
{%- set said = (payload.message or "") | string | trim | upper -%}
{{ said == "OK"
   or subject in ("OK", "UP", "RESOLVED", "RECOVERED", "RECOVERY", "CLOSED", "CLEARED")
   or subject | regex_search("^\\W*(?:\\[[^\\]]*\\]\\W*)*(?:(?:RESOLVED|RECOVERED|RECOVERY|CLEARED)\\b|(?:OK|UP|CLOSED|CLEAR|NORMAL)\\s*[:*\\-\\]|])")
   or subject | regex_search("[\\[(](?:RESOLVED|RECOVERED|OK|UP|CLOSED|CLEARED)(?:\\s*:\\s*\\d+)?[\\])]")
   or subject | regex_search("\\b(?:IS|IS NOW|BACK TO|HAS BEEN|HAS|WAS)\\s+(?:OK|UP|RESOLVED|RECOVERED|NORMAL|CLEARED|CLOSED)\\W*$") }}
]=],

  title = "{{ (payload if payload is string else payload.subject) or 'Mail without a subject' }}",
  message = [[
{{ payload.message or "" }}
{%- if payload.sender %}

From: {{ payload.sender }}
{%- endif %}
{%- if payload.attachments %}

Attached: {% for one in payload.attachments %}{{ one.name or one.type }} ({{ one.size }} bytes){{ "" if loop.last else ", " }}{% endfor %}
{%- endif %}
]],

  examples = {
    { "a mail opens a group",
      payload = [[{"subject":"PROBLEM: RAID md0 on nas-2 is degraded","message":"Disk sdc failed. 1 of 4 disks is missing.","sender":"mdadm@nas-2.example.org","recipient":"4f0c@alerts.example.org","dedup":null,"to":"4f0c@alerts.example.org","cc":null,"date":"Sat, 21 Nov 2026 03:12:44 +0000","message_id":"<1@nas-2.example.org>","in_reply_to":null,"attachments":[]}]],
      expect = { grouping_id = "RAID MD0 ON NAS-2 IS", state = "firing", groups = 1, alerts = 1, title = "PROBLEM: RAID md0 on nas-2 is degraded",
                 message = "Disk sdc failed. 1 of 4 disks is missing.\n\nFrom: mdadm@nas-2.example.org" } },
    { "the same subject in another state resolves it",
      payload = [[{"subject":"RESOLVED: RAID md0 on nas-2 is degraded","message":"4 of 4 disks work.","sender":"mdadm@nas-2.example.org","recipient":"4f0c@alerts.example.org","dedup":null,"to":"4f0c@alerts.example.org","cc":null,"date":"Sat, 21 Nov 2026 03:12:44 +0000","message_id":"<1@nas-2.example.org>","in_reply_to":null,"attachments":[]}]],
      expect = { grouping_id = "RAID MD0 ON NAS-2 IS", state = "resolved", groups = 1, alerts = 2, title = "RESOLVED: RAID md0 on nas-2 is degraded",
                 message = "4 of 4 disks work.\n\nFrom: mdadm@nas-2.example.org" } },
    { "Nagios as it writes mails",
      payload = [[{"subject":"** PROBLEM Service Alert: web-1/HTTP is CRITICAL **","message":"State: CRITICAL","sender":"nagios@mon.example.org","recipient":"4f0c@alerts.example.org","dedup":null,"to":"4f0c@alerts.example.org","cc":null,"date":"Sat, 21 Nov 2026 03:12:44 +0000","message_id":"<1@nas-2.example.org>","in_reply_to":null,"attachments":[]}]],
      expect = { grouping_id = "SERVICE WEB-1/HTTP IS", state = "firing", groups = 2, alerts = 1, title = "** PROBLEM Service Alert: web-1/HTTP is CRITICAL **",
                 message = "State: CRITICAL\n\nFrom: nagios@mon.example.org" } },
    { "and its recovery",
      payload = [[{"subject":"** RECOVERY Service Alert: web-1/HTTP is OK **","message":"State: OK","sender":"nagios@mon.example.org","recipient":"4f0c@alerts.example.org","dedup":null,"to":"4f0c@alerts.example.org","cc":null,"date":"Sat, 21 Nov 2026 03:12:44 +0000","message_id":"<1@nas-2.example.org>","in_reply_to":null,"attachments":[]}]],
      expect = { grouping_id = "SERVICE WEB-1/HTTP IS", state = "resolved", groups = 2, alerts = 2, title = "** RECOVERY Service Alert: web-1/HTTP is OK **",
                 message = "State: OK\n\nFrom: nagios@mon.example.org" } },
    { "a state with a counter in brackets",
      payload = [[{"subject":"[FIRING:2] Queue of shop is long","message":"two queues","sender":"mdadm@nas-2.example.org","recipient":"4f0c@alerts.example.org","dedup":null,"to":"4f0c@alerts.example.org","cc":null,"date":"Sat, 21 Nov 2026 03:12:44 +0000","message_id":"<1@nas-2.example.org>","in_reply_to":null,"attachments":[]}]],
      expect = { grouping_id = "QUEUE OF SHOP IS LONG", state = "firing", groups = 3, alerts = 1, title = "[FIRING:2] Queue of shop is long",
                 message = "two queues\n\nFrom: mdadm@nas-2.example.org" } },
    { "an answer that says just OK, in any spelling",
      payload = [[{"subject":"Re: [FIRING:2] Queue of shop is long","message":" ok\n","sender":"mdadm@nas-2.example.org","recipient":"4f0c@alerts.example.org","dedup":null,"to":"4f0c@alerts.example.org","cc":null,"date":"Sat, 21 Nov 2026 03:12:44 +0000","message_id":"<1@nas-2.example.org>","in_reply_to":null,"attachments":[]}]],
      expect = { grouping_id = "QUEUE OF SHOP IS LONG", state = "resolved", groups = 3, alerts = 2, title = "Re: [FIRING:2] Queue of shop is long",
                 message = " ok\n\n\nFrom: mdadm@nas-2.example.org" } },
    { "what stands behind the + groups, whatever the subject",
      payload = [[{"subject":"UPS: on battery","message":"Input voltage is 0 V.","sender":"apc@ups-1.example.org","recipient":"4f0c@alerts.example.org","dedup":"ups-1","to":"4f0c@alerts.example.org","cc":null,"date":"Sat, 21 Nov 2026 03:12:44 +0000","message_id":"<1@nas-2.example.org>","in_reply_to":null,"attachments":[]}]],
      expect = { grouping_id = "ups-1", state = "firing", groups = 4, alerts = 1, title = "UPS: on battery",
                 message = "Input voltage is 0 V.\n\nFrom: apc@ups-1.example.org" } },
    { "and finds the same group again",
      payload = [[{"subject":"UPS: power is back to normal","message":"Input voltage is 231 V.","sender":"apc@ups-1.example.org","recipient":"4f0c@alerts.example.org","dedup":"ups-1","to":"4f0c@alerts.example.org","cc":null,"date":"Sat, 21 Nov 2026 03:12:44 +0000","message_id":"<1@nas-2.example.org>","in_reply_to":null,"attachments":[]}]],
      expect = { grouping_id = "ups-1", state = "resolved", groups = 4, alerts = 2, title = "UPS: power is back to normal",
                 message = "Input voltage is 231 V.\n\nFrom: apc@ups-1.example.org" } },
    { "attachments are named",
      payload = [[{"subject":"Backup of db-1 failed","message":"","sender":"backup@db-1.example.org","recipient":"4f0c@alerts.example.org","dedup":null,"to":"4f0c@alerts.example.org","cc":null,"date":"Sat, 21 Nov 2026 03:12:44 +0000","message_id":"<1@nas-2.example.org>","in_reply_to":null,"attachments":[{"name":"log.txt","type":"text/plain","size":5120},{"name":"","type":"image/png","size":900}]}]],
      expect = { grouping_id = "BACKUP OF DB-1", state = "firing", groups = 5, alerts = 1, title = "Backup of db-1 failed",
                 message = "\n\nFrom: backup@db-1.example.org\n\nAttached: log.txt (5120 bytes), image/png (900 bytes)" } },
    { "a mail about something that is no state",
      payload = [[{"subject":"Door of the server room open","message":"Rack 3","sender":"mdadm@nas-2.example.org","recipient":"4f0c@alerts.example.org","dedup":null,"to":"4f0c@alerts.example.org","cc":null,"date":"Sat, 21 Nov 2026 03:12:44 +0000","message_id":"<1@nas-2.example.org>","in_reply_to":null,"attachments":[]}]],
      expect = { grouping_id = "DOOR OF THE SERVER ROOM OPEN", state = "firing", groups = 6, alerts = 1, title = "Door of the server room open",
                 message = "Rack 3\n\nFrom: mdadm@nas-2.example.org" } },
    { "OK as a word does not resolve",
      payload = [[{"subject":"OK to reboot db-1?","message":"Who decides?","sender":"kim@example.org","recipient":"4f0c@alerts.example.org","dedup":null,"to":"4f0c@alerts.example.org","cc":null,"date":"Sat, 21 Nov 2026 03:12:44 +0000","message_id":"<1@nas-2.example.org>","in_reply_to":null,"attachments":[]}]],
      expect = { grouping_id = "TO REBOOT DB-1", state = "firing", groups = 7, alerts = 1, title = "OK to reboot db-1?",
                 message = "Who decides?\n\nFrom: kim@example.org" } },
  },
}
