--- The limits of an alert that are settings: JSON depth, lengths of templates, renderings and titles, labels of a group.
local world = require "world"
local crypto = require "tocsin.crypto"
local json = require "tocsin.json"

describe("the limit of", function()
  local w
  local function open(settings) w = world.open { settings = settings } end
  after_each(function() w:close() end)

  it("JSON depth refuses what is nested deeper, and no less", function()
    open { json_depth = 5 }
    local hook = w:integration {}
    assert.equal(200, (w:send(hook, '{"a":[{"b":[{"c":1}]}]}')))
    local status, body = w:send(hook, '{"a":[{"b":[{"c":[]}]}]}')
    assert.equal(400, status)
    assert.matches("nested deeper than 5 levels", body)
    assert.equal(1, #w:groups())
  end)

  it("JSON depth holds for what a file's own functions read and make, too", function()
    local folder = "/tmp/tocsin-spec-" .. crypto.random_token(12)
    assert(os.execute("mkdir " .. folder))
    local file = assert(io.open(folder .. "/reads.lua", "w"))
    file:write [==[return { name = "Reads", about = "t", connect = "c", grouping_id = "{{ payload.id }}", title = "{{ payload.id }}",
      receive = function(r)
        if r.json.wrap then return { payload = { a = { b = { c = { d = { r.json } } } } } } end
        if r.json.ignore then return { ignore = true } end
        return { payload = r.json }
      end,
      examples = { { "one", payload = "{}", expect = { state = "firing" } } } }]==]
    file:close()
    w = world.open { settings = { json_depth = 5 }, integrations = folder }
    local hook = w:integration { type = "reads" }
    assert.equal(200, (w:send(hook, '{"a":[{"b":[{"c":1}]}]}')))
    for _, body in ipairs { '{"a":[{"b":[{"c":[]}]}]}', '{"ignore":[{"b":[{"c":[]}]}]}', '{"wrap":1}' } do
      local status, answer = w:send(hook, body)
      assert.equal(400, status, body)
      assert.matches("nested deeper than 5 levels", answer)
    end
    assert.equal(1, #w:groups())
    os.execute("rm -rf " .. folder)
  end)

  it("a title cuts it, and that of a rendering every other text", function()
    open { title_limit = 20, rendering_limit = 100 }
    local hook = w:integration { templates = { web = { title = "{{ 'é' * 50 }}" }, grouping_key = "{{ 'k' * 1000 }}" } }
    w:post(hook, "{}")
    assert.same({ ("é"):rep(20) .. "..", ("k"):rep(100) .. ".." }, { w:groups()[1].title, w:groups()[1].grouping_id })
  end)

  it("a template is shown where its text would have been", function()
    open { template_limit = 10000 }
    local hook = w:integration { templates = { web = { title = "fine" } } }
    w:rows("UPDATE integration SET templates = $1, version = version + 1", json.encode { web_title = ("x"):rep(10001) })
    w:post(hook, "{}")
    assert.matches("exceeds length limit %(10001 > 10000%)", w:groups()[1].title)
  end)

  it("labels keeps the first of them", function()
    open { label_limit = 2 }
    local list = json.array {}
    for _, key in ipairs { "c", "a", "b" } do list[#list + 1] = { key = { name = key }, value = { name = "v" } } end
    w:post(w:integration { dynamic_labels = list }, "{}")
    assert.equal('{"a":"v","b":"v"}', w:groups()[1].labels)
  end)
end)
