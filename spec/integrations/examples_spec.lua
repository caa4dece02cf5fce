--- Every built-in integration through its own examples, and the proof that the examples would notice a broken file.
require "tocsin.core"
local check = require "command.check"
local command_core = require "command.core"
local integration = require "integration"

local core
local function open() core = command_core.new {} end
local function close() core:close() end

local function run(files, options)
  local out = {}
  options = options or {}
  local code = check.run { files = files, show = options.show, core = core, read = options.read,
    write = function(text) out[#out + 1] = text end }
  return code, table.concat(out)
end

local function source_of(name)
  local file <close> = assert(io.open("integrations/" .. name .. ".lua"))
  return file:read("a")
end

-- The file's text with one field put after the others, so that it wins.
local function damaged(name, field, text)
  local source = source_of(name)
  local head, tail = source:match("^(.*\n)(}%s*)$")
  return head:gsub("\n  " .. field .. "%s+=", "\n  -- %0") and
    (head .. ("  %s = %q,\n"):format(field, text) .. tail)
end

-- Reads one file as this text, and the others as they are.
local function reading(name, text)
  return function(path)
    local asked = path:match "([%w_]+)%.lua$"
    return asked == name and text or source_of(asked)
  end
end

describe("integration files", function()
  setup(open)
  teardown(close)
  for _, name in ipairs(integration.list()) do
    it(name .. " shows and groups its examples as expected", function()
      local code, text = run { name }
      assert.equal(0, code, text)
      assert.matches("of %d+ examples as expected\n$", text)
    end)

    for field, text in pairs { resolve_condition = "False", grouping_id = "always the same", title = "" } do
      it(name .. ": check notices a broken " .. field, function()
        local code, out = run({ name .. ".lua" }, { read = reading(name, damaged(name, field, text)) })
        assert.equal(1, code, out)
        assert.matches(name .. "%.lua: ", out)
        assert.not_matches("syntax", out)
      end)
    end

    it(name .. ": a file that is not damaged passes from its text too", function()
      local code, out = run({ name .. ".lua" }, { read = reading(name) })
      assert.equal(0, code, out)
    end)

    it(name .. " has heartbeat payloads that open and resolve one group", function()
      local spec = assert(integration.load(name))
      if spec.is_hidden then assert.is_nil(spec.heartbeat) end
      if not spec.heartbeat then return end -- the core's own form
      core:reset()
      -- They are payloads as templates see them: past a door that takes requests apart.
      local type = spec.has_door and "webhook" or name
      local token = core:create { type = type, name = spec.name, templates = integration.templates(spec),
        dynamic_labels = integration.labels(spec) }
      assert.equal(200, (core:post(type, token, spec.heartbeat.missing)))
      assert.equal("firing", core:groups()[1].state)
      assert.matches("[Hh]eartbeat", core:groups()[1].title)
      assert.equal(200, (core:post(type, token, spec.heartbeat.restored)))
      assert.same({ 1, "resolved", 2 }, { #core:groups(), core:groups()[1].state, core:groups()[1].alerts_count })
    end)

    it(name .. " explains how to connect", function()
      local spec = assert(integration.load(name))
      local text = integration.connect(spec, { url = "https://example.org/integrations/v1/x/T/", name = "n" })
      assert.matches("https://example.org/integrations/v1/x/T/", text, 1, true)
      assert.not_matches("Template %a+:", text)
    end)
  end
end)

describe("check", function()
  setup(open)
  teardown(close)
  it("shows every channel and an expect that passes when pasted", function()
    local _, text = run({ "formatted_webhook" }, { show = true })
    for _, channel in ipairs(require("channels").names) do assert.matches("\n    " .. channel, text, 1, true) end
    assert.matches('grouping_id = "08d6891a-835c-e661-39fa-96b6a9e26552",', text, 1, true)
    assert.matches('labels = { severity = "critical" },', text, 1, true)
  end)

  it("says what differs, with the file and the example", function()
    local source = source_of("formatted_webhook")
      :gsub('title = "Disk of db%-1 is full",\n        message', 'title = "Disk",\n message', 1)
    local code, text = run({ "x.lua" }, { read = function() return source end })
    assert.equal(1, code)
    assert.matches('1. an alert opens a group\n     firing: Disk of db-1 is full\n    x.lua: title is "Disk of db-1 is full", expected "Disk"', text, 1, true)
  end)

  it("fails a file that cannot be read or loaded", function()
    local code, text = run({ "x.lua" }, { read = function() return nil, "x.lua: no such file" end })
    assert.same({ 1, "x.lua: no such file\n" }, { code, text })
    code, text = run({ "x.lua" }, { read = function() return "return {" end })
    assert.equal(1, code)
    assert.matches("^x.lua:1: ", text)
    code = run { "nosuch" }
    assert.equal(1, code)
  end)

  it("reports what no example tests", function()
    local source = [==[return { name = "X", about = "x", connect = "x", grouping_id = "{{ payload.id }}",
      resolve_condition = "{{ payload.ok }}", acknowledge_condition = "{{ payload.ack }}", title = "{{ payload.t }}",
      examples = { { "one", payload = [[{"id":"1","t":"T"}]], expect = { title = "T", grouping_id = "1" } } } }]==]
    local code, text = run({ "x.lua" }, { read = function() return source end })
    assert.equal(1, code)
    assert.matches('no example expects state = "resolved"', text, 1, true)
    assert.matches('no example expects state = "acknowledged"', text, 1, true)
    assert.matches("constant grouping_id would go unnoticed", text, 1, true)
  end)

  it("counts a template error as a failure", function()
    local source = source_of("formatted_webhook"):gsub('image_url = "{{ payload.image_url or \'\' }}"',
      'image_url = "{{ payload.a.b }}"', 1)
    local code, text = run({ "x.lua" }, { read = function() return source end })
    assert.equal(1, code)
    assert.matches("image_url: Template Warning: ", text, 1, true)
  end)
end)

describe("a new integration", function()
  setup(open)
  teardown(close)
  it("starts with a file that passes", function()
    local text = assert(require("command.new").integration("tide_watch"))
    local code, out = run({ "tide_watch.lua" }, { read = function() return text end })
    assert.equal(0, code, out)
    assert.matches('name  = "Tide watch"', text, 1, true)
  end)

  it("needs a name that is a file name", function()
    for _, name in ipairs { "", "Tide", "../x", "a b", "1a", ("a"):rep(61) } do
      assert.is_nil((require("command.new").integration(name)))
    end
  end)
end)
