--- The pages that let people in and out: /sign-in (a form, or JSON for programs) and /sign-out.
local account = require("api.account")
local header_sign_in = require("api.header_sign_in")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local oidc = require("api.oidc")
local form_state = require("web.form").state
local page = require("web.page")
local port = require("tocsin.port")
local query_string = require("api.query")
local session = require("api.session")
local sent_of = require("web.account.sent")
local sign_in = require("api.sign_in")
local texts = require("web.texts")
local writer = require("api.writer")

local function form(request, status, shows, headers)
  local settings = port.call("settings", { names = json.array { "password_sign_in" } })
  shows.heading, shows.has_passwords = texts.sign_in.title, settings.password_sign_in
  shows.form = form_state { email = shows.name }
  local provider = oidc.settings()
  if provider then
    shows.provider = { name = provider.oidc_name, path = "/sign-in/oidc?" .. query_string.text { { "next", shows.next } } }
  end
  return page.answer(request, shows.ticket and "sign_in_code.html" or "sign_in.html", shows, status, headers)
end

-- Whom a proxy names is in at once.
local function by_header(request, next_path)
  local cookie, sentence = header_sign_in.take(request)
  if cookie then return page.see_other(request, next_path, cookie) end
  return page.message(request, 403, texts.sign_in.not_in, sentence)
end

-- GET /sign-in
local function show(request)
  local next_path = page.own_path(query_string.get(request.query, "next"))
  if session.of(request.headers, request.now) then return page.see_other(request, next_path) end
  if request.client.person then return by_header(request, next_path) end
  return form(request, 200, { next = next_path })
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
local function as_page(request, result, sent)
  local next_path = page.own_path(sent.next)
  if result.cookie then return page.see_other(request, next_path, result.cookie) end
  if result.needs_code then return form(request, 200, { ticket = result.ticket, next = next_path }) end
  local ticket = not result.is_over and sent.ticket or nil
  return form(request, result.status, { problem = result.sentence, next = next_path, ticket = ticket,
    name = not ticket and type(sent.name) == "string" and utf8.len(sent.name) and sent.name or nil },
    result.wait and "Retry-After: " .. result.wait .. "\r\n")
end

-- POST /sign-in: name (of a form: `email`), password and, where the person has a second factor, code; of a form also `next`
-- and `ticket`.
local function take(request)
  local sent, refusal = sent_of.read(request)
  if not sent then return refusal end
  if not request.is_json then sent.name = sent.email end
  local result
  if sent.ticket and not request.is_json then result = sign_in.with_ticket(request, sent)
  else result = sign_in.with_password(request, sent) end
  return request.is_json and as_json(result) or as_page(request, result, sent)
end

-- GET /sign-out: asks, since others' pages can have a browser open it.
local function show_out(request) return page.answer(request, "sign_out.html", { heading = texts.sign_in.out }) end

-- POST /sign-out
local function sign_out(request)
  local found = session.of(request.headers, request.now)
  if found then
    local result, sentence, code = port.call("write", { is_outbox = true, statements = account.statements(
      { sql = "DELETE FROM session WHERE id = $1", args = { found.id } },
      account.trail("user", found.user_id, "sign_out", found.user_id, { address = request.client.address }, request.now)) })
    if not result then error({ code = code, sentence = sentence }) end
  end
  if request.is_json then return { status = 204, text = "", headers = session.drop_cookie("session") } end
  return page.see_other(request, "/sign-in", session.drop_cookie("session"))
end

return { routes = {
  { "/sign-in", "GET", show, "open" },
  { "/sign-in", "POST", take, "open" },
  { "/sign-out", "GET", show_out, "open" },
  { "/sign-out", "POST", sign_out, "open" },
} }
