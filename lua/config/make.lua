--- Makes a state be as it is desired, over the API of a rehearsal: what is not there is created, what differs is changed, what
--- files no longer hold is deleted. Everything that is refused is gathered with its place.
local json <const> = require("tocsin.json")
local keys <const> = require("keys")
local schema <const> = require("schema")
local shape <const> = require("config.shape")

local format <const> = string.format

local make = {}
make.__index = make

local WRONG_MAX <const> = 100

-- Sentences -----------------------------------------------------------------------------------------------------------------

local function line_at(place, path)
  local line = place and place.line
  for _, key in ipairs(path) do
    place = place and place.at and (place.at[key] or place.at[tonumber(key) or key])
    line = place and place.line or line
  end
  return line
end

-- {{{"a"}, "b"}, 2} → {"a", "b", 2}
local function flat(path)
  local list = path[2] ~= nil and flat(path[1]) or { path[1] }
  if path[2] ~= nil then list[#list + 1] = path[2] end
  return list
end

function make:add(wanted, place, path, sentence)
  local text = table.concat(path, ".")
  if text == "detail" then text = "" end
  if not place then text = (wanted.part or "") .. (wanted.part and text ~= "" and "." or "") .. text end
  if text ~= "" then sentence = text .. ": " .. sentence end
  local key = wanted.path .. "\0" .. (line_at(place, path) or "") .. "\0" .. sentence
  if self.said[key] or #self.wrong >= WRONG_MAX then return end
  self.said[key] = true
  self.wrong[#self.wrong + 1] = { path = wanted.path, line = line_at(place, path), sentence = sentence }
end

-- The sentences of a refusal: {"detail"}, {"field": ["…"]}, {"field": {"part": ["…"]}}.
local function each_sentence(answer, path, found)
  if type(answer) ~= "table" then found[#found + 1] = { path, tostring(answer) }
  elseif getmetatable(answer) == json.array_mt then
    for _, one in ipairs(answer) do each_sentence(one, path, found) end
  else
    for _, key in ipairs(keys.sorted(answer)) do
      local below = { table.unpack(path) }
      below[#below + 1] = key
      each_sentence(answer[key], below, found)
    end
  end
  return found
end

local function refused(self, wanted, place, answer)
  wanted.is_refused = true
  for _, pair in ipairs(each_sentence(answer, {}, {})) do self:add(wanted, place, pair[1], pair[2]) end
end

-- Names ---------------------------------------------------------------------------------------------------------------------

local function id_finder(self)
  return function(kind, name)
    local ids = self.state.ids[kind]
    if ids and ids[name] then return ids[name] end
    local nearest = ids and schema.nearest(name, keys.sorted(ids))
    local meant = nearest and format(" (did you mean '%s'?)", nearest) or ""
    return nil, format('there is no %s "%s"%s.', string.gsub(kind, "_", " "), name, meant)
  end
end

-- What is sent for some fields of a document; names that stand for nothing are left out, and said unless `is_early`.
local function sent_of(self, kind, wanted, place, document, names, is_early)
  local sent = {}
  for _, name in ipairs(names) do
    local f, wrong = kind.by_name[name], {}
    local value = shape.long(document[name], f.names, id_finder(self), { name }, wrong)
    if #wrong == 0 then sent[name] = value
    elseif not is_early then
      for _, one in ipairs(wrong) do self:add(wanted, place, flat(one[1]), one[2]) end
    end
  end
  return sent
end

local function all_fields(kind, document)
  local names = {}
  for _, f in ipairs(kind.fields) do
    if document[f.name] ~= nil then names[#names + 1] = f.name end
  end
  return names
end

local function is_object(v) return type(v) == "table" and getmetatable(v) ~= json.array_mt end

-- Objects -------------------------------------------------------------------------------------------------------------------

local function path_of(kind, id) return format("/api/v1/%s/%s", kind.resource.path, id and id .. "/" or "") end

local function shape_of(self, kind, shown)
  return shape.of(kind, shown, function(name, id) return self.state:name_of(name, id) end)
end

-- What has to be sent so that what is shown becomes the document; nil when nothing.
local function changes(self, kind, wanted, place, document, shown)
  local is, names = shape_of(self, kind, shown), {}
  for _, f in ipairs(kind.fields) do
    local value, old = document[f.name], is[f.name]
    if not f.is_exported then old = shown[f.name] end
    if value == nil or shape.same(value, old) or (wanted.only_new and wanted.only_new[f.name]) then goto next end
    if f.is_fixed then self:add(wanted, place, { f.name }, "This field cannot be changed once it is set.")
    else names[#names + 1] = f.name end
    ::next::
  end
  local sent = sent_of(self, kind, wanted, place, document, names)
  for _, f in ipairs(self.is_partial and {} or kind.fields) do
    local v, old = sent[f.name], shown[f.name]
    if v == nil and document[f.name] == nil and f.is_exported and is[f.name] ~= nil then sent[f.name] = shape.emptied(f, old)
    elseif is_object(v) and is_object(old) and not f.is_whole then shape.complete(v, old, f.usual, f.only_shown) end
  end
  return next(sent) ~= nil and sent or nil
end

local function put(self, kind, wanted, place, id, sent)
  for key, value in pairs(kind.place.more or {}) do sent[key] = value end
  local status, answer = self.client("PUT", path_of(kind, id), sent)
  if status == 200 then return answer end
  refused(self, wanted, place, answer)
end

local function converge(self, kind, wanted, place, document, object)
  local sent = changes(self, kind, wanted, place, document, object.shown)
  if sent then object.shown = put(self, kind, wanted, place, object.id, sent) or object.shown end
end

local function create(self, kind, wanted, place, document, more)
  local sent = sent_of(self, kind, wanted, place, document, all_fields(kind, document), not more)
  for key, value in pairs(more or {}) do sent[key] = value end
  local status, shown = self.client("POST", path_of(kind), sent)
  if status == 201 then return { kind = kind, id = shown.id, shown = shown, parts = {} } end
  refused(self, wanted, place, shown)
end

-- Matching ------------------------------------------------------------------------------------------------------------------

local function key_of(self, kind, document)
  local parts = {}
  for i, name in ipairs(kind.place.by) do parts[i] = tostring(document[name]) end
  return table.concat(parts, "\0")
end

-- Which object that is there each desired one stands for: that of its file, else that of its name.
local function match_kind(self, kind)
  local by_path, by_key = {}, {}
  for _, object in ipairs(self.state.objects[kind.name]) do
    object.document = shape_of(self, kind, object.shown)
    if object.is_managed then by_path[object.path] = object end
  end
  local function take(wanted, object)
    if not object or object.wanted then return end
    wanted.object, object.wanted = object, wanted
    self.state.ids[kind.name][wanted.slug] = object.id
    self.state.slugs[kind.name][object.id] = wanted.slug
  end
  local list = self.desired.objects[kind.name] or {}
  for _, wanted in ipairs(list) do take(wanted, self.is_marking and by_path[wanted.path]) end
  for _, object in ipairs(self.state.objects[kind.name]) do
    local key = key_of(self, kind, object.document)
    if not object.wanted then by_key[key] = by_key[key] or object end
  end
  for _, wanted in ipairs(list) do
    if not wanted.object then take(wanted, by_key[key_of(self, kind, wanted.document)]) end
  end
end

-- A name of the state that now belongs to a file of another name leads to nothing.
local function forget_slugs(self, kind)
  local slugs, ids = self.state.slugs[kind.name], self.state.ids[kind.name]
  for _, object in ipairs(self.state.objects[kind.name]) do
    if object.wanted and object.slug ~= object.wanted.slug and ids[object.slug] == object.id then ids[object.slug] = nil end
    if not object.wanted and ids[object.slug] and ids[object.slug] ~= object.id then slugs[object.id] = nil end
  end
end

-- Parts ---------------------------------------------------------------------------------------------------------------------

local function is_same_fixed(kind, a, b)
  for _, f in ipairs(kind.fields) do
    if f.is_fixed and a[f.name] ~= nil and not shape.same(a[f.name], b[f.name]) then return false end
  end
  return true
end

local function is_same_by(kind, a, b)
  for _, name in ipairs(kind.place.by or {}) do
    if not shape.same(a[name], b[name]) then return false end
  end
  return true
end

-- Pairs desired parts with those that are there: the same ones first, then those of the same name, then what can be changed.
local function pair_parts(self, part, documents, list)
  local pairs_of, taken = {}, {}
  local is = {}
  for k, one in ipairs(list) do is[k] = shape_of(self, part, one.shown) end
  for _, fits in ipairs {
    function(d, k) return shape.same(d, is[k]) end,
    function(d, k) return part.place.by and is_same_by(part, d, is[k]) and is_same_fixed(part, d, is[k]) end,
    function(d, k) return is_same_fixed(part, d, is[k]) end,
  } do
    for i, document in ipairs(documents) do
      for k = 1, pairs_of[i] and 0 or #list do
        if not taken[k] and not pairs_of[i] and fits(document, k) then pairs_of[i], taken[k] = list[k], true end
      end
    end
  end
  local rest = {}
  for k, one in ipairs(list) do
    if not taken[k] then rest[#rest + 1] = one end
  end
  return pairs_of, rest
end

local function drop(self, kind, wanted, id)
  local status, answer = self.client("DELETE", path_of(kind, id))
  if status ~= 204 and status ~= 404 then refused(self, wanted, nil, answer) end
end

-- Puts parts that have an order into it. `made` are the objects in the order that is wanted.
local function put_in_order(self, part, wanted, place, made)
  local is_sorted, before = true, -1
  for _, one in ipairs(made) do
    local at = one.shown.position
    is_sorted, before = is_sorted and at > before, at
  end
  if is_sorted then return end
  for i, one in ipairs(made) do put(self, part, wanted, place, one.id, { position = i - 1 }) end
end

local function sync_parts(self, part, wanted, owner)
  local documents, place = wanted.document[part.place.as], wanted.place and wanted.place.at[part.place.as]
  local pairs_of, rest = pair_parts(self, part, documents, owner.parts[part.place.as] or {})
  for _, one in ipairs(self.is_partial and part.place.keeps and {} or rest) do drop(self, part, wanted, one.id) end
  local apart, groups = part.place.apart, {}
  for i, document in ipairs(documents) do
    local at, one = place and place.at and place.at[i], pairs_of[i]
    wanted.part = format("%s[%d]", part.place.as, i)
    if one then
      if not (self.is_partial and part.place.keeps) then converge(self, part, wanted, at, document, one) end
    else
      one = create(self, part, wanted, at, document, { [part.place.parent] = owner.id })
      if one then converge(self, part, wanted, at, document, one) end
    end
    local group = apart and tostring(document[apart] or false) or ""
    groups[group] = groups[group] or {}
    table.insert(groups[group], one)
  end
  wanted.part = nil
  for _, group in ipairs(part.place.is_ordered and keys.sorted(groups) or {}) do
    put_in_order(self, part, wanted, place, groups[group])
  end
end

-- The whole -----------------------------------------------------------------------------------------------------------------

local function each(self, is_late, deed)
  for _, kind in ipairs(self.kinds) do
    if is_late == nil or (kind.place.is_late or false) == is_late then
      for _, wanted in ipairs(self.desired.objects[kind.name] or {}) do deed(kind, wanted) end
    end
  end
end

local function remove_gone(self)
  for i = #self.kinds, 1, -1 do
    local kind = self.kinds[i]
    for _, object in ipairs(self.state.objects[kind.name]) do
      if object.is_managed and not object.wanted then
        drop(self, kind, { path = object.path, kind = kind }, object.id)
        self.state.ids[kind.name][object.slug], self.state.slugs[kind.name][object.id] = nil, nil
      end
    end
  end
end

local function create_missing(self, is_late)
  each(self, is_late, function(kind, wanted)
    if wanted.object then return end
    local object = create(self, kind, wanted, wanted.place, wanted.document)
    if not object then return end
    wanted.object, object.is_new = object, true
    local other = self.state.ids[kind.name][wanted.slug]
    if other then self.state.slugs[kind.name][other] = nil end
    self.state.ids[kind.name][wanted.slug], self.state.slugs[kind.name][object.id] = object.id, wanted.slug
  end)
end

local function name_new_routes(self)
  each(self, false, function(kind, wanted)
    if kind.name ~= "integration" or not wanted.object then return end
    local _, answer = self.client("GET", "/api/v1/routes/?perpage=1000&integration_id=" .. wanted.object.id)
    for i, shown in ipairs(answer.results) do
      local name = wanted.slug .. "/" .. (shown.is_the_last_route and "default" or tostring(i))
      self.state.ids.route[name], self.state.slugs.route[shown.id] = shown.id, name
    end
  end)
end

local function parts_text(kind, document)
  local list = json.array()
  for _, part in ipairs(kind.parts) do
    if document[part.place.as] then list[#list + 1] = part.place.as end
  end
  return json.encode(list)
end

---Makes it so.
---@param client fun(method: string, path: string, body: table?): integer, any
---@param desired table {objects = kind → list of {kind, slug, path, document, place}}
---@param options {is_partial: boolean?, is_marking: boolean?, mark: fun(kind: string, id: string, path: string, parts: string)}
--- is_partial: what a document does not name stays; is_marking: objects become managed by their files, others of files go
---@return table[] wrong {path, line, sentence}
function make.all(client, kinds, state, desired, options)
  local self = setmetatable({ client = client, kinds = kinds, state = state, desired = desired, wrong = {}, said = {},
    is_partial = options.is_partial, is_marking = options.is_marking }, make)
  for _, kind in ipairs(kinds) do match_kind(self, kind) end
  for _, kind in ipairs(kinds) do forget_slugs(self, kind) end
  if self.is_marking then remove_gone(self) end
  create_missing(self, false)
  each(self, nil, function(kind, wanted)
    for _, part in ipairs(kind.parts) do
      if wanted.object and wanted.document[part.place.as] then sync_parts(self, part, wanted, wanted.object) end
    end
  end)
  name_new_routes(self)
  create_missing(self, true)
  each(self, nil, function(kind, wanted)
    if wanted.object then converge(self, kind, wanted, wanted.place, wanted.document, wanted.object) end
    if wanted.object and self.is_marking then
      options.mark(kind.name, wanted.object.id, wanted.path, parts_text(kind, wanted.document))
    end
  end)
  return self.wrong
end

return make
