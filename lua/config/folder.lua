--- A folder of configuration: one file an object, in a folder for each kind. Read with all that is wrong said at once, and
--- written so that the same configuration is the same bytes.
local console <const> = require("tocsin.console")
local json <const> = require("tocsin.json")
local keys <const> = require("keys")
local schema <const> = require("schema")
local shape <const> = require("config.shape")
local yaml <const> = require("config.yaml")

local format <const>, match <const> = string.format, string.match

local folder = {}

local FILE_MAX <const>, ALL_MAX <const>, FILES_MAX <const>, WRONG_MAX <const> = 1 << 20, 64 << 20, 20000, 100
local STEM_MAX <const> = 150 -- bytes
local HEAD_NAME <const>, COLUMNS_NAME <const> = "tocsin.yaml", "table_columns.yaml"
local HEAD <const> = "# The configuration of Tocsin: `tocsin plan` shows what differs from it, `tocsin apply` makes it so.\n" ..
  "# A file stands for one object, a folder for a kind; names of files are how they refer to each other.\nformat: 1\n"

-- Where files come from ---------------------------------------------------------------------------------------------------

---A folder on the disk, for `folder.read`.
function folder.on_disk(dir)
  return {
    name = dir,
    list = function(path) return console.list(path and dir .. "/" .. path or dir) end,
    read = function(path) return console.read(dir .. "/" .. path) end,
  }
end

---The same from a table path → text; a path that ends in `/` is a folder without files.
function folder.in_memory(files)
  local lists = { [""] = {} }
  for path in pairs(files) do
    local below, name = match(path, "^([^/]+)/(.*)$")
    if below and not lists[below] then
      lists[below] = {}
      table.insert(lists[""], below)
    end
    if name ~= "" then table.insert(lists[below or ""], name or path) end
  end
  return {
    name = "the folder",
    list = function(path)
      if lists[path or ""] then return { table.unpack(lists[path or ""]) } end
      return nil, path .. ": is no folder", true
    end,
    read = function(path)
      if files[path] then return files[path] end
      return nil, path .. ": is no file"
    end,
  }
end

