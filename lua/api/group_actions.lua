--- What a client may do to an alert group over the API. The rules are the core's (engine/group); here a request
--- becomes one call, and a refusal the reference's sentence.
local audit = require("api.audit")
local auth = require("api.auth")
local body = require("api.body")
local change = require("api.change")
local errors = require("api.errors")
local field = require("api.field")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local port = require("tocsin.port")
local rights = require("api.rights")
local store = require("tocsin.store")

local group_actions = {}

local DELAY = { "delay", type = "integer", min = -1, required = true }
local NOTE = { "note", type = "text", max = 3000, nullable = true, blank_null = true }
local PERSON = { "user_id", "id" }

local function call(request, name, arguments, status)
  arguments.group = ids.decode("I", request.id)
  if not arguments.group then return errors.not_found() end
  arguments.by, arguments.by_id = auth.by(request.actor)
  if auth.via(request.actor) == "session" then arguments.source = "web" end
  local result, sentence, code = port.call(name, arguments)
  if not result then return change.port_error(sentence, code) end
  return { status = status }
end

local ABOUT <const> = {
  acknowledge = "Somebody has it.", unacknowledge = "Nobody has it any more.", unresolve = "It is not over.",
  unsilence = "It is quiet no more.", unattach = "It goes its own way again.", confirm = "Whoever acknowledged still has it.",
}

---POST /alert_groups/<id>/<verb>/ for a verb without parameters.
function group_actions.verb(verb)
  return { about = ABOUT[verb], answer = function(request) return call(request, "act", { verb = verb }, 200) end }
end

---POST …/resolve/, with {"note"} if wanted: what was done is kept with the group.
group_actions.resolve = {
  about = "It is over.", takes = { NOTE },
  answer = function(request)
    local sent, refusal = body.fields(request, { NOTE })
    if not sent then return refusal end
    return call(request, "act", { verb = "resolve", note = sent.note }, 200)
  end,
}

---POST …/silence/ with {"delay": seconds}; 0 and -1 are for ever.
group_actions.silence = {
  about = "Nobody is called for it for so many seconds; 0 and -1 are for ever.", takes = { DELAY },
  answer = function(request)
    local sent, refusal = body.object(request)
    if not sent then return refusal end
    if sent.delay == nil then return errors.field("delay", "This field is required.") end
    local delay, why = field.check_of(DELAY)(DELAY, sent.delay)
    if not delay then return errors.field("delay", why) end
    return call(request, "act", { verb = "silence", silence_ms = delay * 1000 }, 200)
  end,
}

---POST …/attach/ with {"root_alert_group_id": id}: the group follows that one from now on.
group_actions.attach = {
  about = "It follows another group from now on.", takes = { object = { { "root_alert_group_id", "id" } } },
  answer = function(request)
    local sent, refusal = body.object(request)
    if not sent then return refusal end
    local root = type(sent.root_alert_group_id) == "string" and
      rights.find(request.actor, rights.resource("alert_group"), sent.root_alert_group_id)
    if not root then return errors.field("root_alert_group_id", "Expected the id of an alert group.") end
    return call(request, "act", { verb = "attach", root = root }, 200)
  end,
}

-- Who is called: a person who may be notified, or the 400 that says why not.
local function person_of(sent)
  local id = type(sent.user_id) == "string" and ids.decode("U", sent.user_id)
  local user = id and store.row("SELECT id, role FROM user WHERE id = $1 AND deleted_at IS NULL", id)
  if not user then return nil, errors.field("user_id", "Expected the id of a user.") end
  return user
end

---POST …/page/ with {"user_id", "important"}: this person is called now, whoever has answered before.
group_actions.page = {
  about = "Calls one more person for it, whoever has answered before.",
  takes = { object = { PERSON, { "important", "boolean", optional = true } } },
  answer = function(request)
    local sent, refusal = body.object(request)
    if not sent then return refusal end
    local user
    user, refusal = person_of(sent)
    if not user then return refusal end
    if user.role ~= "editor" and user.role ~= "admin" then
      return errors.field("user_id", "Only editors and admins are called.")
    end
    local important = sent.important or false
    if type(important) ~= "boolean" then return errors.field("important", "Must be a valid boolean.") end
    return call(request, "page", { users = json.array { { id = user.id, important = important } } }, 200)
  end,
}

---POST …/unpage/ with {"user_id"}: they are not called any more.
group_actions.unpage = {
  about = "Does not call this person any more.", takes = { object = { PERSON } },
  answer = function(request)
    local sent, refusal = body.object(request)
    if not sent then return refusal end
    local user
    user, refusal = person_of(sent)
    if not user then return refusal end
    return call(request, "unpage", { users = json.array { { id = user.id } } }, 200)
  end,
}

---DELETE /alert_groups/<id>/ with {"mode": "wipe"} (payloads and title only, the default) or "delete".
group_actions.delete = {
  about = "Wipes its payloads and title, or deletes it.", status = 204,
  takes = { object = { { "mode", { choice = { "wipe", "delete" } }, optional = true, about = "wipe unless it is said." } } },
  answer = function(request)
    local sent, refusal = body.object(request)
    if not sent then return refusal end
    local mode = sent.mode == nil and "wipe" or sent.mode
    local answer
    if mode == "wipe" then answer = call(request, "act", { verb = "wipe" }, 204)
    elseif mode == "delete" then answer = call(request, "delete_group", {}, 204)
    else return errors.field("mode", "Must be one of: wipe, delete.") end
    -- The group's own log goes with it.
    if answer.status == 204 then audit.add(request, mode, "alert_group", ids.decode("I", request.id)) end
    return answer
  end,
}

return group_actions
