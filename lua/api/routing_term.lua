--- The condition of a route by its type: what is wrong with one, as a sentence.
local regex = require("tocsin.regex")
local template = require("template")

local routing_term = {}

local CHECKS <const> = {
  regex = function(term)
    local found, class = regex.search(term, "")
    if found == nil and class then return "Regular expression is incorrect" end
  end,
  jinja2 = function(term)
    local ok, why = template.check(term)
    if not ok then return "Jinja template is incorrect: " .. why end
  end,
}

---Whether routes of this type have a term at all.
function routing_term.is_needed(kind) return CHECKS[kind] ~= nil end

---@param kind string routing_type
---@param term string
---@return string? sentence
function routing_term.problem(kind, term) return CHECKS[kind](term) end

return routing_term
