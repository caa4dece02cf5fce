--- The words after a command as flags: `--name value`, `--name=value`, or `--name` alone.
local match <const> = string.match

local flags = {}

--- Reads words into a table name → value, true for a flag that stands alone; `{help = true}` when `--help` or `-h` comes
--- up; nil and a sentence for a word that is no flag of the command and for a value that is missing or empty.
---@param command string whose help the sentence names, like `simulate`
---@param words string[]
---@param known table<string, "value"|"alone">
---@return table<string, string|boolean>?, string?
function flags.parse(command, words, known)
  local found, i = {}, 1
  while i <= #words do
    local word = words[i]
    if word == "--help" or word == "-h" then return { help = true } end
    local name, value = match(word, "^%-%-([%w-]+)=(.*)$")
    local kind = known[name or match(word, "^%-%-([%w-]+)$")]
    if not kind or (name and kind == "alone") then
      return nil, "unexpected '" .. word .. "'; see `tocsin " .. command .. " --help`"
    end
    if kind == "alone" then value = true
    elseif not name then
      i = i + 1
      value = words[i]
    end
    name = name or match(word, "^%-%-(.*)$")
    if not value or value == "" then return nil, "--" .. name .. " needs a value" end
    found[name], i = value, i + 1
  end
  return found
end

return flags
