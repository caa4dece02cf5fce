--- Pages of a list: which rows are asked for, and the envelope that names the neighbouring pages.
local query_string = require("api.query")
local writer = require("api.writer")

local paging = {}

-- One answer holds at most this many objects, whatever `perpage` says.
paging.PAGE_SIZE_MAX = 1000

---What a query string may say of pages.
paging.PARAMETERS = {
  { "page", type = "integer", min = 1, about = "Which page, from 1; one past the end is the last." },
  { "perpage", type = "integer", min = 1, max = paging.PAGE_SIZE_MAX, about = "How many on a page." },
}

local function positive(text)
  local n = text and #text <= 9 and math.tointeger(tonumber(string.match(text, "^%d+$")))
  return n and n > 0 and n or nil
end

---Which rows: a bad number falls back to the default, a page past the end is the last one.
---@param query table the parsed query string
---@param default_size integer
---@param count integer rows in all
function paging.window(query, default_size, count)
  local size = math.min(positive(query_string.get(query, "perpage")) or default_size, paging.PAGE_SIZE_MAX)
  local total = math.max(1, (count + size - 1) // size)
  local page = math.min(positive(query_string.get(query, "page")) or 1, total)
  return { size = size, page = page, total = total, count = count, offset = (page - 1) * size }
end

---How many rows have to be counted at least to know whether there is more after the page that is asked for.
function paging.reach(query, default_size)
  local size = math.min(positive(query_string.get(query, "perpage")) or default_size, paging.PAGE_SIZE_MAX)
  return (positive(query_string.get(query, "page")) or 1) * size + 1
end

local function page_url(request, page)
  local text = query_string.text(query_string.with(request.query, "page", page > 1 and tostring(page) or nil))
  return request.base_url .. request.path .. (text == "" and "" or "?" .. text)
end

---The answer to a list request; `results` are the objects of this page.
function paging.envelope(request, window, results)
  return writer.object(
    "next", window.page < window.total and page_url(request, window.page + 1) or nil,
    "previous", window.page > 1 and page_url(request, window.page - 1) or nil,
    "results", writer.list(results),
    "count", window.count,
    "page_size", window.size,
    "current_page_number", window.page,
    "total_pages", window.total)
end

return paging
