--- XML as tables: what it becomes, and what is refused.
require "tocsin.core"
local receive <const> = require "receive"
local json <const> = require "tocsin.json"
local xml <const> = require "xml"

describe("XML", function()
  it("becomes tables by its names", function()
    for text, value in pairs {
      ["<a/>"] = { a = "" }, ["<a>x</a>"] = { a = "x" }, [" <?xml version='1.0'?>\n<a> x &amp; y &#233;&#x20AC; </a>\n"] = { a = "x & y é€" },
      ['<a id="1"><b>x</b><b>y</b><b/></a>'] = { a = { ["@id"] = "1", b = { "x", "y", "" } } },
      ['<e:alert xmlns:e="urn:x" s=\'a>b"\'>t<!-- <no> --><x/></e:alert>'] = { ["e:alert"] = { ["@xmlns:e"] = "urn:x", ["@s"] = 'a>b"', x = "", ["#text"] = "t" } },
      ["<a><![CDATA[<b>&amp;]]></a>"] = { a = "<b>&amp;" }, ["\239\187\191<a/>"] = { a = "" },
      ["<a>&lt;&unknown;&#0;&#xD800;</a>"] = { a = "<&unknown;&#0;&#xD800;" },
    } do
      assert.same(value, (xml.decode(text)), text)
    end
  end)

  it("that is none is refused with a sentence", function()
    for _, text in ipairs { "", "x", "<", "<a", "<a>", "</a>", "<a></b>", "<a><b></a></b>", "<a/>x", "<a b></a>", "<a b=1/>", "<a b='1></a>", "< a/>", "<!-- x",
      "<a><![CDATA[x</a>", "<?xml", "\xff<a/>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", ("<a>"):rep(70) .. ("</a>"):rep(70), ("<a/>"):rep(20001),
      "<a>" .. ("x"):rep(1 << 20) .. "</a>" } do
      local value, why = xml.decode(text)
      assert.is_nil(value, text:sub(1, 40))
      assert.is_string(why)
    end
  end)

  it("takes time that grows with its length, not faster", function()
    for _, text in ipairs { ("<"):rep(1000000), ("<a "):rep(300000), ("<a b='"):rep(150000), ("&"):rep(1000000), "<a " .. (" "):rep(900000), ("<!--"):rep(200000),
      "<a>" .. ("&#"):rep(400000), ("<a>"):rep(300000) } do
      local start = os.clock()
      xml.decode(text)
      assert.is_true(os.clock() - start < 1, text:sub(1, 10))
    end
  end)

  it("is what `receive` is shown of such a body", function()
    local spec = { receive = function(request) return { payload = request.xml or request.json or { neither = true } } end }
    local function payload(body) return (select(2, receive.apply(spec, "POST", "", "{}", body, 0))) end
    local function first(body) return json.decode(json.decode(payload(body))[1]) end
    assert.same({ alert = { host = "db-1", state = "down" } }, first "<alert><host>db-1</host><state>down</state></alert>")
    assert.same({ a = 1 }, first '{"a":1}')
    assert.same({ neither = true }, first "<broken")
  end)
end)
