--- XML as plain tables, for sources that send it: elements by name, attributes behind "@", text as text. Pure and bounded.
---
--- `<a id="1"><b>x</b><b>y</b></a>` is { a = { ["@id"] = "1", b = { "x", "y" } } }; an element with attributes and text has the
--- text under "#text". Comments and instructions are left out, and a document type is refused: nobody's entities are
--- expanded here.
local find <const>, sub <const>, gsub <const>, match <const> = string.find, string.sub, string.gsub, string.match

local xml = {}

local BYTES_MAX <const>, DEPTH_MAX <const>, NODES_MAX <const> = 1 << 20, 64, 20000
local NAME <const> = "[%a_\128-\255][%w_.:%-\128-\255]*"
local ENTITIES <const> = { lt = "<", gt = ">", amp = "&", quot = '"', apos = "'" }

local function character(digits, base)
  local code = tonumber(digits, base)
  if not code or code > 0x10FFFF or code >= 0xD800 and code <= 0xDFFF or code == 0 then return nil end
  return utf8.char(code)
end

local function unescape(text)
  return (gsub(text, "&(#?x?)(%w+);", function(kind, name)
    if kind == "#x" then return character(name, 16) end
    if kind == "#" then return character(name, 10) end
    return kind == "" and ENTITIES[name] or nil
  end))
end

-- Several of one name become a list.
local function add(parent, name, value)
  local there = parent.fields[name]
  if there == nil then parent.fields[name] = value
  elseif parent.lists[name] then there[#there + 1] = value
  else parent.fields[name], parent.lists[name] = { there, value }, true end
end

local function new_node(name) return { name = name, fields = {}, lists = {}, text = {} } end

-- What a finished element is: its text, or a table.
local function value_of(node)
  local text = match(table.concat(node.text), "^%s*(.-)%s*$")
  if next(node.fields) == nil then return text end
  if text ~= "" then node.fields["#text"] = text end
  return node.fields
end

-- Attributes of a tag; false when it is none.
local function read_attributes(node, text)
  local at = 1
  while true do
    local from, to, name, quote = find(text, "^%s+(" .. NAME .. ")%s*=%s*([\"'])", at)
    if not from then return find(text, "^%s*$", at) ~= nil end
    local stop = find(text, quote, to + 1, true)
    if not stop then return false end
    add(node, "@" .. name, unescape(sub(text, to + 1, stop - 1)))
    at = stop + 1
  end
end

-- The end of what is no element and begins at `at`, or nil: a comment, an instruction.
local function skip(text, at)
  if sub(text, at, at + 3) == "<!--" then return select(2, find(text, "-->", at + 4, true)) end
  if sub(text, at, at + 1) == "<?" then return select(2, find(text, "?>", at + 2, true)) end
end

-- Where a tag ends: the first > outside of quotes.
local function tag_end(text, at)
  local pos = at
  while true do
    local stop = find(text, "[\"'>]", pos)
    if not stop then return nil end
    local c = sub(text, stop, stop)
    if c == ">" then return stop end
    pos = find(text, c, stop + 1, true)
    if not pos then return nil end
    pos = pos + 1
  end
end

local function open_or_close(state, text, at, stop)
  local stack = state.stack
  local top = stack[#stack]
  local closing = match(text, "^</(" .. NAME .. ")%s*>", at)
  if closing then
    if top.name ~= closing or #stack == 1 then return nil, "</" .. closing .. "> closes nothing" end
    stack[#stack] = nil
    add(stack[#stack], closing, value_of(top))
    return true
  end
  local name, rest = match(sub(text, at + 1, stop - 1), "^(" .. NAME .. ")(.*)$")
  if not name then return nil, "a tag has no name" end
  local is_alone = sub(rest, -1) == "/"
  local node = new_node(name)
  state.nodes = state.nodes + 1
  if not read_attributes(node, is_alone and sub(rest, 1, -2) or rest) then return nil, "<" .. name .. "> has a bad attribute" end
  if #stack > DEPTH_MAX or state.nodes > NODES_MAX then return nil, "it is nested too deep, or too long" end
  if is_alone then add(top, name, value_of(node)) else stack[#stack + 1] = node end
  return true
end

local function step(state, text, at)
  local top = state.stack[#state.stack]
  if sub(text, at, at + 8) == "<![CDATA[" then
    local stop = find(text, "]]>", at + 9, true)
    if not stop then return nil, "a CDATA section has no end" end
    top.text[#top.text + 1] = sub(text, at + 9, stop - 1)
    return stop + 3
  end
  if sub(text, at, at + 1) == "<!" and sub(text, at, at + 3) ~= "<!--" then return nil, "a document type is not taken" end
  if sub(text, at, at + 1) == "<!" or sub(text, at, at + 1) == "<?" then
    local stop = skip(text, at)
    if not stop then return nil, "a comment or instruction has no end" end
    return stop + 1
  end
  local stop = tag_end(text, at)
  if not stop then return nil, "a tag has no end" end
  local ok, why = open_or_close(state, text, at, stop)
  return ok and stop + 1, why
end

--- A document as tables, or nil and a sentence.
---@param text string
---@return table|nil
---@return string|nil why
function xml.decode(text)
  if #text > BYTES_MAX then return nil, "it is longer than 1 MiB" end
  if not utf8.len(text) then return nil, "it is not UTF-8" end
  local state, at = { stack = { new_node() }, nodes = 0 }, 1
  while at do
    local from = find(text, "<", at, true)
    local top = state.stack[#state.stack]
    top.text[#top.text + 1] = unescape(sub(text, at, from and from - 1))
    if not from then break end
    local next_at, why = step(state, text, from)
    if not next_at then return nil, why end
    at = next_at
  end
  local root = state.stack[1]
  if #state.stack > 1 then return nil, "<" .. state.stack[#state.stack].name .. "> has no end" end
  if state.nodes == 0 or find(table.concat(root.text), "[^%s\239\187\191]") then return nil, "it is no XML document" end
  return root.fields
end

return xml
