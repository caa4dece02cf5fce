--- The answers that refuse: their status and shape, once for all handlers. The sentences are the reference's where
--- clients read them.
local writer = require("api.writer")

local errors = {}

---An answer with one sentence: {"detail": "…"}.
function errors.detail(status, sentence, headers)
  return { status = status, value = writer.object("detail", sentence), headers = headers }
end

---400 with sentences by field. `found` is a list of {field, sentence or further list of the same form}.
function errors.fields(found)
  local function object(list)
    local o = writer.object()
    for _, pair in ipairs(list) do
      local name, why = pair[1], pair[2]
      writer.put(o, name, type(why) == "table" and object(why) or writer.list({ why }))
    end
    return o
  end
  return { status = 400, value = object(found) }
end

---400 for one field.
function errors.field(name, sentence)
  return errors.fields({ { name, sentence } })
end

function errors.not_found()
  return errors.detail(404, "Not found.")
end

function errors.invalid_token()
  return errors.detail(403, "Invalid token.")
end

function errors.forbidden()
  return errors.detail(403, "You do not have permission to perform this action.")
end

---429: this client asked too often, and may again in so many seconds.
function errors.throttled(wait)
  local text <const> = string.format("Request was throttled. Expected available in %d second%s.", wait, wait == 1 and "" or "s")
  return errors.detail(429, text, string.format("RateLimit-Reset: %d\r\nRetry-After: %d\r\n", wait, wait))
end

---405 with the methods that the path knows.
function errors.method(method, allowed)
  return errors.detail(405, 'Method "' .. method .. '" not allowed.', "Allow: " .. table.concat(allowed, ", ") .. "\r\n")
end

return errors
