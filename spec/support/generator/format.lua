--- Formats of every shape, right ones more often than wrong ones: of numbers and texts, moments, regular expressions.
local expression <const> = require "generator.expression"
local make <const> = expression.make

local function printf_spec(g)
  return "%" .. g:maybe(15, { "(a)", "(k)", "(x y)" }) .. g:maybe(30, { "-", "0", "+", " ", "#", "-+", "0+", "# " }) .. g:maybe(40, { "1", "5", "12" })
    .. g:maybe(30, { ".0", ".2", ".", ".10" }) .. g:maybe(5, { "l", "h" })
    .. g:pick { "s", "r", "d", "i", "x", "X", "o", "e", "E", "f", "F", "g", "G", "c", "a", "%", "u", "y" }
end

local function printf_of(g)
  if g:chance(30) then
    local values <const> = "(" .. make(g, "any", 0) .. ", " .. make(g, g:pick { "int", "float", "str" }, 0) .. ")"
    return "('[" .. printf_spec(g) .. "|" .. printf_spec(g) .. "]' % " .. (g:chance(75) and values or make(g, "dict", 1)) .. ")"
  end
  return "('[" .. printf_spec(g) .. "]' % " .. make(g, g:pick { "int", "float", "str", "any", "bool", "big", "dict", "tuple", "moment" }, 0) .. ")"
end

local function format_spec(g)
  return g:maybe(30, { "<", ">", "^", "=", "*<", "\u{E9}^", "0>" }) .. g:maybe(20, { "+", "-", " " }) .. g:maybe(10, { "#" })
    .. g:maybe(15, { "0" }) .. g:maybe(50, { "1", "6", "14" }) .. g:maybe(15, { ",", "_" }) .. g:maybe(30, { ".0", ".2", ".7" })
    .. g:maybe(60, { "s", "d", "x", "X", "o", "b", "c", "e", "E", "f", "F", "g", "G", "n", "%" })
end

local function format_of(g)
  local field <const> = g:chance(70) and "" or g:pick { "0", "1", "a", "0[0]", "0[a]", "0.year", "a.k", "a[item]", "0.nope", "9" }
  local text <const> = "'[{" .. field .. g:maybe(20, { "!r", "!s", "!a", "!x" }) .. (g:chance(70) and ":" .. format_spec(g) or "") .. "}" .. g:maybe(10, { "{{",
    "}}", "{", "}", "{}" })
    .. "]'.format(" .. make(g, g:pick { "int", "float", "str", "bool", "any", "big", "dict", "tuple" }, 0)
  return "(" .. text .. (g:chance(30) and ", a=" .. make(g, "any", 0) or "") .. "))"
end

local MOMENTS <const> = { "'2023-11-22T15:30:00Z'", "'2024-02-29 23:59:59.999999+05:30'", "'1999-12-31'", "'2023-W47-3T15'", "p.s", "'2023-3-26T1:30 Z'" }

local function moment_of(g)
  local directives <const> = {}
  for i = 1, g:up_to(4) do
    -- Zones stand without flags: with them, Python asks the C library, which knows the server's zone alone.
    directives[i] = g:chance(15) and g:pick { "%z", "%Z" } or "%" .. g:maybe(25, { "-", "_", "0", "^", "#" }) .. g:maybe(10, { "4", "02" })
      .. g:pick { "a", "A", "b", "B", "c", "d", "e", "F", "H", "I", "j", "m", "M", "p", "S", "T", "u", "U", "V", "w", "W", "x", "X", "y", "Y", "%", "D", "G", "R", "h" }
  end
  local zone <const> = g:maybe(40, { ", 'Europe/Paris'", ", 'America/New_York'", ", 'Asia/Kolkata'", ", tz='utc'" })
  return "(" .. g:pick(MOMENTS) .. "|iso8601_to_time|" .. (zone ~= "" and "datetimeformat_as_timezone" or "datetimeformat") .. "('"
    .. table.concat(directives, g:pick { "", " ", "/" }) .. "'" .. zone .. "))"
end

local DIGITS <const> = { ["%Y"] = "2023", ["%m"] = "7", ["%d"] = "09", ["%H"] = "5", ["%M"] = "30", ["%S"] = "59", ["%f"] = "25", ["%b"] = "mar", ["%B"] = "March",
  ["%a"] = "Mon", ["%A"] = "monday", ["%j"] = "60", ["%p"] = "pm", ["%I"] = "11", ["%y"] = "69", ["%z"] = "+0530", ["%Z"] = "UTC", ["%%"] = "%", ["%U"] = "9", ["%w"] = "1" }
local DIRECTIVES <const> = {}
for directive in pairs(DIGITS) do DIRECTIVES[#DIRECTIVES + 1] = directive end
table.sort(DIRECTIVES)

-- A text that was written as its format says, or nearly.
local function parsed_of(g)
  local text <const>, directives <const> = {}, {}
  for i = 1, g:up_to(4) do
    directives[i] = g:pick(DIRECTIVES)
    text[i] = g:chance(90) and DIGITS[directives[i]] or g:pick { "", "x", "99", " 1", "-1" }
  end
  local between <const> = g:pick { " ", "/", "-", "", "T" }
  return "('" .. table.concat(text, between) .. "'|datetimeparse('" .. table.concat(directives, between) .. "'))"
end

local function iso_of(g)
  local text <const> = g:pick { "2023-11-22", "20231122", "2023-W47-3", "2023W473", "2023-11", "2024-02-30", "2023-1-2", "0001-01-01" }
    .. g:maybe(80, { "T", " ", "x", "  " }) .. g:maybe(80, { "15", "15:30", "1530", "15:30:05", "153005", "24:00", "1:2", "15:30:05.5", "15:30:05,123456789",
      "15:30:60" })
    .. g:maybe(60, { "Z", "z", "+05:30", "-0800", "+05", "+05:30:15", " Z", "+24:00", "+1" })
  return "('" .. text .. "'|iso8601_to_time)"
end

local function regex_of(g)
  local parts <const> = { g:pick { "", "(?i)", "(?P<n>.)" } }
  for i = 2, g:up_to(4) + 1 do
    parts[i] = g:pick { "a", "[a-z]", "\\\\d", "\\\\w", "\\\\s", ".", "(a|b)", "(?:x|-)", "[^b]", "\\\\b", "^", "$", "(?=a)", "\u{E9}", "(.)", "\\\\W", "[[:alpha:]]",
      "(?<!a)", "(?<=b)", "\\\\Z", "\\\\A", "(?P<m>b)?", "(?>a)", "[\\\\w-]" } .. g:maybe(40, { "*", "+", "?", "*?", "+?", "{2}", "{1,2}", "{,2}", "*+" })
  end
  local regex <const> = table.concat(parts)
  local text <const> = "(" .. make(g, "str", 1) .. " ~ '')" -- a str: of an empty Markup in which nothing is found, `regex` gives back the Markup
  if g:chance(25) then return "(" .. text .. "|" .. g:pick { "regex_match", "regex_search" } .. "('" .. regex .. "')|string)" end
  local replace <const> = g:pick { "-", "<\\\\g<0>>", "", "\\\\1", "$1", "\\\\n", "\\\\g<1>", "&", "\\\\g<n>" }
  return "(" .. text .. "|regex_replace('" .. regex .. "', '" .. replace .. "'))"
end

for _, f in ipairs { printf_of, format_of, moment_of, regex_of } do expression.add("str", f, 6) end
expression.add("moment", parsed_of, 3)
expression.add("moment", iso_of, 3)
