--- Filters where the installed Jinja2 or Python differ from the versions we follow, and where laziness, stability or
--- randomness cannot be seen in a comparison of outputs.
require "tocsin.core"
local jinja <const> = require "jinja"
local R <const> = require "jinja.runtime"
local value <const> = require "jinja.value"
local raised <const> = require "raised"

local env <const> = jinja.new {}

local function render(source, context)
  local template <const> = assert(env:compile(source))
  local text <const>, e = template:render(context or {})
  return text or e.class .. ": " .. e.message
end

describe("filters of Jinja2 3.1.6 on Python 3.12", function()
  it("add floats with what each addition lost", function()
    assert.equal("0.6", render "{{ [0.1, 0.2, 0.3]|sum }}")
    assert.equal("1.0", render "{{ ([0.1] * 10)|sum }}")
    assert.equal("0.6000000000000001", render "{{ 0.1 + 0.2 + 0.3 }}")
    assert.equal("inf", render "{{ [1e308, 1e308]|sum }}")
    assert.equal("2.5", render "{{ [1, true, 0.5]|sum }}")
    assert.equal("1e+16", render "{{ [1e16, 1, -1]|sum }}")
  end)

  it("take infinity in a text for no integer", function()
    assert.equal("0 0 7", render "{{ 'inf'|int }} {{ '1e400'|int }} {{ '-inf'|int(7) }}")
    assert.equal("OverflowError: cannot convert float infinity to integer", render "{{ 'inf'|float|int }}")
  end)

  it("do not link words like @a@b.com", function()
    assert.equal("@a@b.com", render "{{ '@a@b.com'|urlize }}")
  end)

  it("raise KeyError for a slice of a dict", function()
    assert.equal("KeyError: slice(0, 1, None)", render("{{ d[0:1] }}", { d = R.dict(1, "a", 1) }))
  end)

  it("name the generator of unique", function()
    assert.equal("<generator object sync_do_unique at 0x7f0000000000>", render "{{ [1]|unique }}")
  end)
end)

describe("lazy filters", function()
  it("are read once", function()
    assert.equal("[1][]", render "{% set g = [1]|map('int') %}{{ g|list }}{{ g|list }}")
    assert.equal("True", render "{% set g = []|select %}{{ g is iterable and true if g }}")
  end)

  it("do nothing until they are read", function()
    assert.equal("ok", render "{% set g = [1]|map('nope') %}{% set h = 5|select('odd') %}{% set i = 5|items %}ok")
    assert.equal("TemplateRuntimeError: No filter named 'nope'.", render "{{ [1]|map('nope')|list }}")
    assert.equal("TypeError: 'int' object is not iterable", render "{{ 5|select('odd')|list }}")
  end)

  it("see what is added to their source while they are read", function()
    assert.equal("1 2 ", render
      "{% set l = [1] %}{% for x in l|map('int') %}{{ x }} {% if x == 1 %}{% set _ = l.append(2) %}{% endif %}{% endfor %}")
  end)
end)

describe("sorting", function()
  local rows <const> = {}
  for i = 1, 200 do rows[i] = R.dict(2, "k", (i * 7) % 5, "i", i) end
  rows.n = 200
  local list <const> = value.list(rows)

  it("is stable, also in reverse", function()
    for _, reverse in ipairs { false, true } do
      local sorted <const> = R.filter "sort"(list, 0, { "attribute", "reverse", attribute = "k", reverse = reverse })
      for i = 2, 200 do
        local a <const>, b <const> = sorted[i - 1].v, sorted[i].v
        if reverse then assert.is_true(a.k > b.k or a.k == b.k and a.i < b.i)
        else assert.is_true(a.k < b.k or a.k == b.k and a.i < b.i) end
      end
    end
    assert.equal(1, list[1].v.i)
  end)

  it("survives comparisons that contradict each other", function()
    local nan <const> = 0.0 / 0.0
    assert.equal(5, R.filter "sort"(R.list(5, 3, nan, 1, nan, 2), 0).n)
    assert.same({ "TypeError", "'<' not supported between instances of 'str' and 'int'" },
      { raised(R.filter "sort", R.list(2, 1, "a"), 0) })
  end)
end)

describe("random filters", function()
  it("stay within their source", function()
    for _ = 1, 20 do
      assert.is_true(R.contains(R.filter "random"(R.list(3, 1, 2, 3), 0), R.list(3, 1, 2, 3)))
    end
    assert.equal("", R.str(R.filter "random"(R.list(0), 0)))
    assert.equal("<p>", R.str(R.call(R.global "lipsum", 1, 1)):sub(1, 3))
    assert.equal("", R.str(R.call(R.global "lipsum", 1, 0)))
  end)
end)
