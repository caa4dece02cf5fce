--- Random payloads: the context of a generated template, as JSON.
local payload <const> = {}

local WORDS <const> = { "", "a", "b", "alpha", "Beta", "GAMMA delta", "x-y_z", "12", "-3", "4.5", "h\u{E9}llo", "\u{4E2D}\u{6587}",
  "<b>&amp;", "it's", "say \\\"hi\\\"", "a,b,,c", "line\\none", "  pad ", "\u{1F600}", "critical", "%s %d", "{} {0}", "true",
  "2023-11-22T15:30:00Z", "aGVsbG8=", "{\\\"a\\\": [1, null]}", "www.example.com/x?a=1&b=2 <a@b.org>", "e\u{301}\u{DF}\u{FB01}", "\u{3A3}\u{391}\u{3A3}",
  "\u{A0}x\u{2003}", "12:30 / 01-02-2024", "\u{200B}\u{130}", "0x1F", "tab\\there", "-1h", "\u{661}\u{BD}\u{B2}" }
local FLOATS <const> = { "0.5", "-1.25", "2.75", "0.1", "1e-07", "1e+16", "123456.789", "-0.0", "3.0", "1e+22", "99.995" }
local INTS <const> = { "0", "1", "2", "3", "-1", "7", "-12", "42", "100", "255" }
local BIGS <const> = { "9223372036854775807", "-9223372036854775808", "18446744073709551616", "123456789012345678901234567890" }

local J <const> = {}
function J.int(g) return g:pick(INTS) end
function J.float(g) return g:pick(FLOATS) end
function J.str(g) return '"' .. g:pick(WORDS) .. '"' end
function J.bool(g) return g:chance(50) and "true" or "false" end
function J.scalar(g) return g:one { J.int, J.float, J.str, J.bool, "null" } end

local function json_list(g, make, most)
  local items <const> = {}
  for i = 1, g:up_to((most or 4) + 1) - 1 do items[i] = make(g) end
  return "[" .. table.concat(items, ",") .. "]"
end

payload.KEYS = { "a", "b", "k", "item", "name", "x y", "\u{E9}", "value", "_p", "n1", "items", "get" }
local function json_dict(g, make)
  local items <const>, seen <const> = {}, {}
  for _ = 1, g:up_to(4) - 1 do
    local key <const> = g:pick(payload.KEYS)
    if not seen[key] then items[#items + 1] = '"' .. key .. '":' .. make(g) end
    seen[key] = true
  end
  return "{" .. table.concat(items, ",") .. "}"
end

local function json_record(g)
  return '{"n":' .. J.int(g) .. ',"s":' .. J.str(g) .. ',"t":' .. J.scalar(g) .. ',"d":' .. json_dict(g, J.int) .. "}"
end

local function json_tree(g, depth)
  if depth <= 0 or g:chance(40) then return J.scalar(g) end
  local function child() return json_tree(g, depth - 1) end
  return g:chance(50) and json_list(g, child) or json_dict(g, child)
end

--- A context.
function payload.json(g)
  return table.concat {
    '{"p":{"i":', J.int(g), ',"j":', J.int(g), ',"big":', g:pick(BIGS), ',"f":', J.float(g), ',"s":', J.str(g), ',"r":', J.str(g),
    ',"b":', J.bool(g), ',"z":null,"li":', json_list(g, J.int), ',"ls":', json_list(g, J.str), ',"lf":', json_list(g, J.float),
    ',"lr":', json_list(g, json_record, 3), ',"d":', json_dict(g, J.int), ',"e":', json_dict(g, J.str), ',"tree":',
    json_tree(g, 3), '},"t":', J.str(g), ',"n":', J.int(g), ',"m":', json_list(g, J.scalar), "}",
  }
end

return payload
