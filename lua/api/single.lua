--- The few paths that are no list of rows: what this installation is, and who asks.
local errors = require("api.errors")
local ids = require("tocsin.ids")
local paging = require("api.paging")
local rows = require("api.rows")
local user = require("resources.user")
local writer = require("api.writer")

local single = {}

-- One installation is one organization.
local ORGANIZATION_KEY, ORGANIZATIONS_PAGE = 1, 25

local function organization()
  return writer.object("id", ids.encode("O", ORGANIZATION_KEY))
end

function single.info(request)
  return { status = 200, value = writer.object("url", request.base_url) }
end

function single.organizations(request)
  local window = paging.window(request.query, ORGANIZATIONS_PAGE, 1)
  return { status = 200, value = paging.envelope(request, window, { organization() }) }
end

function single.organization(request)
  if ids.decode("O", request.id) ~= ORGANIZATION_KEY then return errors.not_found() end
  return { status = 200, value = organization() }
end

---The person whose token this is; a token of the installation belongs to nobody.
function single.current_user(request)
  local row = request.actor.user_id and rows.by_key(user, request.actor.user_id)
  if not row then return errors.not_found() end
  return { status = 200, value = rows.show(user, row, request) }
end

return single
