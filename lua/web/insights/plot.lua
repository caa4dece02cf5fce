--- Plots as SVG, without styles of their own: colours are classes of the style sheet. Pure.
local view <const> = require "web.view"

local plot <const> = {}

local WIDTH <const>, HEIGHT <const>, LEFT <const>, BOTTOM <const>, TOP <const> = 960, 240, 40, 24, 8
local ESCAPES <const> = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

local function escaped(text) return (string.gsub(text, '[&<>"]', ESCAPES)) end

-- A round number not below the highest, and the step of the lines.
local function scale(most)
  local step = 1
  for _, one in ipairs { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000 } do
    step = one
    if most / one <= 5 then break end
  end
  return math.ceil(math.max(most, 1) / step) * step, step
end

local function totals_of(series)
  local totals <const> = {}
  for _, one in ipairs(series) do
    for i, count in ipairs(one.counts) do totals[i] = (totals[i] or 0) + count end
  end
  return totals
end

local function add_lines(out, top, step, y)
  for at = 0, top, step do
    out[#out + 1] = string.format('<path class="grid" d="M%d %.1fH%d"/><text x="%d" y="%.1f" text-anchor="end">%d</text>',
      LEFT, y(at), WIDTH, LEFT - 6, y(at) + 4, at)
  end
end

local function add_labels(out, labels, width)
  local every <const> = math.max(1, #labels // 6)
  for i = 1, #labels, every do
    if LEFT + (i - 1) * width < WIDTH - 70 then
      out[#out + 1] = string.format('<text x="%.1f" y="%d">%s</text>', LEFT + (i - 1) * width, HEIGHT - 6, escaped(labels[i]))
    end
  end
end

-- One bar for each moment, the series on top of each other; what stands in it is said when one points at it.
local function add_bars(out, series, labels, width, y)
  for i, label in ipairs(labels) do
    local below, said = 0, { label }
    local parts <const> = {}
    for k, one in ipairs(series) do
      local count <const> = one.counts[i] or 0
      if count > 0 then
        parts[#parts + 1] = string.format('<rect class="s%d" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>', k,
          LEFT + (i - 1) * width, y(below + count), math.max(1, width - 1), y(below) - y(below + count))
        said[#said + 1] = one.name .. ": " .. count
        below = below + count
      end
    end
    if below > 0 then
      out[#out + 1] = "<g><title>" .. escaped(table.concat(said, ", ")) .. "</title>" .. table.concat(parts) .. "</g>"
    end
  end
end

---Stacked bars. `series`: { name, counts }; `labels`: the moments; `title`: what it is, for who does not see it.
function plot.stacked(series, labels, title)
  local most = 0
  for _, total in ipairs(totals_of(series)) do most = math.max(most, total) end
  local top <const>, step <const> = scale(most)
  local function y(v) return HEIGHT - BOTTOM - v / top * (HEIGHT - BOTTOM - TOP) end
  local width <const> = (WIDTH - LEFT) / math.max(1, #labels)
  local out <const> = { string.format('<svg class="plot" viewBox="0 0 %d %d" role="img" aria-label="%s">',
    WIDTH, HEIGHT, escaped(title)) }
  add_lines(out, top, step, y)
  add_bars(out, series, labels, width, y)
  add_labels(out, labels, width)
  out[#out + 1] = "</svg>"
  return view.html(table.concat(out))
end

---One horizontal bar of a share from 0 to 1, beside its number.
function plot.bar(share)
  return view.html(string.format('<svg class="amount" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">' ..
    '<rect width="%.1f" height="10"/></svg>', math.max(0.5, share * 100)))
end

---The same in numbers: the busiest moments with what stands in them, at most twelve.
function plot.table_of(series, labels)
  local list <const>, totals <const> = {}, totals_of(series)
  for i, label in ipairs(labels) do
    if totals[i] and totals[i] > 0 then list[#list + 1] = { label = label, total = totals[i], at = i } end
  end
  table.sort(list, function(a, b) return a.total > b.total or a.total == b.total and a.at < b.at end)
  for i = #list, 13, -1 do list[i] = nil end
  return list
end

return plot
