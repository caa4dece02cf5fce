--- The real Jinja2, asked what it makes of templates, and how its answers differ from ours.
local json <const> = require "tocsin.json"

local reference <const> = {}

local function escape(char) return string.format("\\u%04x", string.byte(char)) end
local function quote(text) return '"' .. string.gsub(text, '[%c"\\]', escape) .. '"' end

--- The answers of the reference to {template, context as JSON, options=} in order, and its versions.
---@return table answers  each {output=} or {class=, message=}
---@return table versions
function reference.ask(cases)
  local input <const> = os.tmpname()
  local file <const> = assert(io.open(input, "w"))
  for _, case in ipairs(cases) do
    file:write('{"template":', quote(case[1]), ',"context":', (string.gsub(case[2] or "{}", "\n", " ")), ',"options":',
      case.options or "{}", "}\n")
  end
  file:close()
  local pipe <const> = assert(io.popen("/usr/bin/python3 -W ignore spec/support/jinja_oracle.py < " .. input))
  local answers <const> = {}
  for line in pipe:lines() do answers[#answers + 1] = assert(json.decode(line)) end
  pipe:close()
  os.remove(input)
  return answers, table.remove(answers, 1)
end

--- A context as JSON → plain table name → value.
function reference.context(text)
  local context <const> = {}
  local all <const> = json.expand(json.payload(text or "{}"))
  for i = 1, all.n do context[all.k[i]] = all.v[all.k[i]] end
  return context
end

-- Classes whose texts are Jinja2's own and not Python's, which words some differently in every version.
local SAME_WORDS <const> = {
  TemplateSyntaxError = true, TemplateAssertionError = true, TemplateRuntimeError = true, TemplateNotFound = true,
  UndefinedError = true, SecurityError = true, FilterArgumentError = true,
}

-- Where Python prints an object's address, we print a fixed one.
local function without_addresses(text) return (string.gsub(text, " at 0x%x+>", " at 0x0>")) end

--- A sentence when ours (text, or nil and an error) is not the reference's answer.
function reference.difference(case, theirs, text, e)
  if theirs.output then
    if text and without_addresses(text) == without_addresses(theirs.output) then return nil end
    return string.format("%s\n  theirs %q\n  ours   %s", case[1], theirs.output, text and string.format("%q", text) or e)
  end
  if e and e.class == theirs.class and (not SAME_WORDS[e.class] or e.message == theirs.message) then return nil end
  return string.format("%s\n  theirs %s: %s\n  ours   %s", case[1], theirs.class, theirs.message, tostring(text or e))
end

return reference
