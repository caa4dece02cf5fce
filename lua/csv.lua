--- Lines of a CSV file as RFC 4180 has them, safe to open in a table's program.
local find <const>, gsub <const>, concat <const> = string.find, string.gsub, table.concat

local csv = {}

-- What begins so would be taken for a formula.
local function cell(text)
  if find(text, "^[=+@\t\r-]") then text = "'" .. text end
  return find(text, '[",\r\n]') and '"' .. gsub(text, '"', '""') .. '"' or text
end

--- One line with its end.
---@param texts string[]
---@return string
function csv.line(texts)
  local cells = {}
  for i, text in ipairs(texts) do cells[i] = cell(text) end
  return concat(cells, ",") .. "\r\n"
end

return csv
