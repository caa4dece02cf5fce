--- The 13 templates that the documentation of Grafana OnCall shows, slips included, over the payloads it shows beside them.
---
--- They stand in 17 places: `places` counts those of a template. Each case says what becomes of it: `prints` is the text,
--- `refused` an error when it is saved, `fails` an error when it is rendered. Two are names of files and five are the
--- marks of the page's own generator: people paste those too, and must be told.
local list <const> = require("differential").list()

local places

-- A template that stands in so many places; the cases that follow are its.
local function template(text, count) places = { text, count } end

local function case(context, more)
  more.places, places[2] = places[2], 0
  list:case(places[1], context, more)
end

local function prints(context, text) case(context, { prints = text }) end
local function refused(message) case(nil, { refused = "TemplateSyntaxError: " .. message }) end
local function fails(context, message) case(context, { fails = message }) end

local EU <const> = '{"payload":{"name": "CPU 90%", "cluster": "EU"}}'
local US <const> = '{"payload":{"name": "CPU 90%", "cluster": "US"}}'

-- Grouping by name, and the slip in grouping by region: what the payload lacks prints nothing, the third brace itself.
template("{{ payload.name }}", 2)
prints(EU, "CPU 90%")
prints(US, "CPU 90%")

template("{{ payload.region }}}", 2)
prints(EU, "}")
prints(US, "}")
prints('{"payload":{"region":"EU"}}', "EU}")

template("{{ source_link }}", 2)
prints('{"source_link":"https://grafana.example/d/1"}', "https://grafana.example/d/1")
prints('{"source_link":null}', "None")
prints(nil, "")

-- A dynamic label without its second quote, and as it was meant.
template('{{ payload.get("severity) }}', 1)
refused "unexpected char '\"' at 15"

-- Labels out of a payload that is shown shortened: without what was left out, and with the status that the template needs.
local LABELS <const> = '"commonLabels":{"job":"node","severity":"critical","alertname":"InstanceDown"}'

template("{{ payload.commonLabels | tojson }}", 1)
prints('{"payload":{' .. LABELS .. "}}", '{"alertname": "InstanceDown", "job": "node", "severity": "critical"}')
fails(EU, "TypeError: Object of type Undefined is not JSON serializable")

template([[
{%- set labels = {} -%}
{# add several labels #}
{%- set labels = dict(labels, **payload.commonLabels) -%}
{# add one label #}
{%- set labels = dict(labels, **{"status": payload.status}) -%}
{# add label not from payload #}
{%- set labels = dict(labels, **{"service": "oncall"}) -%}
{# dump labels dict to json string, so OnCall can parse it #}
{{ labels | tojson }}]], 1)
prints('{"payload":{"status":"firing",' .. LABELS .. "}}",
  '\n{"alertname": "InstanceDown", "job": "node", "service": "oncall", "severity": "critical", "status": "firing"}')
prints('{"payload":{"commonLabels":{"status":"from the label"},"status":"resolved"}}', '\n{"service": "oncall", "status": "resolved"}')
fails('{"payload":{' .. LABELS .. "}}", "TypeError: Object of type Undefined is not JSON serializable")
fails(EU, "UndefinedError: 'dict object' has no attribute 'commonLabels'")

-- Names of files.
template("{{integration_name_in_snake_case}}.py", 1)
prints(nil, ".py")
prints('{"integration_name_in_snake_case":"zabbix"}', "zabbix.py")
template("integration_{{integration_name_in_snake_case}}.html", 1)
prints(nil, "integration_.html")
prints('{"integration_name_in_snake_case":"zabbix"}', "integration_zabbix.html")

-- Marks of the page's generator.
template('{{< relref "../jinja2-templating" >}}', 1)
refused "unexpected '<'"
template('{{< relref "inbound-email" >}}', 1)
refused "unexpected '<'"
template("{{< section >}}", 2)
refused "unexpected '<'"
template("{{% docs/reference %}}", 1)
refused "unexpected '%'"
template("{{% /docs/reference %}}", 1)
refused "unexpected '%'"

return list
