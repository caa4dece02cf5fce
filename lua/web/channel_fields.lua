--- Forms of what a channel's file describes (`settings` and `address` of lua/channels/README.md): the fields as a template
--- shows them, and what was sent as the API takes it.
local channel <const> = require "channel"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local texts <const> = require "web.texts"

local channel_fields <const> = {}

local INPUTS <const> = { url = "url", integer = "number" }

---What a channel, or a kind of provider, is called.
function channel_fields.name_of(name)
  local spec <const> = channel.load(name)
  return texts.channels[name] or spec and spec.name or (string.gsub(name, "_", " "))
end

local function choices_of(f)
  local list <const> = {}
  for i, one in ipairs(f.choices or {}) do list[i] = { value = one, text = one } end
  return list
end

---The fields for `channel_fields.html`.
---@param prefix string what their names in the form begin with
function channel_fields.shown(fields, prefix)
  local list <const> = {}
  for i, f in ipairs(fields) do
    list[i] = { name = prefix .. f[1], label = f.about or f[1], hint = f.hint or false, kind = f.type,
      is_required = f.required == true, input = INPUTS[f.type] or "text", choices = choices_of(f),
      max = f.max or false, is_secret = f.secret == true, has_default = f.default ~= nil,
      default = f.default ~= nil and tostring(f.default) or false }
  end
  return list
end

local function value_of(f, sent, name)
  if f.type == "boolean" then return form.is_ticked(sent, name) end
  if f.type == "integer" then return form.number_or_null(sent[name]) end
  return form.text_or_null(sent[name])
end

---What was sent for them: an object for the API; what was left empty is null when it `is_change`, else left out.
function channel_fields.read(fields, sent, prefix, is_change)
  local object <const> = {}
  for _, f in ipairs(fields) do
    local v <const> = value_of(f, sent, prefix .. f[1])
    if v ~= json.null or is_change then object[f[1]] = v end
  end
  return object
end

---Stored values under the names of the form.
function channel_fields.given(values, prefix)
  local given <const> = {}
  for name, v in pairs(values) do given[prefix .. name] = v end
  return given
end

return channel_fields
