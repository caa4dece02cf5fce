--- Seeds of template_fuzz: the templates of the differential specs and of the integrations, a file each:
--- lua5.4 spec/fuzz/template_fuzz_seeds.lua FOLDER, with the paths that run.sh sets.
require "tocsin.core"
require "jinja"
local folder <const> = assert(arg[1], "a folder")

local count = 0
local function write(flags, source, payload, templates)
  count = count + 1
  local parts <const>, names <const> = { source, payload or "" }, {}
  for name in pairs(templates or {}) do names[#names + 1] = name end
  table.sort(names)
  for i = 1, math.min(#names, 3) do
    local name <const> = ("abc"):sub(i, i)
    for j = 1, #parts do parts[j] = parts[j]:gsub("(['\"])" .. names[i] .. "%1", "%1" .. name .. "%1") end
    parts[#parts + 1] = templates[names[i]]
  end
  local file <const> = assert(io.open(("%s/%05d"):format(folder, count), "wb"))
  file:write(string.char(128 + 64 + flags), table.concat(parts, "\n----\n"))
  file:close()
end

-- The differential corpus: its files ask for a list to fill ---------------------------------------------------------------

local BITS <const> = { autoescape = 1, trim_blocks = 2, lstrip_blocks = 4, keep_trailing_newline = 8, extensions = 16 }
local function flags_of(options)
  local flags = 0
  for name, bit in pairs(BITS) do
    if options and options:find(name, 1, true) then flags = flags | bit end
  end
  return flags
end

local List <const> = {}
List.__index = List
function List:case(template, context, more)
  write(flags_of(more and more.options), template, context, more and more.templates)
  self[#self + 1] = template
end
function List:lines(context, lines, more)
  for line in lines:gmatch "[^\n]+" do self:case(line, context, more) end
end
function List:texts(context, text, more)
  for part in (text .. "\n----\n"):gmatch "(.-)\n%-%-%-%-\n" do self:case(part, context, more) end
end
package.loaded.differential = { list = function() return setmetatable({}, List) end }

local function files(pattern)
  local pipe <const> = assert(io.popen("ls " .. pattern))
  local paths <const> = {}
  for path in pipe:lines() do paths[#paths + 1] = path end
  pipe:close()
  return ipairs(paths)
end
for _, path in files "spec/differential/corpus/*.lua" do dofile(path) end

-- Random templates -----------------------------------------------------------------------------------------------------

local generator <const> = require "differential_generator"
for seed = 1, 1000 do
  local case <const> = generator.case(seed)
  write(flags_of(case.options), case[1], case[2], case.templates)
end

-- The templates of the integrations, over their first example ----------------------------------------------------------

local function templates_of(t, payload)
  for _, v in pairs(t) do
    if type(v) == "table" then templates_of(v, payload) end
    if type(v) == "string" and v:find "{[{%%]" then write(0, v, payload and '{"payload":' .. payload .. "}") end
  end
end
for _, path in files "integrations/*.lua" do
  local source <const> = assert(loadfile(path, "t", setmetatable({}, { __index = _G })))()
  templates_of(source, source.examples and source.examples[1] and source.examples[1].payload)
end

print(count .. " seeds in " .. folder)
