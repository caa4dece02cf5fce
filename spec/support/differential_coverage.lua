--- How often the corpus meets each thing there is to use, counted by the reference while it renders.
local coverage <const> = {}

local KINDS <const> = { "tag", "filter", "test", "global", "method", "error" }

--- Cases by name, for every name of the universe: {kind → {name → count}}.
function coverage.count(answers, universe)
  local counts <const> = {}
  for _, kind in ipairs(KINDS) do counts[kind] = {} end
  local function split(use) return string.match(use, "^(%S+) (.+)$") end
  for _, use in ipairs(universe) do
    local kind <const>, name <const> = split(use)
    counts[kind][name] = 0
  end
  for _, answer in ipairs(answers) do
    for _, use in ipairs(answer.uses) do
      local kind <const>, name <const> = split(use)
      if kind and counts[kind][name] then counts[kind][name] = counts[kind][name] + 1 end
    end
  end
  return counts
end

local function names_of(counts)
  local names <const> = {}
  for name in pairs(counts) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- Prints the table: cases that use each thing.
function coverage.print(counts, cases, versions)
  io.write(string.format("coverage: %d cases beside Jinja2 %s; cases that use each\n", cases, versions.jinja2))
  for _, kind in ipairs(KINDS) do
    local line = "  " .. kind .. ":"
    for _, name in ipairs(names_of(counts[kind])) do
      local entry <const> = " " .. name .. " " .. counts[kind][name]
      if #line + #entry > 150 then
        io.write(line, "\n")
        line = "   "
      end
      line = line .. entry
    end
    io.write(line, "\n")
  end
end

--- What fewer cases use than `least`, one a line.
function coverage.rare(counts, least)
  local found <const> = {}
  for _, kind in ipairs(KINDS) do
    for _, name in ipairs(names_of(counts[kind])) do
      if counts[kind][name] < least then found[#found + 1] = kind .. " " .. name .. ": " .. counts[kind][name] end
    end
  end
  return table.concat(found, "\n")
end

return coverage
