--- `tocsin audit export`: the trail of changes as lines, of the running server or of the data folder.
local account = require "api.account"
local console = require "tocsin.console"
local csv = require "csv"
local flags = require "command.flags"
local json = require "tocsin.json"
local port = require "tocsin.port"
local time = require "api.time"
local writer = require "api.writer"

local audit = {}

local HELP = [[
tocsin audit export --data DIR [--format ndjson|csv] [--from WHEN] [--to WHEN]

Prints the trail of changes, oldest first: who changed what, from what to what, when and from where. Ids are the
database's numbers (GET /api/v1/audit/export/ has those of the API). Secrets are in it nowhere.
  --data DIR      the server's data folder
  --format F      ndjson (default) or csv
  --from WHEN     no older lines, such as 2027-05-19T12:00:00Z
  --to WHEN       no newer ones
]]

local FLAGS <const> = { data = "value", format = "value", from = "value", to = "value" }
local AT_ONCE <const> = 500 -- lines read with one statement

local LINES <const> = "SELECT a.*, " ..
  "CASE a.by WHEN 'user' THEN u.username WHEN 'api' THEN k.name ELSE a.by_name END AS told_name " ..
  "FROM audit AS a LEFT JOIN user AS u ON u.id = a.by_id LEFT JOIN api_token AS k ON k.id = a.by_id " ..
  "WHERE a.id > $1 AND a.at >= $2 AND a.at <= $3 ORDER BY a.id LIMIT " .. AT_ONCE
local NAMES <const> = { "id", "at", "by", "by_id", "by_name", "via", "token_id", "session_id", "address", "action", "object",
  "object_id", "before", "after" }

local function fail(sentence, code)
  console.err("tocsin audit: " .. sentence .. "\n")
  return code or 2
end

local function value_of(row, name)
  local value = row[name == "by_name" and "told_name" or name]
  if value == json.null then return nil end
  return name == "at" and time.text(value) or value
end

local PRINT <const> = {
  ndjson = function(row)
    local object = writer.object()
    for _, name in ipairs(NAMES) do
      local value = value_of(row, name)
      if value and (name == "before" or name == "after") then value = writer.raw(value) end
      writer.put(object, name, value)
    end
    return writer.text(object) .. "\n"
  end,
  csv = function(row)
    local cells = {}
    for i, name in ipairs(NAMES) do cells[i] = tostring(value_of(row, name) or "") end
    return csv.line(cells)
  end,
}

-- A moment of a flag, or what stands for none.
local function moment(f, name, otherwise)
  if not f[name] then return otherwise end
  local at = time.parse_moment(f[name])
  if not at then return nil, "--" .. name .. " must be like 2027-05-19T12:00:00Z, not '" .. f[name] .. "'" end
  return at
end

local function export(f, from, to)
  local format = f.format or "ndjson"
  if format == "csv" then console.out(csv.line(NAMES)) end
  local last = 0
  repeat
    local result, sentence = port.call("write", { data = f.data,
      statements = account.statements { sql = LINES, args = { last, from, to } } })
    if not result then return fail(sentence, 1) end
    for _, row in ipairs(result.rows) do
      console.out(PRINT[format](row))
      last = row.id
    end
  until #result.rows < AT_ONCE
  return 0
end

--- main(words_json, now) → exit code
function audit.main(words_json, now)
  local words = json.decode(words_json)
  local is_export = words[1] == "export"
  local f, why = flags.parse("audit", { table.unpack(words, is_export and 2 or 1) }, FLAGS)
  if f and f.help then
    console.out(HELP)
    return 0
  end
  if not is_export then return fail("the only command is `audit export`; see `tocsin audit --help`") end
  if not f then return fail(why) end
  if not f.data then return fail("--data is missing: the server's data folder") end
  if f.format and not PRINT[f.format] then return fail("--format must be ndjson or csv, not '" .. f.format .. "'") end
  local from, to
  from, why = moment(f, "from", 0)
  if not why then to, why = moment(f, "to", now + 86400000000) end
  if why then return fail(why) end
  return export(f, from, to)
end

return audit
