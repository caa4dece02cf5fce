--- A real identity provider beside the server that is tested (oidc_provider.js), and a browser that goes to both.
local line_process <const> = require "line_process"
local raw <const> = require "raw_http"

local M <const> = {}

--- Starts it for one redirect URI: {issuer, jwks, port, ask(question)}.
function M.start(redirect_uri)
  local process = line_process.start("node", { "spec/support/oidc_provider.js", redirect_uri })
  local hello = process:take(function(line) return line.started end, "the identity provider to start")
  process.issuer, process.jwks, process.port = hello.issuer, hello.jwks, tonumber(hello.issuer:match ":(%d+)$")
  return process
end

-- One GET → answer, whose cookies are kept in `jar`.
local function get(port, target, jar, host)
  local list = {}
  for name, value in pairs(jar) do list[#list + 1] = name .. "=" .. value end
  local c <close> = raw.connect(port)
  assert(c:send(("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n"):format(target, host or "127.0.0.1:" .. port,
    #list > 0 and "Cookie: " .. table.concat(list, "; ") .. "\r\n" or "")))
  local answer = assert(c:read { patience = 20 })
  local lines = answer.head or ""
  for name, value in lines:gmatch "[Ss]et%-[Cc]ookie: ([^=]+)=([^;\r\n]*)" do jar[name] = value ~= "" and value or nil end
  return answer
end
M.get = get

--- Follows the ways from the server's page to the provider and back, until the server has an answer of its own.
---@param port integer of the server
---@param public_url string what it calls itself
---@param jar table its cookies
---@param change (fun(url: string): string)? what becomes of the way back
function M.sign_in(provider, port, public_url, jar, path, change)
  local theirs = {}
  local answer = get(port, path or "/sign-in/oidc", jar)
  for _ = 1, 8 do
    local to = answer.headers.location
    if not to then return answer end
    if to:sub(1, #public_url) == public_url then
      if change then to = change(to) end
      return get(port, to:sub(#public_url + 1), jar)
    elseif to:sub(1, #provider.issuer) == provider.issuer then answer = get(provider.port, to:sub(#provider.issuer + 1), theirs)
    elseif to:sub(1, 1) == "/" then
      answer = get(provider.port, to, theirs)
    else
      error("a way to " .. to)
    end
  end
  error "it goes round in circles"
end

return M
