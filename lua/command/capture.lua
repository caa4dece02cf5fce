--- `tocsin capture`: the requests that an integration gets, as examples to paste, as they come in.
local console <const> = require("tocsin.console")
local flags <const> = require("command.flags")
local json <const> = require("tocsin.json")
local paste <const> = require("command.paste")
local port <const> = require("tocsin.port")
local stored <const> = require("command.stored")
local time <const> = require("api.time")

local capture = {}

local HELP <const> = [[
tocsin capture --data DIR --integration NAME|ID [--count N] [--for SECONDS]

Shows the requests that an integration gets while the server runs, also those that are refused or ignored, as examples
to paste into its file. Tokens, passwords and signatures are masked; look at the rest before you give it away.
  --data DIR            the running server's data folder
  --integration NAME    the integration, by its name or its id
  --count N             end after so many
  --for SECONDS         end after so long (default: until interrupted)
]]

local FLAGS <const> = { data = "value", integration = "value", count = "value", ["for"] = "value" }
local LOOK_MS <const> = 300

local function fail(sentence, code)
  console.err("tocsin capture: " .. sentence .. "\n")
  return code or 1
end

local function show(request)
  local masked = { method = request.method, query = paste.mask_pairs(request.query),
    headers = paste.mask_headers(request.headers), body = paste.mask_body(request.body) }
  local name = string.format("%s at %s%s", request.method, time.text(request.at), request.is_cut and ", cut at 64 KiB" or "")
  console.out(paste.example(name, masked))
end

local function parse(words)
  local f, why = flags.parse("capture", words, FLAGS)
  if not f or f.help then return f, why end
  if not f.data then return nil, "--data is missing: the running server's data folder" end
  if not f.integration then return nil, "--integration is missing: its name or its id" end
  for _, name in ipairs { "count", "for" } do
    if f[name] and not string.find(f[name], "^[1-9]%d?%d?%d?%d?%d?$") then
      return nil, "--" .. name .. " must be a number from 1 to 999999"
    end
  end
  return f
end

-- Asks again and again; the first answer tells only where the numbers stand.
local function follow(f, id)
  local after, shown, looks = 0, 0, 0
  local last_look = f["for"] and tonumber(f["for"]) * 1000 // LOOK_MS
  while not last_look or looks < last_look do
    local answer, why = port.call("capture", { data = f.data, integration = id, after = after })
    if not answer then return fail(why) end
    for _, request in ipairs(answer.requests) do
      after, shown = request.number, shown + 1
      show(request)
      if f.count and shown >= tonumber(f.count) then return 0 end
    end
    looks = looks + 1
    console.sleep(LOOK_MS)
  end
  return 0
end

--- The command. `words_json` holds the words after `capture`.
---@param words_json string
---@return integer exit_code
function capture.main(words_json)
  local f, why = parse(json.decode(words_json))
  if not f then return fail(why, 2) end
  if f.help then console.out(HELP) return 0 end
  local row, sentence = stored.integration(f.data, f.integration)
  if not row then return fail(sentence) end
  console.err(string.format("Waiting for requests of %s (%s). Send one.\n", row.name, row.type))
  return follow(f, row.id)
end

return capture
