--- Sessions: the cookie of who has signed in.
local session = {}

---The session behind a request's cookie.
---@param headers table lower-case name → value
---@param now integer µs UTC
---@return {id: integer, user_id: integer}|nil
function session.of(_headers, _now)
  return nil
end

return session
