--- Text cut in the unit that an API counts: code points, UTF-16 units or bytes; never within a character.
local byte <const>, find <const>, gsub <const>, sub <const> = string.byte, string.find, string.gsub, string.sub
local concat <const> = table.concat

local cut = { tail = "…" }

-- Units of the character that starts with this byte, by unit.
local UNITS <const> = {
  points = function() return 1 end,
  utf16 = function(first) return first >= 0xF0 and 2 or 1 end,
  bytes = function(first) return first < 0x80 and 1 or first < 0xE0 and 2 or first < 0xF0 and 3 or 4 end,
}

local function length_of(first) return UNITS.bytes(first) end

--- How long a clean text is in a unit.
---@param text string
---@param unit "points"|"utf16"|"bytes"
---@return integer
function cut.size(text, unit)
  if unit == "bytes" then return #text end
  local size, of, at = 0, UNITS[unit], 1
  while at <= #text do
    local first = byte(text, at)
    size, at = size + of(first), at + length_of(first)
  end
  return size
end

local function cut_to(text, limit, unit)
  local tail_size = cut.size(cut.tail, unit)
  local of, size, at, kept = UNITS[unit], 0, 1, 0
  while at <= #text do
    local first = byte(text, at)
    size, at = size + of(first), at + length_of(first)
    if size + tail_size <= limit then kept = at - 1 end
    if size > limit then return tail_size > limit and "" or sub(text, 1, kept) .. cut.tail end
  end
  return text
end

--- At most `limit` units; what was cut ends with "…".
---@param text string clean UTF-8
---@param limit integer
---@param unit "points"|"utf16"|"bytes"
---@return string
function cut.to(text, limit, unit)
  if #text <= limit then return text end -- no unit is less than a byte
  return cut_to(text, limit, unit)
end

--- `head` shortened until `head .. tail` fits: the tail (a link, what to do) is always kept.
---@param head string
---@param tail string
---@param limit integer
---@param unit "points"|"utf16"|"bytes"
---@return string
function cut.keep(head, tail, limit, unit)
  local room = limit - cut.size(tail, unit)
  return room > 0 and cut.to(head, room, unit) .. tail or cut.to(tail, limit, unit)
end

--- The like for text with markup, which cannot be cut anywhere: what is too long loses its marks before it is cut.
---@param head string
---@param tail string
---@param limit integer
---@param unit "points"|"utf16"|"bytes"
---@param markup {strip: (fun(text: string): string), escape: (fun(text: string): string)}
---@return string
function cut.keep_markup(head, tail, limit, unit, markup)
  local room = limit - cut.size(tail, unit)
  if room <= 0 then return tail end
  if cut.size(head, unit) <= room then return head .. tail end
  local words, keep = markup.strip(head), room
  local out = markup.escape(cut.to(words, keep, unit))
  local size = cut.size(out, unit)
  while size > room and keep > 0 do
    keep = math.min(keep - 1, keep * room // size)
    out = markup.escape(cut.to(words, keep, unit))
    size = cut.size(out, unit)
  end
  return out .. tail
end

--- UTF-8 without control characters but tab and newline; what is no UTF-8 becomes U+FFFD.
---@param text string
---@return string
function cut.clean(text)
  if not utf8.len(text) then
    local parts, from = {}, 1
    while from <= #text do
      local _, bad = utf8.len(text, from)
      parts[#parts + 1] = sub(text, from, (bad or #text + 1) - 1)
      if bad then parts[#parts + 1] = "\u{FFFD}" end
      from = (bad or #text) + 1
    end
    text = concat(parts)
  end
  if find(text, "[%z\1-\8\11-\31\127]") then
    text = gsub(gsub(text, "\r\n?", "\n"), "[%z\1-\8\11-\31\127]", " ")
  end
  return (gsub(text, "\u{0085}", " "))
end

return cut
