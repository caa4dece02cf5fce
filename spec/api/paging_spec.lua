--- Pages, query strings, moments and positions: the arithmetic of the API.
require "tocsin.core"
local json = require "tocsin.json"
local ordering = require "api.ordering"
local paging = require "api.paging"
local query = require "api.query"
local time = require "api.time"
local writer = require "api.writer"

local function envelope(text, count)
  local request = { query = query.parse(text), path = "/api/v1/things/", base_url = "http://x" }
  return json.decode(writer.text(paging.envelope(request, paging.window(request.query, 50, count), {})))
end

describe("a page", function()
  it("is the first of the default size when nothing is asked", function()
    local page = envelope("", 120)
    assert.same({ 50, 1, 3, 120 }, { page.page_size, page.current_page_number, page.total_pages, page.count })
    assert.equal("http://x/api/v1/things/?page=2", page.next)
    assert.equal(json.null, page.previous)
  end)

  it("past the end is the last one", function()
    local page = envelope("page=9&perpage=50&state=new", 120)
    assert.equal(3, page.current_page_number)
    assert.equal(json.null, page.next)
    assert.equal("http://x/api/v1/things/?perpage=50&state=new&page=2", page.previous)
  end)

  it("falls back to the default for a bad number", function()
    for _, text in ipairs { "page=0&perpage=0", "page=x&perpage=-1", "page=1.5&perpage=1e3", "page=99999999999999999999" } do
      assert.equal(50, envelope(text, 10).page_size)
      assert.equal(1, envelope(text, 10).current_page_number)
    end
    assert.equal(1000, envelope("perpage=100000", 10).page_size)
  end)

  it("names the first page without a number", function()
    assert.equal("http://x/api/v1/things/", envelope("page=2", 120).previous)
  end)

  it("of nothing is one empty page", function()
    local page = envelope("page=4", 0)
    assert.same({ 1, 1, 0 }, { page.current_page_number, page.total_pages, page.count })
  end)
end)

describe("a query string", function()
  it("is decoded and written back", function()
    local parsed = query.parse("a=1&b=x%20y+z&b=%C3%A9&c&&=d")
    assert.same({ { "a", "1" }, { "b", "x y z" }, { "b", "\u{e9}" }, { "c", "" }, { "", "d" } }, parsed)
    assert.equal("\u{e9}", query.get(parsed, "b"))
    assert.is_nil(query.get(parsed, "c"))
    assert.same({ "x y z", "\u{e9}" }, query.all(parsed, "b"))
    assert.equal("a=1&c=&=d&b=%26", query.text(query.with(parsed, "b", "&")))
    assert.same({}, query.parse(nil))
  end)

  it("leaves a broken escape alone", function()
    assert.same({ { "a", "%zz%" } }, query.parse("a=%zz%"))
  end)
end)

describe("a moment", function()
  it("is written with its microseconds when there are some", function()
    assert.equal("2020-05-19T12:37:01.430444Z", time.text(1589891821430444))
    assert.equal("2020-05-11T20:08:43Z", time.text(1589227723000000))
    assert.equal("1970-01-01T00:00:00Z", time.text(0))
    assert.equal("1969-12-31T23:59:59.999999Z", time.text(-1))
    assert.is_nil(time.text(nil))
  end)

  it("is read to the second, leap days included", function()
    for _, text in ipairs { "2024-02-29T00:00:00", "2000-02-29T23:59:59", "2026-12-31T12:00:01", "1970-01-01T00:00:00" } do
      assert.equal(text .. "Z", time.text(time.parse(text)))
    end
  end)

  it("that does not exist is refused", function()
    for _, text in ipairs { "2023-02-29T00:00:00", "2024-13-01T00:00:00", "2024-00-10T00:00:00", "2024-01-01T24:00:00",
      "2024-04-31T00:00:00", "2024-01-01", "2024-01-01T00:00:00Z", "" } do
      assert.is_nil(time.parse(text), text)
    end
  end)
end)

describe("a position", function()
  local LIST = { { id = 1, position = 0 }, { id = 2, position = 10 }, { id = 3, position = 11 } }

  local function place(own, wanted, is_manual)
    local position, moved = ordering.place(LIST, own, wanted, is_manual)
    return { position, moved }
  end

  it("of a new element is the last unless asked", function()
    assert.same({ 12, {} }, place(nil, nil))
    assert.same({ 12, {} }, place(nil, -1))
    assert.same({ 0, {} }, { ordering.place({}, nil, nil) })
    assert.same({ 4, {} }, { ordering.place({}, nil, 4) })
  end)

  it("moves what lies between by one", function()
    assert.same({ 0, { [1] = 1, [2] = 11, [3] = 12 } }, place(nil, 0))
    assert.same({ 10, { [2] = 11, [3] = 12 } }, place(nil, 10))
    assert.same({ 5, { [2] = 11, [3] = 12 } }, place(nil, 5))
    assert.same({ 11, { [2] = 9, [3] = 10 } }, place(5, 11))
  end)

  it("of -1 is the end", function()
    assert.same({ 11, { [2] = 9, [3] = 10 } }, place(5, -1))
    assert.same({ 20, {} }, place(20, -1))
  end)

  it("that is kept moves nothing", function()
    assert.same({ 5, {} }, place(5, nil))
    assert.same({ 5, {} }, place(5, 5))
  end)

  it("asked for by hand swaps, or takes the free place", function()
    assert.same({ 10, { [2] = 12 } }, place(nil, 10, true))
    assert.same({ 5, {} }, place(nil, 5, true))
    assert.same({ 0, { [1] = 5 } }, place(5, 0, true))
  end)
end)
