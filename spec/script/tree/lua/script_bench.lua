--- What script_test measures.
local json = require "tocsin.json"

local script_bench = {}

function script_bench.nothing() return 1 end

function script_bench.paths(payload)
  return json.path(payload, "title") .. json.path(payload, "state") .. json.path(payload, "groupKey")
    .. json.path(payload, "commonLabels", "severity")
end

function script_bench.expand(payload) return json.expand(payload).n end

return script_bench
