--- `tocsin render`: renders a template exactly as it stands, without the cut and the error texts that alerts get.
local environment <const> = require("environment")
local fuel <const> = require("tocsin.fuel")
local json <const> = require("tocsin.json")
local value <const> = require("jinja.value")
local format <const>, gsub <const>, gmatch <const>, find <const> = string.format, string.gsub, string.gmatch, string.find
local codes <const>, concat <const> = utf8.codes, table.concat

local render = {}

local env <const> = environment.env

local function error_text(err)
  if type(err) ~= "table" then return tostring(err) end
  return format("line %d: %s", err.line or 1, tostring(err.message))
end

-- The names of a context: the members of a JSON object. Values are payloads, as on the server: they cost what they cost there.
local function context_of(text)
  local payload, problem = json.payload(text)
  if problem then return nil, problem end
  if type(payload) ~= "userdata" or not json.is_payload(payload) or not json.is_object(payload) then
    return nil, "the context must be a JSON object"
  end
  local names, context = value.plain(payload).k, {}
  payload = json.payload(text) -- one of which no table was made
  for _, name in ipairs(names) do context[name] = json.item(payload, name) end
  return context
end

local function compile_and_render(source, context)
  local t, err = env:compile(source)
  if not t then return nil, err end
  return t:render(context)
end

--- Renders one template.
---@param source string
---@param context_json string? a JSON object; its members are the names
---@return string|nil output
---@return string|nil sentence "line N: …"
function render.one(source, context_json)
  local context = {}
  if context_json then
    local problem
    context, problem = context_of(context_json)
    if not context then return nil, problem end
  end
  -- What a template may spend in the server's slow lane: what runs here runs there.
  local ok, output, failure = fuel.bounded(fuel.SLOW, fuel.MEMORY, compile_and_render, source, context)
  if ok and output then return output end
  return nil, error_text(ok and failure or output)
end

local SHORT <const> = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
}

local function escape(code)
  if code < 0x10000 then return format("\\u%04x", code) end
  code = code - 0x10000
  return format("\\u%04x\\u%04x", 0xD800 | code >> 10, 0xDC00 | code & 0x3FF)
end

--- A JSON string literal in ASCII.
---@param text string
---@return string
function render.ascii(text)
  local out = gsub(text, '[%c"\\\127]', function(c) return SHORT[c] or format("\\u%04x", string.byte(c)) end)
  if not find(out, "[\128-\255]") then return '"' .. out .. '"' end
  if not utf8.len(out) then return '"' .. gsub(out, "[\128-\255]", "\\ufffd") .. '"' end
  local pieces = {}
  for _, code in codes(out) do pieces[#pieces + 1] = code < 128 and utf8.char(code) or escape(code) end
  return '"' .. concat(pieces) .. '"'
end

local function member(object, key)
  local v = object and object.v[key]
  return v ~= json.null and v or nil
end

-- One line of a cases file to one line of output.
local function run_case(line)
  local payload, why = json.payload(line)
  local case = not why and value.plain(payload)
  if type(case) ~= "table" or value.type_of(case) ~= value.DICT then
    return format('{"id":null,"error":%s}', render.ascii(why or "a case must be a JSON object"))
  end
  local id = json.encode(case.v.id == nil and json.null or case.v.id) or "null"
  if type(case.v.id) == "string" then id = render.ascii(case.v.id) end
  local source = member(case, "template")
  if type(source) ~= "string" then return format('{"id":%s,"error":"the case has no template"}', id) end
  local context = member(case, "context")
  local output, sentence = render.one(source, context and json.encode(context))
  if output then return format('{"id":%s,"output":%s}', id, render.ascii(output)) end
  return format('{"id":%s,"error":%s}', id, render.ascii(sentence))
end

--- Renders every line of a cases file: {"id", "template", "context"} to {"id", "output"} or {"id", "error"}.
---@param text string JSON lines
---@param write fun(line: string)
function render.cases(text, write)
  for line in gmatch(text, "[^\n]+") do
    if find(line, "%S") then write(run_case(line) .. "\n") end
  end
end

local HELP <const> = [[
tocsin render [--context FILE.json] TEMPLATE
tocsin render --cases FILE.jsonl

Renders a Jinja template and prints exactly what it gives. TEMPLATE - is standard input.
  --context FILE   a JSON object: the names that the template sees (- is standard input)
  --cases FILE     lines {"id","template","context"}; prints lines {"id","output"} or {"id","error"}
On an error it prints `line N: …` to standard error and exits with 1. A template has the time and memory that the server
allows it by default; within them nothing is cut.
]]

local function parse(words)
  local o, i = {}, 1
  while i <= #words do
    local word = words[i]
    if word == "--help" or word == "-h" then return { help = true } end
    if word == "--context" or word == "--cases" then
      if not words[i + 1] then return nil, word .. " needs a file" end
      o[string.sub(word, 3)], i = words[i + 1], i + 1
    elseif find(word, "^%-%-context=") or find(word, "^%-%-cases=") then
      local name, file = string.match(word, "^%-%-(%w+)=(.*)$")
      o[name] = file
    elseif find(word, "^%-%-.") then
      return nil, "unknown option '" .. word .. "'; see `tocsin render --help`"
    elseif o.template then
      return nil, "one template at a time; put it in quotes"
    else
      o.template = word
    end
    i = i + 1
  end
  if o.cases and (o.template or o.context) then return nil, "--cases stands alone: its lines hold templates and contexts" end
  if not o.cases and not o.template then return nil, "a template is missing; see `tocsin render --help`" end
  return o
end

local function run(o, console)
  if o.cases then
    local text, why = console.read(o.cases)
    if not text then return nil, why end
    render.cases(text, console.out)
    return 0
  end
  local context, why
  if o.context then
    context, why = console.read(o.context)
    if why then return nil, why end
  end
  local source, problem = o.template, nil
  if source == "-" then source, problem = console.read("-") end
  if problem then return nil, problem end
  if context then
    local _, bad = render.one("", context)
    if bad then return nil, (o.context == "-" and "standard input" or o.context) .. ": " .. bad end
  end
  local output, sentence = render.one(source, context)
  if not output then return nil, sentence end
  console.out(output)
  return 0
end

--- The command. `words_json` holds the words after `render`.
---@param words_json string
---@param now integer microseconds since 1970
---@return integer exit_code
function render.main(words_json, now)
  environment.set_now(now or 0)
  local console = require("tocsin.console")
  local o, why = parse(json.decode(words_json))
  if not o then console.err("tocsin render: " .. why .. "\n") return 2 end
  if o.help then console.out(HELP) return 0 end
  local code, sentence = run(o, console)
  if code then return code end
  console.err(sentence .. "\n")
  return 1
end

return render
