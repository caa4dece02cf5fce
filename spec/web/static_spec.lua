--- Static files of pages: their addresses, what browsers may keep, what goes compressed, and that nobody else's host is asked.
require "tocsin.core"
local engine <const> = require "tocsin.engine"
local pages <const> = require "pages"

local NAMES <const> = { "style.css", "app.js", "icon.svg", "htmx.js", "editor.js", "licences.txt" }

local function unzipped(bytes)
  local name <const> = os.tmpname()
  finally(function() os.remove(name) end)
  do
    local file <close> = assert(io.open(name, "wb"))
    file:write(bytes)
  end
  local pipe <close> = assert(io.popen("gzip -dc < " .. name))
  return pipe:read "a"
end

describe("static files", function()
  local p

  before_each(function() p = pages.open() end)
  after_each(function() p:close() end)

  -- status, text, headers of a file at the address that pages use
  local function ask(name, headers)
    local _, _, more = p:ask("GET", "/static/0/" .. name, {})
    assert.truthy(more:find("no-cache", 1, true), name)
    local status, plain = p:ask("GET", "/static/0/" .. name, {})
    assert.equal(200, status, name)
    local digest = require("tocsin.crypto").sha256_hex(plain):sub(1, 12)
    return p:ask("GET", "/static/" .. digest .. "/" .. name, headers or {})
  end

  it("are kept for ever under an address that changes with them", function()
    for _, name in ipairs(NAMES) do
      local status, _, more = ask(name)
      assert.equal(200, status)
      assert.truthy(more:find("immutable", 1, true), name)
      assert.is_nil(more:find("Content-Encoding", 1, true), name)
    end
    local style = p:get "/":match 'href="/static/(%x+)/style%.css"'
    assert.equal(require("tocsin.crypto").sha256_hex((select(2, ask "style.css"))):sub(1, 12), style)
  end)

  it("go compressed to who takes that, and are the same", function()
    for _, name in ipairs(NAMES) do
      local _, plain = ask(name)
      local _, small, more = ask(name, { ["accept-encoding"] = "gzip, br" })
      assert.truthy(more:find("Content-Encoding: gzip", 1, true), name)
      assert.truthy(more:find("Vary: Accept-Encoding", 1, true), name)
      assert.is_true(#small < #plain, name)
      assert.equal(plain, unzipped(small), name)
    end
  end)

  it("that were changed in a checkout go as they are there, beside what the build made", function()
    local folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir -p " .. folder .. " && cp -r lua integrations core " .. folder .. "/ && echo 'body{}' > " ..
      folder .. "/lua/web/static/style.css"))
    local core = engine.open { lua = folder }
    finally(function() engine.close(core) os.execute("rm -r " .. folder) end)
    local headers = { ["accept-encoding"] = "gzip" }
    local status, text, _, more = engine.request(core, "GET", "/static/0/style.css", headers)
    assert.same({ 200, "body{}\n" }, { status, text })
    assert.is_nil(more:find("Content-Encoding", 1, true))
    status, _, _, more = engine.request(core, "GET", "/static/0/htmx.js", headers)
    assert.equal(200, status)
    assert.truthy(more:find("Content-Encoding: gzip", 1, true))
  end)

  it("need no other host: neither the lock file nor what was bundled names one to load from", function()
    local file <close> = assert(io.open("vendor/package-lock.json"))
    assert.is_nil(file:read "a":find('"resolved"', 1, true))
    for _, name in ipairs { "app.js", "htmx.js", "editor.js" } do
      local _, text = ask(name)
      assert.is_nil(text:find("import%s*%(?%s*[\"']https?:"), name)
    end
  end)
end)
