--- The pages that let people in and out: /sign-in (a form, or JSON for programs) and /sign-out.
local account = require("api.account")
local header_sign_in = require("api.header_sign_in")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local oidc = require("api.oidc")
local page = require("api.page")
local port = require("tocsin.port")
local query_string = require("api.query")
local session = require("api.session")
local sign_in = require("api.sign_in")
local writer = require("api.writer")

local page_sign_in = {}

local function form(status, shows, headers)
  local settings = port.call("settings", { names = json.array { "password_sign_in" } })
  shows.heading, shows.has_passwords = "Sign in", settings.password_sign_in
  local provider = oidc.settings()
  if provider then
    shows.provider = { name = provider.oidc_name, path = "/sign-in/oidc?" .. query_string.text { { "next", shows.next } } }
  end
  return page.answer(status, shows.ticket and "sign_in_code" or "sign_in", shows, headers)
end

---GET /sign-in
function page_sign_in.show(request)
  local next_path = page.next(query_string.get(request.query, "next"))
  if session.of(request.headers, request.now) then return page.see(next_path) end
  if request.client.person then return header_sign_in.take(request, next_path) end
  return form(200, { next = next_path })
end

-- What a try came to, for a program.
local function as_json(result)
  local headers = "Cache-Control: no-store\r\n" .. (result.cookie or "") ..
    (result.wait and "Retry-After: " .. result.wait .. "\r\n" or "")
  if not result.user then
    local object = writer.object("detail", result.sentence)
    if result.needs_code then writer.put(object, "code_required", true) end
    return { status = result.status, value = object, headers = headers }
  end
  local user = result.user
  return { status = 200, headers = headers, value = writer.object("id", ids.encode("U", user.id), "username", user.username,
    "name", user.name, "role", user.role) }
end

-- The same for a person.
local function as_page(result, sent)
  local next_path = page.next(sent.next)
  if result.cookie then return page.see(next_path, result.cookie) end
  if result.needs_code then return form(200, { ticket = result.ticket, next = next_path }) end
  local ticket = not result.is_over and sent.ticket or nil
  return form(result.status, { problem = result.sentence, next = next_path, ticket = ticket,
    name = not ticket and type(sent.name) == "string" and utf8.len(sent.name) and sent.name or nil },
    result.wait and "Retry-After: " .. result.wait .. "\r\n")
end

---POST /sign-in: name, password and, where the person has a second factor, code; as a form also `next` and `ticket`.
function page_sign_in.take(request, sent)
  local result
  if sent.ticket and not request.is_json then result = sign_in.with_ticket(request, sent)
  else result = sign_in.with_password(request, sent) end
  return request.is_json and as_json(result) or as_page(result, sent)
end

---GET /sign-out: asks, since others' pages can have a browser open it.
function page_sign_in.show_out()
  return page.answer(200, "sign_out", { heading = "Sign out?" })
end

---POST /sign-out
function page_sign_in.sign_out(request)
  local found = session.of(request.headers, request.now)
  if found then
    local result, sentence, code = port.call("write", { is_outbox = true, statements = account.statements(
      { sql = "DELETE FROM session WHERE id = $1", args = { found.id } },
      account.trail("user", found.user_id, "sign_out", found.user_id, { address = request.client.address }, request.now)) })
    if not result then error({ code = code, sentence = sentence }) end
  end
  if request.is_json then return { status = 204, text = "", headers = session.drop_cookie("session") } end
  return page.see("/sign-in", session.drop_cookie("session"))
end

return page_sign_in
