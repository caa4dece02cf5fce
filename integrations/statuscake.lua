--- StatusCake: the webhook URL of a contact group, which sends a form.
--- Wire format: https://www.statuscake.com/kb/knowledge-base/how-to-use-the-web-hook-url/ and
--- PagerTree/pager_tree-integrations test/models/pager_tree/integrations/status_cake/v3_test.rb (read 2026-11).
--- Token is an MD5 of user and API key; TestID is not sent by every kind of test.
return {
  name  = "StatusCake",
  about = "Uptime tests of StatusCake",
  connect = [[
1. In StatusCake open **Alerting › Contact groups** and create or edit one.
2. As **Webhook URL** paste `{{ url }}`, method **POST**. Save.
3. In your uptime tests choose this contact group under **Alerting**.
4. Try it: pause nothing, but point a test at an address that does not exist; it shows here after its first failed check.
]],

  grouping_id = "{{ payload.TestID or payload.URL or payload.Name or '' }}",
  resolve_condition = "{{ (payload.Status or '') | lower == 'up' }}",
  source_link = "{{ payload.URL or '' }}",

  title = [[
{%- set place = (payload.URL or "") | regex_replace("^[a-z]+://", "") | regex_replace("[/?#].*$", "") -%}
{%- set name = (payload.Name or "") | regex_replace("^[a-z]+://", "") -%}
{%- if payload is string %}{{ payload }}
{%- else %}{{ name or place or "Test of StatusCake" }} is {{ (payload.Status or "down") | lower }}{% if place and name and place not in name %}: {{ place }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
- State: {{ payload.Status }}{% if payload.StatusCode and payload.StatusCode != "0" %}, code {{ payload.StatusCode }}{% endif %}
- Address: {{ payload.URL }}
{%- if payload.IP %}
- IP: {{ payload.IP }}
{%- endif %}
{%- if payload.Tags %}
- Tags: {{ payload.Tags }}
{%- endif %}
{%- if payload.Checkrate %}
- Checked every {{ payload.Checkrate }} s
{%- endif -%}
{%- endif -%}
]],

  labels = {
    test = "{{ payload.Name or '' }}",
  },

  verify = { algorithm = "plain", field = "Token", secret = "the MD5 of your user name and API key, one behind the other" },

  examples = {
    { "a test goes down",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[TestID=1234567&URL=https%3A%2F%2Fshop.example.org%2Fapp&Token=1bc29b36f623ba82aaf6724fd3b16718&Method=Website&Name=Shop&StatusCode=503&Status=Down&IP=203.0.113.7&Checkrate=300&Tags=web%2Cprod]],
      expect = {
        grouping_id = "1234567",
        state = "firing",
        groups = 1,
        title = "Shop is down: shop.example.org",
        message = [[
- State: Down, code 503
- Address: https://shop.example.org/app
- IP: 203.0.113.7
- Tags: web,prod
- Checked every 300 s]],
        source_link = "https://shop.example.org/app",
        labels = { test = "Shop" },
      } },
    { "a reminder joins it",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[TestID=1234567&URL=https%3A%2F%2Fshop.example.org%2Fapp&Token=1bc29b36&Method=Website&Name=Shop&StatusCode=0&Status=Down&Checkrate=300&Tags=]],
      expect = { grouping_id = "1234567", state = "firing", title = "Shop is down: shop.example.org", groups = 1, alerts = 2 } },
    { "a test without an id is known by its address; its name may be the address",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[URL=https%3A%2F%2Fapi.example.org%2Fv1&Token=1bc29b36&Method=Website&Name=https%3A%2F%2Fapi.example.org%2Fv1&StatusCode=0&Status=Down&Tags=]],
      expect = { grouping_id = "https://api.example.org/v1", state = "firing", title = "api.example.org/v1 is down", groups = 2 } },
    { "up resolves it",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[TestID=1234567&URL=https%3A%2F%2Fshop.example.org%2Fapp&Token=1bc29b36&Method=Website&Name=Shop&StatusCode=200&Status=Up&Checkrate=300&Tags=]],
      expect = { grouping_id = "1234567", state = "resolved", title = "Shop is up: shop.example.org", groups = 2, alerts = 3 } },
  },
}
