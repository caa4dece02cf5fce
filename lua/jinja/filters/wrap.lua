--- The wordwrap filter: Python's textwrap, with tabs and line ends left as they are.
local utf <const> = require "tocsin.text"
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local text <const> = require "jinja.text"
local args <const> = require "jinja.args"
local arith <const> = require "jinja.arith"
local compare <const> = require "jinja.compare"
local registry <const> = require "jinja.registry"
local errors <const> = require "jinja.errors"
local find <const>, sub <const> = string.find, string.sub
local concat <const>, remove <const> = table.concat, table.remove
local raise <const>, type_of <const> = errors.raise, value.type_of

local SPACE <const> = "[\t\n\v\f\r ]"
local NOT_SPACE <const> = "[^\t\n\v\f\r ]"

-- Splitting a word where a line may end ------------------------------------------------------------------------------

-- What a character is to the rules: a letter (any word character but a digit), a digit, a mark, a dash, or other.
local function kind_of(c)
  if c == "-" then return "dash" end
  if utf.is(c, "decimal") then return "digit" end
  if c == "_" or utf.is(c, "alnum") then return "letter" end
  if find(c, "^[!\"'&.,?]$") then return "mark" end
  return "other"
end

-- The last of two or more dashes from place i on that a word follows, like the em-dash in "a--b".
local function dash_end(kinds, i)
  local stop = i
  while kinds[stop] == "dash" do stop = stop + 1 end
  if stop - i >= 2 and (kinds[stop] == "letter" or kinds[stop] == "digit") then return stop - 1 end
end

local function may_precede_dashes(kind) return kind == "letter" or kind == "digit" or kind == "mark" end

-- May a line end behind the hyphen at i? Two letters must stand on each side, perhaps with a hyphen between them.
local function ends_at_hyphen(k, i)
  return k[i] == "dash"
    and k[i - 1] == "letter" and (k[i - 2] == "letter" or k[i - 2] == "dash" and k[i - 3] == "letter")
    and k[i + 1] == "letter" and (k[i + 2] == "letter" or k[i + 2] == "dash" and k[i + 3] == "letter")
end

-- The last place of the piece that starts at `start`.
local function piece_end(kinds, start, n)
  if kinds[start] == "dash" and may_precede_dashes(kinds[start - 1]) then
    local last = dash_end(kinds, start)
    if last then return last end
  end
  for i = start + 1, n do
    if ends_at_hyphen(kinds, i) then return i end
    if kinds[i] == "dash" and may_precede_dashes(kinds[i - 1]) and dash_end(kinds, i) then return i - 1 end
  end
  return n
end

-- Appends the pieces of one word without blanks.
local function split_word(word, chunks)
  local chars = utf.chars(word)
  local kinds, start = {}, 1
  for i = 1, chars.n do kinds[i] = kind_of(chars[i]) end
  while start <= chars.n do
    local last = piece_end(kinds, start, chars.n)
    chunks[#chunks + 1] = concat(chars, "", start, last)
    start = last + 1
  end
end

local function chunks_of(line, on_hyphens)
  local chunks, at = {}, 1
  while at <= #line do
    local _, stop = find(line, "^" .. SPACE .. "+", at)
    if stop then
      chunks[#chunks + 1] = sub(line, at, stop)
    else
      _, stop = find(line, "^" .. NOT_SPACE .. "+", at)
      local word = sub(line, at, stop)
      if on_hyphens and find(word, "-", 1, true) then split_word(word, chunks) else chunks[#chunks + 1] = word end
    end
    at = stop + 1
  end
  return chunks
end

-- Filling lines ------------------------------------------------------------------------------------------------------

local function is_blank(chunk) return utf.strip(chunk) == "" end

-- Where a word that is too long is cut for a place of `room` characters: behind its last hyphen in there, if any.
local function break_at(chunk, room, on_hyphens)
  if not on_hyphens then return room end
  local hyphen = utf.rfind(chunk, "-", 0, room)
  if hyphen > 0 and find(utf.sub(chunk, 0, hyphen), "[^-]") then return hyphen + 1 end
  return room
end

-- Takes one line from the front of the chunks (which lie in reverse: the next one is the last).
local function take_line(chunks, options, is_first)
  local line, length = {}, 0
  if not is_first and is_blank(chunks[#chunks]) then remove(chunks) end
  while #chunks > 0 do
    local size = utf.len(chunks[#chunks])
    if length + size > options.width then break end
    line[#line + 1] = remove(chunks)
    length = length + size
  end
  local next_chunk = chunks[#chunks]
  if next_chunk and utf.len(next_chunk) > options.width then
    local room = options.width - length
    if options.break_long then
      local place = break_at(next_chunk, room, options.on_hyphens)
      line[#line + 1] = utf.sub(next_chunk, 0, place)
      chunks[#chunks] = utf.sub(next_chunk, place)
    elseif #line == 0 then
      line[1] = remove(chunks)
    end
  end
  if #line > 0 and is_blank(line[#line]) then remove(line) end
  return line
end

local function wrap_line(s, options, out)
  if #s <= options.width and find(s, "[!-~]$") then -- it fits, and there is no blank at its end to lose
    out[#out + 1] = s
    return
  end
  local chunks = chunks_of(s, options.on_hyphens)
  fuel.bytes(#s * 32)
  local count = #chunks
  for i = 1, count // 2 do chunks[i], chunks[count - i + 1] = chunks[count - i + 1], chunks[i] end
  local wrapped = {}
  while #chunks > 0 do
    fuel.spend(20)
    local line = take_line(chunks, options, #wrapped == 0)
    if #line > 0 then wrapped[#wrapped + 1] = concat(line) end
  end
  out[#out + 1] = concat(wrapped, options.joint)
end

local function set_or(v, default)
  if v == nil then return default end
  return compare.truth(v)
end

local function width_of(width)
  if width == nil then return 79 end
  local x = arith.numeric(width)
  if x == nil then
    text.must_exist(width)
    raise("TypeError", "'<=' not supported between instances of '" .. type_of(width).name .. "' and 'int'")
  end
  if compare.le(x, 0) then raise("ValueError", "invalid width " .. text.str(width) .. " (must be > 0)") end
  return args.integer(width)
end

-- The text of a value whose method is wanted.
local function text_for(v, method)
  local s = value.text_of(v)
  if s then return s end
  text.must_exist(v)
  raise("AttributeError", "'" .. type_of(v).name .. "' object has no attribute '" .. method .. "'")
end

registry.filter("wordwrap", {
  name = "do_wordwrap", hidden = 2, subject = "s",
  params = { "width", "break_long_words", "wrapstring", "break_on_hyphens" },
}, function(v, width, break_long, wrapstring, on_hyphens)
  local joint = (wrapstring == nil or wrapstring == value.NULL) and "\n" or text_for(wrapstring, "join")
  local s = text_for(v, "splitlines")
  local options = { joint = joint, break_long = set_or(break_long, true), on_hyphens = set_or(on_hyphens, true) }
  local lines, out = utf.splitlines(s, false), {}
  if lines.n > 0 then options.width = width_of(width) end
  for i = 1, lines.n do wrap_line(lines[i], options, out) end
  local done = concat(out, joint)
  fuel.bytes(#done)
  return done
end)

return registry
