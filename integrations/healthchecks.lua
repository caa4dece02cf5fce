--- Healthchecks (healthchecks.io and self-hosted): its Webhook integration, with one body for down and up.
--- Wire format: the body in `connect`; its variables as in healthchecks/healthchecks hc/integrations/webhook/transport.py (read 2026-11).
--- $STATUS is down or up; $CODE is the check's UUID; $NAME_JSON and $BODY_JSON come with their quotes.
return {
  name  = "Healthchecks",
  about = "Cron jobs and backups that miss their ping, of Healthchecks.io or your own Healthchecks",
  connect = [[
1. In Healthchecks open **Integrations**, and at **Webhook** choose **Add Integration**. Name it `Tocsin`.
2. At *Execute when a check goes down* choose **POST**, URL `{{ url }}`, and paste this **Request Body** (with your own host in `link` if yours is self-hosted):

```
{"check": "$CODE", "name": $NAME_JSON, "status": "$STATUS", "tags": "$TAGS", "time": "$NOW", "last_ping": $BODY_JSON,
 "link": "https://healthchecks.io/checks/$CODE/details/"}
```

3. At *Execute when a check goes up* choose **POST** and paste the same URL and the same body.
4. Save, and press **Test!** at the integration: it shows here as resolved and calls nobody.
5. An old self-hosted Healthchecks that does not know `$NAME_JSON` answers *JSON parse error* there: write `"name": "$NAME"` and leave out `last_ping`.
]],

  grouping_id = "{{ payload.check }}",
  -- The Test button sends a check named TEST that was never pinged, always as down.
  resolve_condition = [[
{{ payload.status == "up" or (payload is mapping and payload.name == "TEST" and not payload.tags and not payload.last_ping) }}]],
  source_link = "{{ payload.link or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else %}Check is {{ payload.status or "down" }}: {{ payload.name or payload.check or "without a name" }}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{%- if payload.status == "up" %}It is heard of again.
{%- else %}It did not report in time, or reported a failure.
{%- endif %}
{%- if payload.tags %}

- Tags: {{ payload.tags }}
{%- endif %}
{%- if payload.last_ping %}

What it said last:
```
{{ payload.last_ping[:2000] }}
```
{%- endif -%}
{%- endif -%}
]],

  labels = {
    check = "{{ payload.name or '' }}",
  },

  examples = {
    { "a check that did not report opens a group",
      payload = [[{"check": "25c55e7c-8092-4d21-ad06-7dacfbb6fc10", "name": "Nightly backup of db-1", "status": "down", "tags": "backup prod", "time": "2026-11-04T02:11:42+00:00", "last_ping": "pg_dump: error: query failed: \"shop\"\n",
 "link": "https://healthchecks.io/checks/25c55e7c-8092-4d21-ad06-7dacfbb6fc10/details/"}]],
      expect = {
        grouping_id = "25c55e7c-8092-4d21-ad06-7dacfbb6fc10",
        state = "firing",
        groups = 1,
        title = "Check is down: Nightly backup of db-1",
        message = [[
It did not report in time, or reported a failure.

- Tags: backup prod

What it said last:
```
pg_dump: error: query failed: "shop"

```]],
        source_link = "https://healthchecks.io/checks/25c55e7c-8092-4d21-ad06-7dacfbb6fc10/details/",
        labels = { check = "Nightly backup of db-1" },
        phone_call = { title = "Check is down: Nightly backup of db 1" },
      } },
    { "a retry of the same notification joins it",
      payload = [[{"check": "25c55e7c-8092-4d21-ad06-7dacfbb6fc10", "name": "Nightly backup of db-1", "status": "down", "tags": "backup prod", "time": "2026-11-04T02:11:42+00:00", "last_ping": "",
 "link": "https://healthchecks.io/checks/25c55e7c-8092-4d21-ad06-7dacfbb6fc10/details/"}]],
      expect = { grouping_id = "25c55e7c-8092-4d21-ad06-7dacfbb6fc10", state = "firing", title = "Check is down: Nightly backup of db-1",
                 groups = 1, alerts = 2 } },
    { "another check is another problem, also with the same name; an old Healthchecks knows no $BODY_JSON",
      payload = [[{"check": "803f680d-e89b-492b-82ef-2be7b774a92d", "name": "Nightly backup of db-1", "status": "down", "tags": "", "time": "2026-11-04T02:15:00+00:00"}]],
      expect = { grouping_id = "803f680d-e89b-492b-82ef-2be7b774a92d", state = "firing", title = "Check is down: Nightly backup of db-1",
                 groups = 2, source_link = false } },
    { "up again resolves it",
      payload = [[{"check": "25c55e7c-8092-4d21-ad06-7dacfbb6fc10", "name": "Nightly backup of db-1", "status": "up", "tags": "backup prod", "time": "2026-11-04T02:41:42+00:00", "last_ping": "done",
 "link": "https://healthchecks.io/checks/25c55e7c-8092-4d21-ad06-7dacfbb6fc10/details/"}]],
      expect = { grouping_id = "25c55e7c-8092-4d21-ad06-7dacfbb6fc10", state = "resolved", title = "Check is up: Nightly backup of db-1",
                 groups = 2, alerts = 3 } },
    { "the Test button is recorded and pages nobody",
      payload = [[{"check": "6f1e4f0c-3a38-4a38-9d5c-6df3c7b2a111", "name": "TEST", "status": "down", "tags": "", "time": "2026-11-04T02:41:42+00:00", "last_ping": "",
 "link": "https://healthchecks.io/checks/6f1e4f0c-3a38-4a38-9d5c-6df3c7b2a111/details/"}]],
      expect = { grouping_id = "6f1e4f0c-3a38-4a38-9d5c-6df3c7b2a111", state = "resolved", title = "Check is down: TEST", groups = 3 } },
    { "but a check of yours with that name is a check",
      payload = [[{"check": "0b4d5a52-9c50-4f43-8f0e-1b1a8e6c2f22", "name": "TEST", "status": "down", "tags": "web", "time": "2026-11-04T02:42:42+00:00", "last_ping": "", "link": ""}]],
      expect = { grouping_id = "0b4d5a52-9c50-4f43-8f0e-1b1a8e6c2f22", state = "firing", title = "Check is down: TEST", groups = 4 } },
  },
}