---All files of a folder on the disk as such a table, for another server.
---@return table<string, string> files
---@return table[] wrong {path, line, sentence}: what cannot be sent
function folder.texts(dir)
  local source, files, wrong = folder.on_disk(dir), {}, {}
  local function take(path)
    local text, why = source.read(path)
    if text and utf8.len(text) then
      files[path] = text
      return
    end
    local line, _
    if text then _, why, line = yaml.parse(text) end
    wrong[#wrong + 1] = { path = path, line = line, sentence = line and why or match(why, "^.*: (.-)$") or why }
  end
  local names, why = source.list()
  if not names then error(why, 0) end
  table.sort(names)
  for _, name in ipairs(names) do
    local inner = not string.find(name, "^README") and source.list(name)
    if inner then
      files[name .. "/"] = ""
      for _, file in ipairs(inner) do take(name .. "/" .. file) end
    elseif inner == nil then take(name) end
  end
  return files, wrong
end

-- Checking ----------------------------------------------------------------------------------------------------------------

local function meant(word, words)
  local nearest = schema.nearest(word, words)
  return nearest and format(" (did you mean '%s'?)", nearest) or ""
end

-- Only the fields of a kind and its lists, in an object; takes the explicit nulls away.
local function check_object(kind, value, place, add)
  local object = {}
  for _, key in ipairs(keys.sorted(value)) do
    local v, line = value[key], place.at[key].line
    local part = kind.parts[key]
    if part and getmetatable(v) ~= json.array_mt then add(line, format("'%s' must be a list", key))
    elseif part then
      object[key] = json.array()
      for i, one in ipairs(v) do
        if type(one) ~= "table" or getmetatable(one) == json.array_mt then
          add(place.at[key].at[i].line, format("'%s' must be a list of objects", key))
        else object[key][i] = check_object(part, one, place.at[key].at[i], add) end
      end
    elseif kind.by_name[key] then
      object[key] = shape.without_empty(v)
      if kind.by_name[key].is_set then object[key] = shape.sorted(object[key]) end
    else add(line, format("unknown field '%s'%s", key, meant(key, kind.order))) end
  end
  for _, f in ipairs(kind.fields) do
    if f.is_required and value[f.name] == nil then add(place.line, format("'%s' is missing", f.name)) end
  end
  return object
end

local function take_file(self, kind, path, stem)
  local function add(line, sentence) self.add(path, line, sentence) end
  local text, why = self.source.read(path)
  if not text then return add(nil, match(why, "^.*: (.-)$") or why) end
  self.size = self.size + #text
  if #text > FILE_MAX then return add(nil, format("the file is larger than %d KiB", FILE_MAX >> 10)) end
  if self.size > ALL_MAX then
    error(format("the files of %s are larger than %d MiB together", self.source.name, ALL_MAX >> 20), 0)
  end
  local value, place, line = yaml.parse(text)
  if value == nil then return add(line, place) end
  if type(value) ~= "table" or getmetatable(value) == json.array_mt then
    return add(place.line, "a file holds one object: name: value")
  end
  local document = check_object(kind, value, place, add)
  table.insert(self.objects[kind.name], { kind = kind, slug = stem, path = path, document = document, place = place })
end

local function stem_of(name)
  local stem = match(name, "^(.+)%.ya?ml$")
  return stem and #stem <= STEM_MAX and utf8.len(stem) and not string.find(stem, "[%c\\]") and stem or nil
end

local function take_folder(self, kind)
  local dir = kind.place.folder
  local names, why, is_missing = self.source.list(dir)
  self.objects[kind.name] = {}
  if not names then
    if not is_missing then self.add(dir, nil, why) end
    return
  end
  table.sort(names)
  local seen = {}
  for _, name in ipairs(names) do
    local stem, path = stem_of(name), dir .. "/" .. name
    self.count = self.count + 1
    if self.count > FILES_MAX then error(format("%s holds more than %d files", self.source.name, FILES_MAX), 0) end
    if not stem then self.add(path, nil, "only files whose names end in .yaml belong here")
    elseif seen[stem] then self.add(path, nil, "another file has this name with another ending")
    else
      seen[stem] = true
      take_file(self, kind, path, stem)
    end
  end
end

-- Names at the top that are no kind's: a folder misspelt would else be taken for one that is gone, and all of it deleted.
local function check_top(self, kinds)
  local names, why = self.source.list()
  if not names then error(why, 0) end
  local known, list = { [HEAD_NAME] = true, [COLUMNS_NAME] = true }, {}
  for _, kind in ipairs(kinds) do known[kind.place.folder], list[#list + 1] = true, kind.place.folder end
  local has_head = false
  for _, name in ipairs(names) do
    has_head = has_head or name == HEAD_NAME
    if not known[name] and not string.find(name, "^README") then
      self.add(name, nil, "nothing of this name belongs here" .. meant(name, list))
    end
  end
  if not has_head then
    self.add(HEAD_NAME, nil, "is missing: it says that this is a folder of configuration. Its content: format: 1")
  end
end

local function check_head(self)
  local text = self.source.read(HEAD_NAME)
  if not text then return end
  local value, why, line = yaml.parse(text)
  if value == nil then return self.add(HEAD_NAME, line, why) end
  if type(value) ~= "table" or value.format ~= 1 then
    self.add(HEAD_NAME, nil, "this program knows format 1 only")
  end
end

local function take_columns(self)
  local text = self.source.read(COLUMNS_NAME)
  if not text then return end
  local value, why, line = yaml.parse(text)
  if value == nil then return self.add(COLUMNS_NAME, line, why) end
  for _, name in ipairs { "visible", "hidden" } do
    local list = type(value) == "table" and value[name]
    if list == nil then value[name] = json.array()
    elseif getmetatable(list) ~= json.array_mt then return self.add(COLUMNS_NAME, 1, format("'%s' must be a list", name)) end
  end
  self.columns = { visible = value.visible, hidden = value.hidden }
end

---Everything a folder asks for: `objects` by kind, each {kind, slug, path, document, place}, and `columns`.
---@param source table of folder.on_disk or folder.in_memory
---@return table desired
---@return table[] wrong {path, line, sentence}
function folder.read(source, kinds)
  local wrong = {}
  local self = { source = source, objects = {}, size = 0, count = 0 }
  function self.add(path, line, sentence)
    if #wrong < WRONG_MAX then wrong[#wrong + 1] = { path = path, line = line, sentence = sentence } end
  end
  check_top(self, kinds)
  check_head(self)
  for _, kind in ipairs(kinds) do take_folder(self, kind) end
  take_columns(self)
  return { objects = self.objects, columns = self.columns }, wrong
end

-- Writing -----------------------------------------------------------------------------------------------------------------

---The text of an object's file: its members in the order of its fields.
function folder.text(kind, document)
  for _, part in ipairs(kind.parts) do
    for _, one in ipairs(document[part.place.as] or {}) do yaml.ordered(one, part.order) end
  end
  return yaml.text(yaml.ordered(document, kind.order))
end

---The files of a state: path → text.
function folder.files(state, kinds, columns)
  local files = { [HEAD_NAME] = HEAD }
  for _, kind in ipairs(kinds) do
    for _, object in ipairs(state.objects[kind.name]) do
      files[object.path] = folder.text(kind, state:document(object))
    end
  end
  if columns then files[COLUMNS_NAME] = yaml.text(yaml.ordered(columns, { "visible", "hidden" })) end
  return files
end

-- Only a folder of ours, or an empty one, is written to: what does not belong there goes.
local function is_ours(dir)
  local names, why, is_missing = console.list(dir)
  if not names then
    if is_missing then return console.make_folder(dir) end
    return nil, why
  end
  for _, name in ipairs(names) do
    if name == HEAD_NAME then return true end
  end
  if #names == 0 then return true end
  return nil, format("%s: the folder has files, but no %s: it is no folder of configuration", dir, HEAD_NAME)
end

local function remove_others(dir, kinds, files)
  for _, kind in ipairs(kinds) do
    for _, name in ipairs(console.list(dir .. "/" .. kind.place.folder) or {}) do
      local path = kind.place.folder .. "/" .. name
      if stem_of(name) and not files[path] then assert(console.remove(dir .. "/" .. path)) end
    end
  end
end

---Makes a folder hold these files and no others; files that are so already are not touched.
---@return integer? written how many files changed
---@return string? why
function folder.write(dir, kinds, files)
  local is_good, why = is_ours(dir)
  if not is_good then return nil, why end
  local made, written = {}, 0
  for _, path in ipairs(keys.sorted(files)) do
    local below = match(path, "^([^/]+)/")
    if below and not made[below] then
      made[below] = true
      is_good, why = console.make_folder(dir .. "/" .. below)
      if not is_good then return nil, why end
    end
    if console.read(dir .. "/" .. path) ~= files[path] then
      is_good, why = console.write(dir .. "/" .. path, files[path])
      if not is_good then return nil, why end
      written = written + 1
    end
  end
  remove_others(dir, kinds, files)
  return written
end

return folder
