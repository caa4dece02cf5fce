--- A person's browser for specs of the pages: keeps cookies, sends forms as a page of ours would, reads what is shown.
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local browser = {}
browser.__index = browser

local ORIGIN <const> = "http://tocsin.test" -- of the core in process

local function percent(text)
  return (tostring(text):gsub("[^%w%-._~]", function(c) return ("%%%02X"):format(c:byte()) end))
end

--- browser.new(core) → one with an empty jar
function browser.new(core, headers) return setmetatable({ core = core, jar = {}, headers = headers or {} }, browser) end

function browser:cookie_line()
  local list = {}
  for name, value in pairs(self.jar) do list[#list + 1] = name .. "=" .. value end
  return #list > 0 and table.concat(list, "; ") or nil
end

--- One request → answer {status, text, kind, headers (text), location, json}; `body` a table is a form.
function browser:request(method, path, body, headers)
  local sent = { cookie = self:cookie_line(), origin = method ~= "GET" and ORIGIN or nil }
  for name, value in pairs(self.headers) do sent[name] = value end
  if type(body) == "table" then
    local parts = {}
    for name, value in pairs(body) do parts[#parts + 1] = percent(name) .. "=" .. percent(value) end
    body = table.concat(parts, "&")
    sent["content-type"] = "application/x-www-form-urlencoded"
  end
  for name, value in pairs(headers or {}) do sent[name] = value or nil end
  local status, text, kind, extra = engine.request(self.core, method, path, sent, body)
  for name, value, rest in (extra or ""):gmatch "Set%-Cookie: ([^=]+)=([^;\r\n]*)([^\r\n]*)" do
    self.jar[name] = not rest:find "Max%-Age=0;" and value or nil
    if rest:find "Max%-Age=0;" then self.jar[name] = nil end
  end
  return { status = status, text = text, kind = kind, headers = extra or "", location = (extra or ""):match "Location: ([^\r\n]*)",
    json = kind == "application/json" and text ~= "" and json.decode(text) or nil }
end

function browser:get(path) return self:request("GET", path) end
function browser:post(path, fields, headers) return self:request("POST", path, fields, headers) end
function browser:send_json(path, value, headers)
  local all = { ["content-type"] = "application/json", origin = false }
  for name, v in pairs(headers or {}) do all[name] = v end
  return self:request("POST", path, json.encode(value), all)
end

--- Signs in and must get in.
function browser:sign_in(name, password, code)
  local answer = self:send_json("/sign-in", { name = name, password = password, code = code })
  assert(answer.status == 200, answer.text)
  return answer
end

--- What the page says is wrong; the value of a hidden field.
function browser.problem(answer) return answer.text:match '<p class="bad" role="alert">(.-)</p>' end
function browser.hidden(answer, name) return answer.text:match('name="' .. name .. '" value="([^"]*)"') end

return browser
