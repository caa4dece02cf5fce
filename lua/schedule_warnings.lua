--- What is wrong with a schedule in the days ahead. Pure: facts in, a list of warnings out.
local schedule_warnings = {}

---@param answer table of tocsin.schedule to the question `final`
---@param is_reachable function user id → boolean: has this person a contact method that works?
---@return table list of {kind, from, to, shift, user, text}, by time
function schedule_warnings.list(answer, is_reachable)
  local list, seen = {}, {}
  for _, gap in ipairs(answer.gaps) do list[#list + 1] = { kind = "gap", from = gap.from, to = gap.to } end
  for _, slot in ipairs(answer.empty) do
    list[#list + 1] = { kind = "empty_shift", from = slot.from, to = slot.to, shift = slot.shift, text = slot.text }
  end
  for _, slot in ipairs(answer.final) do
    for _, id in ipairs(slot.users) do
      if not seen[id] and not is_reachable(id) then
        list[#list + 1] = { kind = "unreachable_person", from = slot.from, to = slot.to, user = id }
      end
      seen[id] = true
    end
  end
  table.sort(list, function(a, b)
    if a.from ~= b.from then return a.from < b.from end
    if a.kind ~= b.kind then return a.kind < b.kind end
    return (a.user or 0) < (b.user or 0)
  end)
  return list
end

return schedule_warnings
