--- What shift swaps have besides the five methods: a list that begins now, and taking one.
local audit = require("api.audit")
local body = require("api.body")
local change = require("api.change")
local errors = require("api.errors")
local field = require("api.field")
local json = require("tocsin.json")
local openapi = require("api.openapi")
local port = require("tocsin.port")
local query_string = require("api.query")
local rows = require("api.rows")
local swap = require("resources.shift_swap")
local time = require("api.time")

local shift_swaps = {}

local BENEFACTOR = { "benefactor", type = "ref", to = "user", required = true }

local function filter_named(name)
  for _, filter in ipairs(swap.filters) do
    if filter[1] == name then return filter end
  end
end

---GET /shift_swaps/: those that begin after `starting_after`, which is now when it is not given.
shift_swaps.list = {
  about = "Lists requests to swap shifts that begin after `starting_after`, which is now when it is not given.",
  query = openapi.parameters(swap), gives = { page = { ref = "ShiftSwap" } },
  answer = function(request)
    local fixed = {}
    if not query_string.get(request.query, "starting_after") then
      fixed[1] = { filter_named("starting_after"), { time.text(request.now) } }
    end
    if string.lower(query_string.get(request.query, "open_only") or "") == "true" then
      fixed[#fixed + 1] = { filter_named("open_only"), { "true", now = request.now } }
      request.query = query_string.with(request.query, "open_only")
    end
    return rows.list(swap, request, fixed)
  end,
}

local function refusal_of(row, benefactor, now)
  if row.beneficiary_id == benefactor then
    return errors.detail(400, "A shift swap request cannot be taken by its own beneficiary")
  end
  if swap.status_of(row, now) ~= "open" then
    return errors.detail(400, "The shift swap request is not in a state which allows it to be taken")
  end
end

---POST /shift_swaps/<id>/take/ with {"benefactor": user id}.
shift_swaps.take = {
  about = "Takes the shifts of a request.", takes = { BENEFACTOR }, gives = { ref = "ShiftSwap" },
  answer = function(request)
    local sent, refusal = body.object(request)
    if not sent then return refusal end
    if sent.benefactor == nil then return errors.field("benefactor", "This field is required.") end
    local benefactor, why = field.check_of(BENEFACTOR)(BENEFACTOR, sent.benefactor, request)
    if not benefactor then return errors.field("benefactor", why) end
    local row = rows.by_id(swap, request.id)
    if not row then return errors.not_found() end
    refusal = refusal_of(row, benefactor, request.now)
    if refusal then return refusal end
    local write = { sql = "UPDATE shift_swap SET benefactor_id = $1, updated_at = $2, version = version + 1 WHERE id = $3 " ..
      "AND version = $4", args = json.array({ benefactor, request.now, row.id, row.version }), expect = 1 }
    local trail = audit.statement(request, swap, "update", row.id, { benefactor_id = benefactor }, row)
    trail.args = json.array(trail.args)
    local result, sentence, code = port.call("write", { statements = json.array({ write, trail }) })
    if not result and code == "CONFLICT" then
      return errors.detail(400, "The shift swap request is not in a state which allows it to be taken")
    end
    if not result then return change.port_error(sentence, code) end
    return { status = 200, value = rows.show(swap, rows.by_key(swap, row.id), request) }
  end,
}

return shift_swaps
