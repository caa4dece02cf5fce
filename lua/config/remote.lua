--- Asks another server over its API: for lists, page after page, and to plan and apply files; waits where it is told to, and
--- tries again what may be in passing.
local console <const> = require("tocsin.console")
local json <const> = require("tocsin.json")
local port <const> = require("tocsin.port")

local format <const> = string.format

local remote = {}

local TRIES <const>, CALLS <const> = 5, 3 -- of what fails in passing; of a server that cannot be reached
local WAITS <const>, WAIT_MAX <const> = 20, 600 -- times and seconds that a 429 is waited for
local PAGES_MAX <const> = 10000
local READ_MS <const>, CHANGE_MS <const> = 30000, 600000

local function sleep(seconds)
  for _ = 1, seconds do console.sleep(1000) end
end

-- Seconds until the server wants to be asked again.
local function wait_of(answer)
  local seconds = math.tointeger(tonumber(answer.retry_after)) or 5
  return math.max(1, math.min(seconds, WAIT_MAX))
end

local function sentence_of(url, answer)
  local ok, body = pcall(json.decode, answer.body)
  local detail = ok and type(body) == "table" and type(body.detail) == "string" and ": " .. body.detail or ""
  if answer.status == 401 or answer.status == 403 then detail = detail .. " (is the token one of an admin of this server?)" end
  return format("%s was answered with %d%s", url, answer.status, detail)
end

-- One request → the decoded answer, or nil and a sentence. What is sent may be sent twice.
---@param sent string|nil the body of a POST
local function ask(options, url, sent)
  local tries, waits = 0, 0
  while true do
    local answer, why = port.call("fetch", { url = url, token = options.token, ca_file = options.ca_file or "",
      method = sent and "POST" or "GET", body = sent or "", timeout_ms = sent and CHANGE_MS or READ_MS })
    local status = answer and answer.status
    if status == 200 or sent and status == 400 then
      local page = json.decode(answer.body)
      if type(page) == "table" then return page end
      return nil, url .. " was answered with something that is no JSON: is this the address of the server?"
    elseif status == 429 and waits < WAITS then
      waits = waits + 1
      options.on_wait(wait_of(answer))
      sleep(wait_of(answer))
    elseif tries < (status and TRIES or CALLS) - 1 and (not status or status >= 500) then
      tries = tries + 1
      sleep(1 << (tries - 1))
    else return nil, answer and sentence_of(url, answer) or why end
  end
end

local function base_of(url) return (string.gsub(string.gsub(url, "/+$", ""), "/api/v1$", "")) end

---A client of a Tocsin elsewhere, for reading: fun(method, path) → 200, answer; an error with a sentence.
---@param options table as of lists
function remote.client(options)
  local base = base_of(options.url)
  return function(_, path)
    local answer, why = ask(options, base .. path)
    if not answer then error(why, 0) end
    return 200, answer
  end
end

local function plain(list)
  for _, one in ipairs(list) do
    for name, value in pairs(one) do
      if value == json.null then one[name] = nil end
    end
  end
end

---Has files planned or applied by a Tocsin elsewhere.
---@param options table as of lists
---@param what "plan"|"apply"
---@param files table<string, string> of folder.texts
---@return table? plan {wrong, differences, has_secrets} as of config.apply
---@return string? why
function remote.configuration(options, what, files)
  local url = format("%s/api/v1/configuration/%s/", base_of(options.url), what)
  local answer, why = ask(options, url, json.encode { files = files })
  if not answer then return nil, why end
  if not answer.wrong then return nil, format("%s was refused: %s", url, json.encode(answer)) end
  plain(answer.wrong)
  for i, one in ipairs(answer.differences or {}) do
    plain(one.fields)
    for n, f in ipairs(one.fields) do one.fields[n] = { f.field, f.old, f.new } end
    answer.differences[i] = one
  end
  return answer
end

---A function that gives all objects of a list: fun(path) → table[] | nil, sentence.
---@param options {url: string, token: string, ca_file: string?, on_wait: fun(seconds: integer)}
function remote.lists(options)
  local base = base_of(options.url)
  return function(path)
    local list, seen = {}, {}
    for n = 1, PAGES_MAX do
      local page, why = ask(options, format("%s/api/v1/%s/?page=%d", base, path, n))
      if not page then return nil, why end
      local results = type(page.results) == "table" and page.results or page
      if getmetatable(results) ~= json.array_mt then return nil, format("%s/api/v1/%s/ has no results", base, path) end
      for _, one in ipairs(results) do
        -- Something made meanwhile moves the pages.
        if type(one) == "table" and type(one.id) == "string" and not seen[one.id] then
          seen[one.id] = true
          list[#list + 1] = one
        end
      end
      if page.next == nil or page.next == json.null then return list end
    end
    return nil, format("%s has no end", path)
  end
end

return remote
