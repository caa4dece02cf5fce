--- Notification rules of a person: two lists, each in the order in which it is gone through, as a part of their page.
local ask <const> = require "web.ask"
local channel <const> = require "channel"
local channel_fields <const> = require "web.channel_fields"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local rights <const> = require "api.rights"
local methods <const> = require "web.people.methods"
local texts <const> = require "web.texts"
local times <const> = require "web.times"

local rules <const> = {}

local PATH <const> = "/api/v1/personal_notification_rules/"

local function text_of(rule)
  if rule.type == "wait" then return string.format(texts.rules.wait, times.span(rule.duration)) end
  return string.format(texts.rules.by, channel_fields.name_of(string.match(rule.type, "^notify_by_(.*)$")))
end

local function list_of(request, one, is_important)
  local list <const> = {}
  for i, rule in ipairs(ask.list(request, PATH, { user_id = one.id, important = tostring(is_important) }) or {}) do
    list[i] = { id = rule.id, text = text_of(rule), is_first = i == 1, is_last = false }
  end
  if #list > 0 then list[#list].is_last = true end
  return list
end

-- What a rule may be: those channels first on which the person is reached.
local function types(request, one)
  local first <const>, rest <const>, has <const> = { { value = "wait", text = texts.rules.wait_type } }, {}, {}
  for _, method in ipairs(ask.list(request, "/api/v1/contact_methods/", { user_id = one.id }) or {}) do
    has[method.channel] = true
  end
  if has.mobile_app then has.mobile_app_critical = true end
  for _, name in ipairs(channel.carried()) do
    local list <const> = has[name] and first or rest
    list[#list + 1] = { value = "notify_by_" .. name,
      text = channel_fields.name_of(name) .. (has[name] and "" or texts.rules.no_way) }
  end
  return table.move(rest, 1, #rest, #first + 1, first)
end

---What the page of a person shows of it. `told`: { sent, problem, is_important } of a rule that was not taken.
function rules.frame(request, one, told)
  local lists <const> = {}
  for i, is_important in ipairs { false, true } do
    local is_told <const> = told and told.is_important == is_important
    lists[i] = { is_important = is_important, title = is_important and texts.rules.important or texts.rules.usual,
      hint = is_important and texts.rules.important_hint or texts.rules.usual_hint, rules = list_of(request, one, is_important),
      form = form.state(is_told and told.sent or { minutes = "5" }, is_told and told.problem),
      prefix = is_important and "important-" or "usual-" }
  end
  local is_own <const> = rights.may(request.actor, "notification_settings", "others") or one.id == methods.own(request)
  return { lists = lists, types = types(request, one), problem = told and told.problem and told.problem.detail or false,
    may_change = is_own and rights.may(request.actor, "notification_settings", "write") }
end

---Adds one: type, minutes of a wait, important. Returns what `frame` is told when it was not taken.
function rules.add(request, user_id, sent)
  local is_important <const> = sent.important == "true"
  local minutes <const> = form.number_or_null(sent.minutes)
  local object <const> = { user_id = user_id, type = sent.type, important = is_important }
  if sent.type == "wait" then object.duration = math.type(minutes) == "integer" and minutes * 60 or minutes end
  if object.duration == json.null then object.duration = nil end
  local made <const>, problem <const> = ask.send(request, "POST", PATH, object)
  if made then return nil end
  problem.fields.minutes = problem.fields.duration
  return { sent = sent, problem = problem, is_important = is_important }
end

---Moves or deletes one: the person whose it is, or nil and the problem.
function rules.act(request, id, deed)
  local rule <const> = ask.get(request, PATH .. id)
  if not rule then return nil end
  local by <const> = ({ up = -1, down = 1 })[deed]
  local done, problem
  if deed == "delete" then done, problem = ask.send(request, "DELETE", PATH .. id)
  elseif by then done, problem = ask.send(request, "PUT", PATH .. id, { position = math.max(0, rule.position + by) }) end
  return rule.user_id, not done and problem or nil
end

return rules
