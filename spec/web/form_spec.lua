--- The macros of forms, and what forms are read as.
require "tocsin.core"
local asset <const> = require "tocsin.asset"
local form <const> = require "web.form"
local jinja <const> = require "jinja"
local json <const> = require "tocsin.json"
local texts <const> = require "web.texts"
local view <const> = require "web.view"

describe("forms", function()
  local environment <const> = jinja.new { autoescape = true, trim_blocks = true, lstrip_blocks = true,
    loader = function(name) return asset.get("lua/web/templates/" .. name) end, globals = { t = view.of(texts) } }

  local function rendered(macro, given, problem)
    local template <const> = assert(environment:compile("{% import 'fields.html' as f with context %}{{ f." .. macro .. " }}"))
    return assert(template:render { root = "/below", form = view.of(form.state(given, problem)),
      options = view.of { { value = "U1", text = "Ada <a>" }, { value = "", text = "none" } } })
  end
  local function has(text, part) assert.truthy(text:find(part, 1, true), text) end

  it("show what was typed as text, with its label and hint", function()
    local text <const> = rendered("field(form, 'values', 'Name', hint='Short.', required=true, more='maxlength=9'|safe)", { values = '"><b>' })
    has(text, '<label for="values">Name</label>')
    has(text, 'value="&#34;&gt;&lt;b&gt;"')
    has(text, 'aria-describedby="values-hint"')
    has(text, "required")
    has(text, "maxlength=9>")
    has(rendered("area(form, 'note', 'Note')", { note = "</textarea>" }), "&lt;/textarea&gt;</textarea>")
  end)

  it("show nothing for null and what is not there, and never a password", function()
    has(rendered("field(form, 'name', 'Name')", {}), 'value=""')
    has(rendered("field(form, 'name', 'Name')", { name = json.null }), 'value=""')
    has(rendered("field(form, 'name', 'Name', type='password')", { name = "secret" }), 'value=""')
  end)

  it("show at a field what is wrong with it", function()
    local problem <const> = { status = 400, detail = "Look.", fields = { ["settings.url"] = "No <url>." } }
    local text <const> = rendered("field(form, 'settings.url', 'URL')", {}, problem)
    has(text, 'aria-invalid="true"')
    has(text, '<strong class="wrong" id="settings.url-error">No &lt;url&gt;.</strong>')
    has(text, 'aria-describedby="settings.url-error"')
    has(rendered("problem(form)", {}, problem), 'role="alert">Look.</p>')
    assert.equal(422, form.status(problem))
    assert.equal(403, form.status { status = 403 })
  end)

  it("choose and tick", function()
    local text <const> = rendered("choice(form, 'who', 'Who', options, nothing='Nobody')", { who = "U1" })
    has(text, '<option value="U1" selected>Ada &lt;a&gt;</option>')
    has(rendered("tick(form, 'is_on', 'On')", { is_on = true }), " checked")
    assert.is_nil(rendered("tick(form, 'is_on', 'On')", { is_on = false }):find "checked")
    has(rendered("submit('Save', back='/teams')", {}), 'href="/below/teams"')
  end)

  it("are read as texts: the last of a name, all of a name, numbers and nothing", function()
    local request <const> = { body = "a=1&a=2%0D%0Ax&b=%FF&c=+&d=7" }
    local sent <const> = form.read(request)
    assert.equal("2\nx", sent.a)
    assert.same({ "1", "2\r\nx" }, form.all(request, "a"))
    assert.equal("\u{FFFD}", sent.b)
    assert.equal(json.null, form.text_or_null(sent.c))
    assert.equal(7, form.number_or_null(sent.d))
    assert.equal("x", form.number_or_null "x")
  end)
end)
