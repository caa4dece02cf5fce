--- Where somebody is signed in: their own to see and to end; admins everybody's.
local function show_current(row, request) return request.actor ~= nil and request.actor.session_id == row.id end

return {
  name = "session", table = "session", prefix = "SE", path = "sessions",
  methods = { "list", "get", "delete" }, area = "sessions", belongs = {}, owner = "user_id", is_private = true,
  page_size = 50, order = "t.id DESC",
  filters = { { "user_id", "t.user_id = ?", type = "user" } },
  fields = {
    { "id", type = "id", prefix = "SE" },
    { "user_id", type = "ref", to = "user", readonly = true },
    { "method", type = "text", readonly = true },
    { "address", type = "text", readonly = true },
    { "agent", type = "text", readonly = true },
    { "created_at", type = "time" },
    { "seen_at", type = "time" },
    { "expires_at", type = "time" },
    { "is_current", shape = "boolean", show = show_current },
  },
}
