--- What two texts differ in, line by line: the shortest list of lines taken away and put in. Pure.
local line_difference <const> = {}

local LINES_MAX <const> = 500 -- of both; past it all lines are told as changed

local function lines_of(text)
  local list <const> = {}
  if text == "" then return list end
  for line in string.gmatch(string.gsub(text, "\n$", "") .. "\n", "(.-)\n") do list[#list + 1] = line end
  return list
end

-- How long the longest common list of lines is, from every pair of lines on.
local function lengths(a, b)
  local n <const> = {}
  for i = #a + 1, 1, -1 do
    n[i] = { [#b + 1] = 0 }
    for j = #b, 1, -1 do
      if i > #a then n[i][j] = 0
      elseif a[i] == b[j] then n[i][j] = n[i + 1][j + 1] + 1
      else n[i][j] = math.max(n[i + 1][j], n[i][j + 1]) end
    end
  end
  return n
end

local function all(a, b)
  local out <const> = {}
  for _, line in ipairs(a) do out[#out + 1] = { mark = "-", text = line } end
  for _, line in ipairs(b) do out[#out + 1] = { mark = "+", text = line } end
  return out
end

---@param old string
---@param new string
---@return {mark: " "|"-"|"+", text: string}[]
function line_difference.of(old, new)
  local a <const>, b <const> = lines_of(old), lines_of(new)
  if #a + #b > LINES_MAX then return all(a, b) end
  local n <const>, out <const> = lengths(a, b), {}
  local i, j = 1, 1
  while i <= #a or j <= #b do
    if i <= #a and j <= #b and a[i] == b[j] then
      out[#out + 1] = { mark = " ", text = a[i] }
      i, j = i + 1, j + 1
    elseif j > #b or i <= #a and n[i + 1][j] >= n[i][j + 1] then
      out[#out + 1] = { mark = "-", text = a[i] }
      i = i + 1
    else
      out[#out + 1] = { mark = "+", text = b[j] }
      j = j + 1
    end
  end
  return out
end

return line_difference
