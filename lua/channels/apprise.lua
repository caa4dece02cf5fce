--- Apprise API: a bridge of your own to everything that Apprise knows.
local sending <const> = require("sending")
local cut <const>, encode <const>, reply <const>, words <const> = sending.cut, sending.encode, sending.reply, sending.words

local apprise = {
  name = "Apprise",
  about = "Your own Apprise API, and through it everything that Apprise knows",
  docs = { "https://github.com/caronc/apprise-api#api-details", "https://github.com/caronc/apprise/wiki/Development_API" },
  settings = {
    { "url", type = "url", required = true, about = "Address of the Apprise API" },
    { "username", type = "text", max = 100, about = "User, when a proxy asks for one" }, { "password", type = "text", secret = true, max = 200, about = "Password of the user" },
  },
  address = {
    { "id", type = "text", required = true, secret = true, max = 128, pattern = "^[%w_-]+$", about = "Configuration key" },
    { "tag", type = "text", max = 200, about = "Tags of the configuration; without them all are notified" },
  },
  room = { key = "id" },
  limits = { per_provider = { 10, 1000 } },
  sample = { account = { url = "https://apprise.example.org" }, address = { id = "team-shop-7Qx", tag = "oncall" } },
}

local TITLE_MAX <const>, BODY_MAX <const> = 250, 30000 -- ours: Apprise cuts for each of its services
local TYPES <const> = { firing = "failure", acknowledged = "warning", silenced = "info", resolved = "success" }

local function body_of(send)
  local lines = { send.group and words.footer(send.group) }
  local tail = words.tail(send)
  if tail ~= "" then lines[#lines + 1] = tail end
  local text = send.text.message or send.text.title
  return cut.keep(text, #lines > 0 and "\n\n" .. table.concat(lines, "\n") or "", BODY_MAX, "points")
end

function apprise.request(send)
  local account = send.account
  return encode.json_request("POST", encode.base(account.url) .. "/notify/" .. send.address.id, {
    title = cut.to(words.title(send), TITLE_MAX, "points"), body = body_of(send), type = TYPES[send.group and send.group.state or "silenced"],
    format = "text", tag = send.address.tag,
  }, account.username and { encode.basic(account.username, account.password or "") })
end

local RULES <const> = {
  name = "Apprise", why = function(object) return reply.at(object, "error") end,
  advice = {
    [401] = "Put the proxy's user and password into the settings", [403] = "Put the proxy's user and password into the settings",
    [404] = "Check the Apprise API's address", [424] = "At least one of its services did not take it: see the Apprise API's log",
  },
}

function apprise.result(response, send)
  if response.status == 204 then -- it has nothing under this key, and says so without an error
    return { state = "failed", error = "Apprise has no configuration under this key", gone = true }
  end
  return (reply.refusal(response, send, RULES)) or { state = "sent" }
end

apprise.examples = {
  { "a page", send = {}, expect = { request = { method = "POST", url = "https://apprise.example.org/notify/team-shop-7Qx",
    json = { title = "#12 Disk of db-1 is full", type = "failure", format = "text", tag = "oncall" }, has = { "97 % used.", "act/ack1" } } } },
  { "a group in its room, resolved", send = { kind = "post", group = { state = "resolved" } }, expect = { request = { json = { type = "success", title = "Resolved: #12 Disk of db-1 is full" } } } },
  { "sent", response = { status = 200 }, expect = { state = "sent" } },
  { "an unknown key", response = { status = 204 }, expect = { state = "failed", gone = true } },
  { "a service that failed", response = { status = 424, body = [[{"error":"One or more notification could not be sent."}]] }, expect = { state = "failed" } },
  { "overloaded", response = { status = 500 }, expect = { state = "retry" } },
}

return apprise
