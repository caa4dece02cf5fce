--- Templates rendered by the real Jinja2 and by ours: a corpus of cases, the reference's answers, and how ours differ.
---
--- A case is {template, context as JSON, options = JSON, templates = {name → source}, expect = text}. `expect` is what
--- ours must print ("class: message" for an error) where the installed Jinja2 is not the one we follow; it must then
--- really differ. `uses` names what it uses that the installed reference does not have.
local cjson <const> = require "cjson"
local json <const> = require "tocsin.json"
local jinja <const> = require "jinja"
local args <const> = require "jinja.args"
local datetime <const> = require "jinja.datetime"
local oncall <const> = require "jinja.oncall"
local program <const> = require "tocsin.program"
local value <const> = require "jinja.value"

-- Debian's Python; another one, with its own Jinja2, for who wants to see where versions differ.
local ORACLE <const> = (os.getenv "ORACLE_PYTHON" or "/usr/bin/python3") .. " -W ignore spec/differential/oracle.py"

local differential <const> = {}

-- The corpus -----------------------------------------------------------------------------------------------------------

local List <const> = {}
List.__index = List

--- A list of cases to fill.
function differential.list() return setmetatable({}, List) end

--- Adds one case; `more` holds options, templates, expect.
function List:case(template, context, more)
  local case <const> = { template, context }
  for name, v in pairs(more or {}) do case[name] = v end
  self[#self + 1] = case
end

--- Adds a case for each line.
function List:lines(context, lines, more)
  for line in string.gmatch(lines, "[^\n]+") do self:case(line, context, more) end
end

--- Adds a case for each part of a text between lines that hold only `----`.
function List:texts(context, text, more)
  for part in string.gmatch(text .. "\n----\n", "(.-)\n%-%-%-%-\n") do self:case(part, context, more) end
end

--- Every case of the corpus, each with the name of its file.
function differential.corpus()
  local all, pipe <const> = {}, assert(io.popen("ls spec/differential/corpus/*.lua"))
  for path in pipe:lines() do
    for _, case in ipairs(dofile(path)) do
      case.file = string.match(path, "([^/]+)%.lua$")
      all[#all + 1] = case
    end
  end
  pipe:close()
  return all
end

-- The reference --------------------------------------------------------------------------------------------------------

local function escape(char) return string.format("\\u%04x", string.byte(char)) end
local function quote(text) return '"' .. string.gsub(text, '[%c"\\]', escape) .. '"' end

local function templates_json(templates)
  local parts <const> = {}
  for name, source in pairs(templates) do parts[#parts + 1] = quote(name) .. ":" .. quote(source) end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function request(case)
  local parts <const> = {
    '"template":' .. quote(case[1]), '"context":' .. string.gsub(case[2] or "{}", "\n", " "),
    '"options":' .. (case.options or "{}"), case.templates and '"templates":' .. templates_json(case.templates),
  }
  return "{" .. table.concat(parts, ",") .. "}\n"
end

--- What the reference makes of the cases, in order, and what it says of itself.
---@return table answers  each {output=, uses=} or {class=, message=, uses=}
---@return table about  {versions=, universe=}
function differential.ask(cases)
  local input <const> = os.tmpname()
  local file <const> = assert(io.open(input, "w"))
  for _, case in ipairs(cases) do file:write(request(case)) end
  file:close()
  local pipe <const> = assert(io.popen(ORACLE .. " < " .. input))
  local answers <const> = {}
  for line in pipe:lines() do answers[#answers + 1] = cjson.decode(line) end
  pipe:close()
  os.remove(input)
  assert(#answers == #cases + 1, "the reference stopped at case " .. #answers)
  local about <const> = table.remove(answers, 1)
  for i, case in ipairs(cases) do table.move(case.uses or {}, 1, #(case.uses or {}), #answers[i].uses + 1, answers[i].uses) end
  return answers, about
end

-- Ours -----------------------------------------------------------------------------------------------------------------

-- 2024-05-17 12:34:56.789012, as the reference's `time()` says.
local time <const> = setmetatable({
  name = "time",
  call = args.bind({ name = "time", params = {} }, function() return datetime.at(1715949296789012, datetime.UTC) end),
}, value.FUNCTION)

local function options_of(case)
  local options <const> = { globals = { time = time } }
  for name, v in pairs(cjson.decode(case.options or "{}")) do options[name] = v end
  if options.extensions then
    local set <const> = {}
    for _, name in ipairs(options.extensions) do set[name] = true end
    options.extensions = set
  end
  if case.templates then options.loader = function(name) return case.templates[name] end end
  return options
end

--- The environment of a case. `with_programs`: templates may be rendered in C.
function differential.environment(case, with_programs)
  local options <const> = options_of(case)
  options.filters, options.is_oncall, options.only_lua = oncall.filters, true, not with_programs
  return jinja.new(options)
end

local function context_of(text, shape)
  local context <const>, payload <const> = {}, json.payload(text or "{}")
  local all <const> = json.expand(json.payload(text or "{}"))
  for i = 1, all.n do
    local name <const>, v <const> = all.k[i], all.v[all.k[i]]
    local part <const> = shape == "payload" and json.item(payload, name)
    context[name] = json.is_payload(part) and part or value.plain(v)
  end
  return context
end

--- What ours makes of a case: text, or nil and an error. `shape`: the context as "plain" values or as "payload". The last
--- result says whether C rendered it.
function differential.render(case, env, shape)
  local template <const>, refused <const> = env:compile(case[1])
  if not template then return nil, refused end
  local in_c <const> = template.program and program.run(template.program, context_of(case[2], shape)) ~= nil
  template:finish()
  local text <const>, e <const> = template:render(context_of(case[2], shape))
  return text, e, in_c
end

-- Differences ----------------------------------------------------------------------------------------------------------

-- Classes whose texts are Jinja2's own and not Python's, which words some differently in every version.
local SAME_WORDS <const> = {
  TemplateSyntaxError = true, TemplateAssertionError = true, TemplateRuntimeError = true, TemplateNotFound = true,
  TemplatesNotFound = true, UndefinedError = true, SecurityError = true, FilterArgumentError = true,
}

-- Where Python prints an object's address, we print a fixed one of as many digits.
local function without_addresses(text)
  text = string.gsub(string.gsub(text, "0[xX]7[fF]" .. string.rep("%x", 10), "0x0"), "with id=%d+", "with id=0")
  return (string.gsub(text, "[aA][tT]%s*0[xX]%x+", "at 0x0"))
end

-- The text in one line, and how long each of its lines is: what a filter wraps, it may break inside an address.
local function unwrapped(text) return (string.gsub(text, "\n", "")) end
local function lengths(text) return (string.gsub(text, "[^\n]+", string.len)) end

-- Without what stands between characters where a text is printed as a list of them.
local function joined(text) return (string.gsub(text, "', '", "")) end

local function is_same_text(a, b)
  return a == b or without_addresses(a) == without_addresses(b)
    or lengths(a) == lengths(b) and without_addresses(joined(unwrapped(a))) == without_addresses(joined(unwrapped(b)))
end

local function is_same(theirs, text, e)
  if theirs.output then return text and is_same_text(text, theirs.output) end
  return e and e.class == theirs.class and (not SAME_WORDS[e.class] or e.message == theirs.message)
end

local function shown(text, e) return text and string.format("%q", text) or e.class .. ": " .. e.message end

--- A sentence when ours (text, or nil and an error) is not the reference's answer.
function differential.difference(case, theirs, text, e)
  local is_right <const> = is_same(theirs, text, e)
  if case.expect then
    if is_right then return case[1] .. "\n  needs no expected text: the reference agrees" end
    if (text or shown(nil, e)) == case.expect then return nil end
    return string.format("%s\n  expected %q\n  ours     %s", case[1], case.expect, shown(text, e))
  end
  if is_right then return nil end
  return string.format("%s\n  context %s\n  theirs %s\n  ours   %s", case[1], case[2] or "{}",
    theirs.output and shown(theirs.output) or shown(nil, theirs), shown(text, e))
end

return differential
