--- The API of a core in process, as a client with a token sees it.
require "tocsin.core"
local engine = require "tocsin.engine"
local auth = require("api.auth")
local json = require("tocsin.json")
require("api_answers").watch(engine)

local api_client = {}

---Opens a core on a fresh data folder.
function api_client.open(options)
  options = options or {}
  options.start_at = options.start_at or 1790000000000000
  local core = assert(engine.open(options))
  local client = { core = core }
  client.token = api_client.add_token(client, "admin")
  return client
end

---A new API token of a role.
function api_client.add_token(client, role, columns)
  local token, stored = auth.new_token()
  local result = assert(api_client.write(client, {
    sql = "INSERT INTO api_token (name, role, token_key, digest, created_at, expires_at, revoked_at, user_id) " ..
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
    args = { "spec", role, stored.token_key, stored.digest, 1, columns and columns.expires_at or json.null,
      columns and columns.revoked_at or json.null, columns and columns.user_id or json.null },
  }))
  return token, result.rows[1].id
end

---Runs statements on the commit thread.
function api_client.write(client, ...)
  local statements = json.array({ ... })
  for _, statement in ipairs(statements) do json.array(statement.args) end
  local text, why = engine.port_text(client.core, "write", assert(json.encode({ statements = statements })))
  if not text then return nil, why end
  return json.decode(text)
end

---One request. A table as body is sent as JSON.
---@return integer status
---@return any body decoded when it is JSON
---@return string|nil headers
function api_client.request(client, method, path, body, headers)
  headers = headers or { authorization = client.token }
  if type(body) == "table" then body = assert(json.encode(body)) end
  local status, text, kind, extra = engine.request(client.core, method, path, headers, body)
  if kind == "application/json" and text ~= "" then text = assert(json.decode(text)) end
  return status, text, extra
end

---A request that must have this status.
function api_client.expect(client, status, method, path, body)
  local got, answer, extra = api_client.request(client, method, path, body)
  if got ~= status then
    error(string.format("%s %s: %d instead of %d: %s", method, path, got, status,
      type(answer) == "table" and json.encode(answer) or tostring(answer)), 2)
  end
  return answer, extra
end

---Sends alerts to an integration.
function api_client.post(client, integration, payload)
  local path = string.match(integration.link, "/integrations/.*")
  local status, text = engine.request(client.core, "POST", path, { ["content-type"] = "application/json" },
    type(payload) == "table" and json.encode(payload) or payload)
  assert(status == 200, text)
end

function api_client.close(client)
  engine.close(client.core)
end

return api_client
