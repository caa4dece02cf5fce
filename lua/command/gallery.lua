--- `tocsin gallery`: every source as one page of HTML, made of the integration files alone.
local console <const> = require("tocsin.console")
local describe <const> = require("describe")
local html <const> = require("channels.html")
local integration <const> = require("integration")
local jinja <const> = require("jinja")
local json <const> = require("tocsin.json")
local view <const> = require("web.view")

local gallery = {}

local HELP <const> = [[
tocsin gallery

Prints one page of HTML about the built-in sources: name, what it groups by, how its problems end, how to connect it.
  tocsin gallery > sources.html
]]

local PAGE <const> = [==[
{% autoescape true %}<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sources of alerts</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
body { color: #1c2430; background: #fff; }
nav { columns: 12rem; }
nav a { display: block; }
section { border-top: 1px solid #d5dbe3; padding-top: .5rem; margin-top: 1.5rem; }
h2 { margin: .3rem 0 0; }
h2 code { font-weight: normal; font-size: .7em; }
dl { display: grid; grid-template-columns: 9rem 1fr; gap: .2rem 1rem; }
dt { color: #55606e; }
dd { margin: 0; overflow-wrap: anywhere; }
code, pre { font: 14px/1.45 ui-monospace, monospace; background: #eef1f5; border-radius: 4px; }
code { padding: .1em .3em; overflow-wrap: anywhere; }
pre { padding: .8rem; overflow-x: auto; }
pre code { padding: 0; }
summary { cursor: pointer; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } }
@media (prefers-color-scheme: dark) {
  body { color: #e4e8ee; background: #14181f; }
  section { border-color: #333c49; }
  dt { color: #9aa6b4; }
  code, pre { background: #232a34; }
  a { color: #8ab4f8; }
}
</style>
</head>
<body>
<h1>Sources of alerts</h1>
<p>{{ sources | length }} sources, each one file that is tested with real bodies.</p>
<nav>
{%- for s in sources %}
<a href="#{{ s.type }}">{{ s.name }}</a>
{%- endfor %}
</nav>
{%- for s in sources %}
<section id="{{ s.type }}">
<h2>{{ s.name }} <code>{{ s.type }}</code></h2>
<p>{{ s.about }}</p>
<dl>
<dt>Looks like</dt><dd>{{ s.title_example }}</dd>
<dt>Groups by</dt><dd>
{%- for f in s.group_fields %}<code>{{ f }}</code>{{ ", " if not loop.last }}{% else %}the whole body{% endfor %}
{%- if s.group_example %}, for example <code>{{ s.group_example }}</code>{% endif %}</dd>
<dt>Ends</dt><dd>
{%- if s.ends %}{{ s.ends | join("; ") }}{% else %}has no end of its own: somebody resolves it, or quiet time{% endif %}</dd>
{%- if s.acknowledges %}
<dt>Acknowledged</dt><dd>{{ s.acknowledges | join("; ") }}</dd>
{%- endif %}
{%- if s.secret %}
<dt>Can be checked</dt><dd>by {{ s.secret }}</dd>
{%- endif %}
<dt>Tested with</dt><dd>{{ s.kinds }} bodies</dd>
</dl>
<details><summary>How to connect it</summary>
{{ s.connect | safe }}
</details>
</section>
{%- endfor %}
</body>
</html>
{% endautoescape %}]==]

--- The page.
---@return string
function gallery.page()
  local sources = {}
  for i, one in ipairs(describe.all()) do
    local words = one.words
    local url = "https://tocsin.example.org/integrations/v1/" .. words.type .. "/KEY/"
    words.connect = html.from_markdown(integration.connect(one.spec, { url = url, name = words.name }))
    sources[i] = words
  end
  local template = assert(jinja.new({}):compile(PAGE))
  return (assert(template:render({ sources = view.of(sources) })))
end

--- The command. `words_json` holds the words after `gallery`.
---@param words_json string
---@return integer exit_code
function gallery.main(words_json)
  local words = json.decode(words_json)
  if words[1] == "--help" or words[1] == "-h" then console.out(HELP) return 0 end
  if #words > 0 then console.err("tocsin gallery: unexpected '" .. words[1] .. "'; see `tocsin gallery --help`\n") return 2 end
  console.out(gallery.page())
  return 0
end

return gallery
