--- The columns of the table: chosen, moved, given back; those of labels added and removed by an admin.
require "tocsin.core"
local pages <const> = require "pages"

describe("the columns of the table", function()
  local p, me

  before_each(function()
    p = pages.open()
    p.world:person "ann"
    me = { authorization = (p.world:person "bea") }
    p.world:post(p.world:integration { name = "Web", labels = { { key = { name = "env" }, value = { name = "prod" } } } }, { title = "x" })
  end)
  after_each(function() p:close() end)

  local function get(path)
    local status, text = p:ask("GET", path, me)
    assert.equal(200, status, text)
    return text
  end
  local function post(path, fields, headers)
    local parts = {}
    for i, field in ipairs(fields) do parts[i] = field[1]:gsub(" ", "+"):gsub(":", "%%3A") .. "=" .. field[2]:gsub(":", "%%3A") end
    return p:ask("POST", path, { authorization = (headers or me).authorization, ["content-type"] = "application/x-www-form-urlencoded" },
      table.concat(parts, "&"))
  end
  local function heads(text)
    local list = {}
    for name in text:gmatch '<th scope="col"[^>]*>([^<]*)</th>' do list[#list + 1] = name end
    return list
  end

  it("are one's own, in one's own order", function()
    assert.same({ "State", "#", "Title", "Alerts", "Integration", "Opened", "Labels", "Team", "People" }, heads(get "/"))
    local status = post("/alert-groups/columns", { { "visible", "default:title" }, { "visible", "default:status" }, { "place default:title", "0" } })
    assert.equal(303, status)
    assert.same({ "Title", "State" }, heads(get "/"))
    assert.equal(9, #heads(p:get "/"))
    assert.equal(303, (post("/alert-groups/columns", { { "visible", "default:title" }, { "visible", "default:status" }, { "down", "default:title" } })))
    assert.same({ "State", "Title" }, heads(get "/"))
    assert.equal(303, (post("/alert-groups/columns/reset", {})))
    assert.equal(9, #heads(get "/"))
  end)

  it("are refused when none is left, with a sentence", function()
    local status, text = post("/alert-groups/columns", {})
    assert.same({ 422, true }, { status, text:find("At least one column must be visible.", 1, true) ~= nil })
  end)

  it("have those of labels for everybody, added by admins only", function()
    assert.equal(403, (post("/alert-groups/columns/add", { { "label", "env" } })))
    local admin = { authorization = p.world.client.token }
    assert.equal(303, (post("/alert-groups/columns/add", { { "label", "env" } }, admin)))
    assert.equal("env", heads(get "/")[10])
    assert.truthy(get "/":find('<td class="c-label">prod</td>', 1, true))
    local status, text = post("/alert-groups/columns/add", { { "label", "env" } }, admin)
    assert.same({ 422, true }, { status, text:find("is there twice", 1, true) ~= nil })
    assert.equal(303, (post("/alert-groups/columns/remove", { { "label", "env" } }, admin)))
    assert.equal(9, #heads(get "/"))
  end)
end)
