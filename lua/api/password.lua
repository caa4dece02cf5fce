--- Passwords: what a new one must be. Length is what makes one hard to guess, so there are no rules of composition.
local password = {}

local LENGTH_MIN <const>, LENGTH_MAX <const> = 10, 1024 -- characters

---Can this be a password at all? What is not is refused before it is hashed, whoever it is for.
---@return string|nil sentence why not
function password.unfit(text)
  local length = type(text) == "string" and #text <= LENGTH_MAX * 4 and utf8.len(text)
  if not length then
    if type(text) == "string" and #text > LENGTH_MAX * 4 then
      return "A password has " .. LENGTH_MAX .. " characters at most."
    end
    return "The password is no text in UTF-8."
  end
  if length > LENGTH_MAX then return "A password has " .. LENGTH_MAX .. " characters at most." end
end

---What is wrong with a new password: a sentence, or nil.
---@param text any
---@param person table username, email, name; what is nil is not compared
---@return string|nil
function password.problem(text, person)
  local why = password.unfit(text)
  if why then return why end
  if utf8.len(text) < LENGTH_MIN then return "A password has " .. LENGTH_MIN .. " characters at least." end
  for _, name in ipairs { "username", "email", "name" } do
    if person[name] and string.lower(person[name]) == string.lower(text) then
      return "The password must not be the person's name or e-mail address."
    end
  end
end

return password
