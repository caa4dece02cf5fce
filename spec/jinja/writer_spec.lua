--- The Lua text that templates become: past Lua's limits of locals, and quoted so that nothing gets out.
require "tocsin.core"
local jinja <const> = require "jinja"
local writer <const> = require "jinja.writer"

local env <const> = jinja.new { only_lua = true }

local function render(source) return assert(assert(env:compile(source)):render {}) end

describe("the writer", function()
  it("quotes any bytes as printable ASCII that Lua reads back", function()
    for _, s in ipairs { "", "a\"b\\", "\0001\n\r", "é\u{2028}]]", string.char(1, 127, 128, 255) } do
      local quoted <const> = writer.quote(s)
      assert.is_nil(quoted:find "[^\32-\126]")
      assert.equal(s, load("return " .. quoted)())
    end
  end)

  it("holds more variables than Lua has locals", function()
    local parts <const>, sum <const> = {}, {}
    for i = 1, 700 do
      parts[i] = ("{%% set v%d = %d %%}"):format(i, i)
      sum[i] = "v" .. i
    end
    assert.equal(tostring(700 * 701 // 2), render(table.concat(parts) .. "{{ " .. table.concat(sum, " + ") .. " }}"))
  end)

  it("holds expressions that are wider than Lua's registers", function()
    local items <const> = {}
    for i = 1, 1000 do items[i] = "x" .. i .. "|default(" .. i .. ")" end
    assert.equal("1000", render("{{ [" .. table.concat(items, ", ") .. "]|length }}"))
  end)

  it("nests as many loops as Python does, and says where that ends", function()
    local open <const>, close <const> = {}, {}
    for i = 1, 20 do open[i], close[i] = "{% for a" .. i .. " in [1] %}", "{% endfor %}" end
    assert.equal("x", render(table.concat(open) .. "x" .. table.concat(close)))
    local _, e <const> = env:compile(string.rep(open[1], 200) .. string.rep(close[1], 200))
    assert.equal("TemplateSyntaxError", e.class)
  end)
end)
