--- Everything that can stand in files, read over the API: each object with its place in a folder, its shape and its parts.
local json <const> = require("tocsin.json")
local shape <const> = require("config.shape")

local format <const>, gsub <const>, sub <const>, byte <const> = string.format, string.gsub, string.sub, string.byte

local state = {}
state.__index = state

local SLUG_MAX <const> = 80 -- bytes
local PAGES_MAX <const> = 100000
-- Characters that show as nothing, or turn the text around.
local UNSEEN <const> = { { 0x80, 0xa0 }, { 0xad, 0xad }, { 0x2000, 0x206f }, { 0x3000, 0x3000 }, { 0xfe00, 0xfe0f },
  { 0xfeff, 0xfeff }, { 0xe0000, 0x10ffff } }

local function is_unseen(code)
  for _, range in ipairs(UNSEEN) do
    if code >= range[1] and code <= range[2] then return true end
  end
  return false
end

-- Whole characters up to so many bytes.
local function cut(text, max)
  if #text <= max then return text end
  while max > 0 and (byte(text, max + 1) & 0xc0) == 0x80 do max = max - 1 end
  return sub(text, 1, max)
end

---A name as the name of a file: letters of any script, digits, - and _.
function state.slug(name, otherwise)
  local text = gsub(string.lower(name), utf8.charpattern, function(c)
    if #c == 1 then return string.find(c, "[%l%d_]") and c or "-" end
    return is_unseen(utf8.codepoint(c)) and "-" or c
  end)
  text = gsub(gsub(cut(gsub(text, "%-+", "-"), SLUG_MAX), "^%-", ""), "%-$", "")
  return text ~= "" and text or otherwise
end

local function fetch_all(client, path)
  local list = {}
  for page = 1, PAGES_MAX do
    local status, answer = client("GET", format("/api/v1/%s/?page=%d", path, page))
    if status ~= 200 then error(format("GET /api/v1/%s/ was answered with %d: %s", path, status, json.encode(answer)), 0) end
    for _, shown in ipairs(answer.results) do list[#list + 1] = shown end
    if answer.next == json.null then return list end
  end
  return list
end

local function stem_of(path) return string.match(path, "^[^/]+/(.+)%.ya?ml$") end

local function slug_of(kind, shown)
  local name = shown[kind.place.by[1]]
  return state.slug(type(name) == "string" and name or kind.name, kind.name)
end

-- The place of an object: that of its file when it has one, else by its name, with a number when another has that.
local function give_slugs(self, kind, objects)
  local taken = {}
  local function take(object, slug, path)
    object.slug, object.path = slug, path or format("%s/%s.yaml", kind.place.folder, slug)
    taken[slug] = true
    self.slugs[kind.name][object.id], self.ids[kind.name][slug] = slug, object.id
  end
  for _, object in ipairs(objects) do
    local path = object.shown.managed_by
    object.is_managed = path ~= json.null and path ~= nil
    local stem = object.is_managed and stem_of(path)
    if stem and not taken[stem] then take(object, stem, path) end
  end
  for _, object in ipairs(objects) do
    if not object.slug then
      local base, n = slug_of(kind, object.shown), 1
      local slug = base
      while taken[slug] do
        n = n + 1
        slug = base .. "-" .. n
      end
      take(object, slug)
    end
  end
end

local function read_kind(self, kind)
  local objects = {}
  for _, shown in ipairs(self.fetched(kind.resource.path)) do
    if not kind.place.is_here or kind.place.is_here(shown, self.now) then
      objects[#objects + 1] = { kind = kind, id = shown.id, shown = shown, parts = {} }
    end
  end
  self.slugs[kind.name], self.ids[kind.name] = {}, {}
  give_slugs(self, kind, objects)
  self.objects[kind.name] = objects
  for _, object in ipairs(objects) do self.by_id[object.id] = object end
end

local function read_parts(self, kind)
  for _, part in ipairs(kind.parts) do
    for _, object in ipairs(self.objects[kind.name]) do object.parts[part.place.as] = {} end
    for _, shown in ipairs(self.fetched(part.resource.path)) do
      local owner = self.by_id[shown[part.place.parent]]
      local place = part.place
      if owner and (not place.fits or place.fits(shown)) and (not place.is_here or place.is_here(shown, self.now)) then
        local list = owner.parts[place.as]
        list[#list + 1] = { id = shown.id, shown = shown }
      end
    end
  end
end

-- Routes have no names: that of their integration and their number, or `default`.
local function name_routes(self)
  self.slugs.route, self.ids.route = {}, {}
  local counts = {}
  for _, shown in ipairs(self.fetched("routes")) do
    local owner = self.slugs.integration[shown.integration_id]
    if owner then
      counts[owner] = (counts[owner] or 0) + 1
      local name = owner .. "/" .. (shown.is_the_last_route and "default" or tostring(counts[owner]))
      self.slugs.route[shown.id], self.ids.route[name] = name, shown.id
    end
  end
end

-- Groups of a chat are not ours to make: they are called by their handles.
local function name_user_groups(self)
  self.slugs.user_group, self.ids.user_group = {}, {}
  for _, shown in ipairs(self.fetched("user_groups")) do
    local handle = shown.slack.handle
    if handle ~= json.null and not self.ids.user_group[handle] then
      self.slugs.user_group[shown.id], self.ids.user_group[handle] = handle, shown.id
    end
  end
end

---The name that stands for an id, or nil.
function state:name_of(kind, id) return self.slugs[kind] and self.slugs[kind][id] end

---The shape of an object with its parts, as it stands in its file.
function state:document(object)
  local function name_of(kind, id) return self:name_of(kind, id) end
  local document = shape.of(object.kind, object.shown, name_of)
  for _, part in ipairs(object.kind.parts) do
    local list = json.array()
    for i, one in ipairs(object.parts[part.place.as]) do list[i] = shape.of(part, one.shown, name_of) end
    document[part.place.as] = list
  end
  return document
end

---Reads everything.
---@param client fun(method: string, path: string, body: table?): integer, any
---@param kinds table of kinds.lua
---@param now integer µs UTC
function state.read(client, kinds, now)
  local lists = {}
  local self = setmetatable({ objects = {}, by_id = {}, slugs = {}, ids = {}, now = now }, state)
  function self.fetched(path)
    lists[path] = lists[path] or fetch_all(client, path)
    return lists[path]
  end
  for _, kind in ipairs(kinds) do read_kind(self, kind) end
  for _, kind in ipairs(kinds) do read_parts(self, kind) end
  name_routes(self)
  name_user_groups(self)
  return self
end

return state
