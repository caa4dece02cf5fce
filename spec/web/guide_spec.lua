--- The first steps: a new server leads its first admin to a page to themselves.
require "tocsin.core"
local browser <const> = require "browser"
local pages <const> = require "pages"
local world <const> = require "world"

local PASSWORD <const> = "correct horse battery"

describe("the first steps", function()
  local w, b

  before_each(function()
    w = world.open()
    local user <const> = w:api(201, "POST", "users/", { username = "ada", role = "admin" })
    b = browser.new(w.core)
    local link <const> = w:api(200, "POST", "users/" .. user.id .. "/invite/").link:match "//[^/]*(/.*)$"
    assert(b:post(link, { password = PASSWORD, again = PASSWORD }).status == 303)
  end)
  after_each(function() w:close() end)

  -- Where the next step leads; "page" when it is the page.
  local function next_step()
    local text <const> = b:get("/").text:match '<section class="guide card".-</section>'
    if not text then return nil end
    local item <const> = text:match '<li class="next">(.-)</li>'
    return item:match '<a class="button mine" href="([^"]*)"' or item:match 'action="/guide/page"' and "page"
  end

  it("lead from nothing to a page to oneself, and are gone then", function()
    assert.equal("/integrations/new", next_step())
    local hook <const> = w:integration()
    assert.equal("/integrations/" .. hook.id, next_step())
    assert.equal(200, b:get("/integrations/" .. hook.id).status)
    w:api(200, "POST", "integrations/" .. hook.id .. "/send_demo_alert/", {})
    assert.equal("/settings/channels/new", next_step())
    w:api(201, "POST", "providers/", { type = "ntfy" })
    assert.equal("/profile#contact", next_step())
    local id <const> = w:api(200, "GET", "users/?username=ada").results[1].id
    w:api(201, "POST", "contact_methods/", { user_id = id, channel = "ntfy", address = { topic = "ada" } })
    assert.equal("/profile#rules", next_step())
    w:api(201, "POST", "personal_notification_rules/", { user_id = id, type = "notify_by_ntfy" })
    assert.equal("page", next_step())
    local paged <const> = b:post("/guide/page", {})
    assert.matches("^/alert%-groups/I", paged.location)
    assert.truthy(pages.words(b:get(paged.location).text):find("A first page to myself", 1, true))
    assert.equal("ntfy", w:rows("SELECT channel FROM notification WHERE kind = 'page'")[1].channel)
    assert.is_nil(next_step())
  end)

  it("can be put away, and are not for who may not set things up", function()
    assert.equal(303, b:post("/guide/hide", {}).status)
    assert.is_nil(next_step())
    local ed <const> = w:api(201, "POST", "users/", { username = "ed", role = "editor" })
    b = browser.new(w.core)
    b:post(w:api(200, "POST", "users/" .. ed.id .. "/invite/").link:match "//[^/]*(/.*)$", { password = PASSWORD, again = PASSWORD })
    assert.is_nil(next_step())
  end)
end)
