--- Collects the text of an SQL statement and its arguments, which are numbered in the order of use.
local statement = {}

---An empty one: `add(text, …)` appends SQL in which each `?` stands for the next of the values, `text()` is the whole, `args`
---are its arguments.
function statement.new()
  local q = { parts = {}, args = {} }
  function q.add(text, ...)
    local values, at = table.pack(...), 0
    q.parts[#q.parts + 1] = string.gsub(text, "%?", function()
      at = at + 1
      q.args[#q.args + 1] = values[at]
      return "$" .. #q.args
    end)
  end
  function q.text() return table.concat(q.parts, " ") end
  return q
end

return statement
