--- An alert: one thing that a source said, with its payload as it came.
local json = require("tocsin.json")
local writer = require("api.writer")

-- The alerts of a group are a chain from the newest back; no index is kept for them (core/schema/0001_first.sql).
local CHAIN = "WITH RECURSIVE chain(id, previous_id) AS (" ..
  "SELECT a.id, a.previous_id FROM alert_group AS g JOIN alert AS a ON a.id = g.last_alert_id WHERE g.id = ? " ..
  "UNION ALL SELECT a.id, a.previous_id FROM chain AS c JOIN alert AS a ON a.id = c.previous_id) SELECT id FROM chain"

-- What templates see: the bytes as they came when they are JSON, else what they were read as. Bytes that are neither go
-- out as a text. A byte order mark is no part of the document.
local function payload(row)
  if row.wiped_at then return writer.object() end
  local bytes = row.parsed or row.payload
  if bytes == "" then return writer.object() end
  if not json.is_valid(bytes) then return bytes end
  return writer.raw((string.gsub(bytes, "^\xEF\xBB\xBF", "")))
end

local function add_search(q, values)
  q.add("AND instr(lower(CAST(COALESCE(t.parsed, t.payload) AS TEXT)), lower(?)) > 0", values[#values])
  q.add("AND NOT EXISTS (SELECT 1 FROM alert_group AS w WHERE w.id = t.alert_group_id AND w.wiped_at IS NOT NULL)")
end

return {
  name = "alert", table = "alert", prefix = "A", path = "alerts",
  methods = { "list", "get" }, area = "alerts",
  belongs = { { "alert_group", "alert_group_id" } },
  page_size = 50, order = "t.id DESC",
  weight = "length(t.payload) + COALESCE(length(t.parsed), 0)",
  -- The alerts of a group that was deleted or wiped go piece by piece (core/engine/act.c): nobody sees the rest.
  live = "alert_group_id IN (SELECT id FROM alert_group)",
  join = "LEFT JOIN alert_group AS g ON g.id = t.alert_group_id",
  columns = "t.parsed, g.wiped_at",
  -- Counting the alerts themselves would read every payload.
  count_by = { "alert_group", "coalesce(sum(t.alerts_count), 0)" },
  filters = {
    { "id", "t.id = ?", type = "alert" },
    { "alert_group_id", "t.id IN (" .. CHAIN .. ")", type = "alert_group",
      only = { count = "SELECT alerts_count AS n FROM alert_group WHERE id = $1", ids = CHAIN } },
    { "search", add = add_search },
  },
  fields = {
    { "id", type = "id", prefix = "A" },
    { "alert_group_id", type = "ref", to = "alert_group" },
    { "created_at", type = "time", column = "received_at" },
    { "payload", type = "text", shape = "any", show = payload },
  },
}
