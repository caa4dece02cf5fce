--- The steps of an escalation chain as pages tell and change them: one sentence and one form for each, by its type.
local ask <const> = require "web.ask"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local texts <const> = require "web.texts"

local steps <const> = {}

---Types in the order in which they are offered, with the fields of their forms.
steps.TYPES = {
  { "notify_on_call_from_schedule", { "schedule", "important" } }, { "notify_persons", { "users", "important" } },
  { "wait", { "minutes" } }, { "notify_team_members", { "team", "important" } },
  { "notify_person_next_each_time", { "users", "important" } }, { "notify_user_group", { "user_group", "important" } },
  { "notify_whole_channel", {} }, { "trigger_webhook", { "webhook" } }, { "notify_if_time_from_to", { "from", "to" } },
  { "notify_if_num_alerts_in_window", { "alerts", "in_minutes" } }, { "repeat_escalation", {} }, { "resolve", {} },
}
local FIELDS <const> = {}
for _, kind in ipairs(steps.TYPES) do FIELDS[kind[1]] = kind[2] end

-- What a type's list of people is called in the API; field of a form → of the API.
local PEOPLE <const> = { notify_persons = "persons_to_notify", notify_person_next_each_time = "persons_to_notify_next_each_time" }
local REFERENCES <const> = { schedule = "notify_on_call_from_schedule", team = "team_to_notify", user_group = "group_to_notify",
  webhook = "action_to_trigger" }
local NUMBERS <const> = { alerts = "num_alerts_in_window", in_minutes = "num_minutes_in_window" }
local CLOCKS <const> = { from = "notify_if_time_from", to = "notify_if_time_to" }

---What steps can name, for choices and names: { users, schedules, teams, user_groups, webhooks } of {value, text}.
function steps.world(request)
  local world <const> = {}
  for part, path in pairs { users = "users", schedule = "schedules", team = "teams", user_group = "user_groups" } do
    world[part] = form.choices(ask.list(request, "/api/v1/" .. path .. "/") or {}, part == "users" and "username" or nil)
  end
  local hooks <const> = {}
  for _, hook in ipairs(ask.list(request, "/api/v1/webhooks/") or {}) do
    if hook.trigger_type == "escalation" then hooks[#hooks + 1] = hook end
  end
  world.webhook = form.choices(hooks)
  return world
end

local function name_in(list, id)
  for _, one in ipairs(list) do
    if one.value == id then return one.text end
  end
end

local function text_of(v) return type(v) == "string" and v or nil end

---What a step's form shows: field → value.
function steps.values(step)
  local values <const> = { type = text_of(step.type) or "", important = step.important == true,
    users = step[PEOPLE[step.type] or ""] or {},
    minutes = type(step.duration) == "number" and step.duration // 60 or "" }
  for name, field in pairs(REFERENCES) do values[name] = text_of(step[field]) or "" end
  for name, field in pairs(NUMBERS) do values[name] = math.type(step[field]) == "integer" and step[field] or "" end
  for name, field in pairs(CLOCKS) do values[name] = string.sub(text_of(step[field]) or "", 1, 5) end
  return values
end

local function listed(world, ids)
  local names <const> = {}
  for i, id in ipairs(ids) do names[i] = name_in(world.users, id) or texts.group.gone end
  return #names > 0 and table.concat(names, ", ") or texts.chain.nobody_chosen
end

---The step as one line: what it does, and to whom.
function steps.sentence(step, world)
  local v <const>, kind <const> = steps.values(step), text_of(step.type) or "not_configured"
  local more
  for _, field in ipairs(FIELDS[kind] or {}) do
    if REFERENCES[field] then more = name_in(world[field], v[field]) or texts.chain.unset end
  end
  if PEOPLE[kind] then more = listed(world, v.users)
  elseif kind == "wait" then more = v.minutes ~= "" and v.minutes .. " min" or "5 min"
  elseif kind == "notify_if_time_from_to" then more = string.format(texts.chain.window, v["from"], v.to)
  elseif kind == "notify_if_num_alerts_in_window" then more = string.format(texts.chain.many, v.alerts, v.in_minutes) end
  local text <const> = string.gsub(texts.steps[kind] or kind, "^%l", string.upper)
  return more and text .. ": " .. more or text
end

---The fields of a type's form, as a set.
function steps.fields(kind)
  local set <const> = {}
  for _, name in ipairs(FIELDS[kind] or {}) do set[name] = true end
  return set
end

---What was sent as the body that the API takes.
function steps.body(request, sent, kind)
  local object <const>, has <const> = { type = kind }, steps.fields(kind)
  if has.important then object.important = form.is_ticked(sent, "important") end
  if has.users then object[PEOPLE[kind]] = json.array(form.all(request, "users")) end
  if has.minutes then
    local minutes <const> = form.number_or_null(sent.minutes)
    object.duration = math.type(minutes) == "integer" and math.abs(minutes) < 1 << 40 and minutes * 60 or minutes
  end
  for name, field in pairs(REFERENCES) do
    if has[name] then object[field] = form.text_or_null(sent[name]) end
  end
  for name, field in pairs(NUMBERS) do
    if has[name] then object[field] = form.number_or_null(sent[name]) end
  end
  for name, field in pairs(CLOCKS) do
    if has[name] then
      local text <const> = form.text_or_null(sent[name])
      object[field] = text ~= json.null and (string.match(text, "^%d%d:%d%d$") and text .. ":00Z" or text) or text
    end
  end
  return object
end

---A problem of the API with the names of the form's fields.
function steps.named(problem)
  local fields <const> = {}
  local names <const> = { duration = "minutes" }
  for _, part in ipairs { REFERENCES, NUMBERS, CLOCKS } do
    for name, field in pairs(part) do names[field] = name end
  end
  for _, field in pairs(PEOPLE) do names[field] = "users" end
  for field, why in pairs(problem.fields) do fields[names[field] or field] = why end
  return { status = problem.status, detail = problem.detail, fields = fields }
end

---What a new step of a type begins with.
function steps.first(kind)
  if kind == "wait" then return { type = kind, duration = 300 } end
  if kind == "notify_if_time_from_to" then
    return { type = kind, notify_if_time_from = "08:00:00Z", notify_if_time_to = "18:00:00Z" }
  end
  if kind == "notify_if_num_alerts_in_window" then return { type = kind, num_alerts_in_window = 3, num_minutes_in_window = 5 } end
  return { type = kind }
end

return steps
