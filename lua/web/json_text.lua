--- JSON for people to read: indented, with the order and the digits of the text as it came. Pure.
local find <const>, sub <const>, rep <const> = string.find, string.sub, string.rep

local json_text <const> = {}

local STEP <const> = "  "

-- The end of the token that begins at `at`: a string, or anything up to a comma, bracket or space.
local function token_end(text, at)
  if sub(text, at, at) ~= '"' then return (find(text, "[,:%s%]}]", at) or #text + 1) - 1 end
  local i = at + 1
  while true do
    local stop = find(text, '["\\]', i)
    if not stop then return #text end
    if sub(text, stop, stop) == '"' then return stop end
    i = stop + 2
  end
end

--- Text that is JSON, laid out; anything else as it is.
---@param text string  valid JSON
---@return string
function json_text.indented(text)
  local out, depth, at = {}, 0, find(text, "%S") or 1
  local function put(piece) out[#out + 1] = piece end
  local function line() put("\n" .. rep(STEP, depth)) end
  while at <= #text do
    local c = sub(text, at, at)
    local after = find(text, "%S", at + 1) or #text + 1
    if (c == "{" or c == "[") and find(text, "^[%]}]", after) then
      put(c .. sub(text, after, after))
      at = after
    elseif c == "{" or c == "[" then
      depth = depth + 1
      put(c)
      line()
    elseif c == "}" or c == "]" then
      depth = math.max(depth - 1, 0)
      line()
      put(c)
    elseif c == "," then
      put(c)
      line()
    elseif c == ":" then
      put(": ")
    else
      local stop = token_end(text, at)
      put(sub(text, at, stop))
      at = stop
    end
    at = find(text, "%S", at + 1) or #text + 1
  end
  return table.concat(out)
end

return json_text
