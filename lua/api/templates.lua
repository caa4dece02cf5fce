--- The templates of an integration as the API names them, and as the database does: one flat field each.
local body = require("api.body")
local json = require("tocsin.json")
local template = require("template")
local writer = require("api.writer")

local templates = {}

local SOURCE_MAX = 50000

-- Public name → field, in the order of the answer; a block holds attributes of one channel.
local LAYOUT = {
  { "grouping_key", "grouping_id" },
  { "resolve_signal", "resolve_condition" },
  { "acknowledge_signal", "acknowledge_condition" },
  { "source_link", "source_link" },
  { "slack", { "title", "message", "image_url" } },
  { "web", { "title", "message", "image_url" } },
  { "sms", { "title" } },
  { "phone_call", { "title" } },
  { "telegram", { "title", "message", "image_url" } },
  { "email", { "title", "message" } },
  { "mobile_app", { "title", "message" } },
  { "mattermost", { "title", "message", "image_url" } },
  { "msteams", { "title", "message", "image_url" } },
}

---Every template in that order: { name = "slack.title" as people know it, field = "slack_title", channel = "slack",
---of = "title" }; one of behaviour has no channel.
function templates.each()
  local list = {}
  for _, entry in ipairs(LAYOUT) do
    if type(entry[2]) == "string" then list[#list + 1] = { name = entry[1], field = entry[2] } end
    for _, attribute in ipairs(type(entry[2]) == "table" and entry[2] or {}) do
      list[#list + 1] = { name = entry[1] .. "." .. attribute, field = entry[1] .. "_" .. attribute, channel = entry[1],
        of = attribute }
    end
  end
  return list
end

-- What the block looks like; every template is a text or null.
local function layout_shape(is_sent)
  local members = {}
  for i, entry in ipairs(LAYOUT) do
    local inner = { "text?", max = is_sent and SOURCE_MAX or nil }
    if type(entry[2]) == "table" then
      local attributes = {}
      for k, attribute in ipairs(entry[2]) do attributes[k] = { attribute, inner, optional = is_sent } end
      inner = { object = attributes, null = is_sent }
    end
    members[i] = { entry[1], inner, optional = is_sent }
  end
  return { object = members }
end

templates.SHAPE, templates.SENT = layout_shape(false), layout_shape(true)

---The answer's block: null where nothing is customised.
---@param custom table field → template text
function templates.show(custom)
  local object = writer.object()
  for _, entry in ipairs(LAYOUT) do
    local value = custom[entry[2]]
    if type(entry[2]) == "table" then
      value = writer.object()
      for _, attribute in ipairs(entry[2]) do
        writer.put(value, attribute, custom[entry[1] .. "_" .. attribute])
      end
    end
    writer.put(object, entry[1], value)
  end
  return object
end

local function entry_of(name)
  for _, entry in ipairs(LAYOUT) do
    if entry[1] == name then return entry end
  end
end

local function has(list, name)
  for _, item in ipairs(list) do
    if item == name then return true end
  end
  return false
end

-- A draft may have a template that does not compile: its preview says where.
local function problem(text, is_draft)
  if type(text) ~= "string" then return "A template is a text or null." end
  local length = utf8.len(text)
  if not length then return "A template is UTF-8 text." end
  if length > SOURCE_MAX then return string.format("A template has at most %d characters.", SOURCE_MAX) end
  if is_draft then return nil end
  local ok, why = template.check(text)
  return not ok and why or nil
end

-- Sets or unsets one field; returns what is wrong.
local function take(custom, name, value, is_draft)
  if value == json.null then
    custom[name] = nil
    return nil
  end
  local why = problem(value, is_draft)
  if not why then custom[name] = value end
  return why
end

local function take_block(custom, entry, block, is_draft)
  if block == json.null then
    for _, attribute in ipairs(entry[2]) do custom[entry[1] .. "_" .. attribute] = nil end
    return nil
  end
  if not body.is_object(block) then return "Expected a dictionary of templates or null." end
  local wrong = {}
  for attribute, value in pairs(block) do
    local why = "There is no such template."
    if has(entry[2], attribute) then why = take(custom, entry[1] .. "_" .. attribute, value, is_draft) end
    if why then wrong[#wrong + 1] = { attribute, why } end
  end
  table.sort(wrong, function(a, b) return a[1] < b[1] end)
  return #wrong > 0 and wrong or nil
end

---What was sent laid over what is customised: a missing template stays, null goes back to the default.
---@param is_draft boolean? what does not compile is taken too
---@return table custom field → text, or nil and a list of {name, sentence}
function templates.merge(stored, sent, is_draft)
  if not body.is_object(sent) then return nil, "Expected a dictionary of templates." end
  local custom, wrong = {}, {}
  for name, text in pairs(stored) do custom[name] = text end
  for name, value in pairs(sent) do
    local entry = entry_of(name)
    local why
    if not entry then why = "There is no such template."
    elseif type(entry[2]) == "table" then why = take_block(custom, entry, value, is_draft)
    else why = take(custom, entry[2], value, is_draft) end
    if why then wrong[#wrong + 1] = { name, why } end
  end
  table.sort(wrong, function(a, b) return a[1] < b[1] end)
  if #wrong > 0 then return nil, wrong end
  return custom
end

return templates
