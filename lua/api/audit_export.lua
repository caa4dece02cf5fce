--- GET /audit/export/?format=ndjson|csv with the filters of the list: the trail of changes, oldest first, in pieces.
--
-- One answer has 5,000 lines or 4 MiB; when there is more, its header `Link` names the next (`after_id`).
local csv = require("csv")
local errors = require("api.errors")
local ids = require("tocsin.ids")
local query_string = require("api.query")
local resource = require("resources.audit")
local rows = require("api.rows")
local writer = require("api.writer")

local audit_export = {}

local LINES_MAX <const>, BYTES_MAX <const> = 5000, 4 << 20

local function text_of(value)
  if value == nil then return "" end
  return type(value) == "table" and writer.text(value) or tostring(value)
end

local HEAD <const> = {}
for i, f in ipairs(resource.fields) do HEAD[i] = f[1] end

local function csv_line(object)
  local cells = {}
  for i = 1, #HEAD do cells[i] = text_of(object[2 * i]) end
  return csv.line(cells)
end

-- Media type, first line, and the line of an object.
local WRITERS <const> = {
  ndjson = { "application/x-ndjson", "", function(object) return writer.text(object) .. "\n" end },
  csv = { "text/csv; charset=utf-8", csv.line(HEAD), csv_line },
}

local function link_to(request, last)
  local query = query_string.with(request.query, "after_id", ids.encode(resource.prefix, last))
  return string.format('Link: <%s%s?%s>; rel="next"\r\n', request.base_url, request.path, query_string.text(query))
end

local function export(request)
  local format = query_string.get(request.query, "format") or "ndjson"
  local kind = WRITERS[format]
  if not kind then return errors.field("format", "Must be one of: ndjson, csv.") end
  local found, refusal = rows.keys(resource, request, nil, LINES_MAX + 1, "t.id")
  if not found then return refusal end
  local is_first = query_string.get(request.query, "after_id") == nil
  local out, size, last = { is_first and kind[2] or "" }, 0, nil
  for i, key in ipairs(found) do
    local row = i <= LINES_MAX and size < BYTES_MAX and rows.by_key(resource, key)
    if not row then break end
    out[#out + 1] = kind[3](rows.show(resource, row, request))
    size, last = size + #out[#out], key
  end
  local has_more = last ~= nil and last ~= found[#found]
  return { status = 200, content_type = kind[1], text = table.concat(out), headers = has_more and link_to(request, last) or nil }
end

audit_export.get = {
  about = "The trail of changes, oldest first, with the filters of the list, in pieces: the header Link names the next.",
  query = { { "format", type = "choice", choices = { "ndjson", "csv" }, about = "ndjson unless it is said." } }, gives = "text",
  kind = { WRITERS.ndjson[1], WRITERS.csv[1] }, answer = export,
}

return audit_export
