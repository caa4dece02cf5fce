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

local ORGANIZATION = { object = { { "id", "id" } } }

local function organization()
  return writer.object("id", ids.encode("O", ORGANIZATION_KEY))
end

single.info = {
  about = "The address of this server.", gives = { object = { { "url", "text" } } },
  answer = function(request)
    return { status = 200, value = writer.object("url", request.base_url) }
  end,
}

single.organizations = {
  about = "Lists organizations: there is one.", query = paging.PARAMETERS, gives = { page = ORGANIZATION },
  answer = function(request)
    local window = paging.window(request.query, ORGANIZATIONS_PAGE, 1)
    return { status = 200, value = paging.envelope(request, window, { organization() }) }
  end,
}

single.organization = {
  about = "The organization.", gives = ORGANIZATION,
  answer = function(request)
    if ids.decode("O", request.id) ~= ORGANIZATION_KEY then return errors.not_found() end
    return { status = 200, value = organization() }
  end,
}

---The person whose token this is; a token of the installation belongs to nobody.
single.current_user = {
  about = "The person whose token this is.", gives = { ref = "User" },
  answer = function(request)
    local row = request.actor.user_id and rows.by_key(user, request.actor.user_id)
    if not row then return errors.not_found() end
    return { status = 200, value = rows.show(user, row, request) }
  end,
}

return single
