--- QR codes (ISO/IEC 18004) as SVG: bytes, error correction M, versions 1 to 20, which is 666 bytes.
---
--- Text → data bits → blocks with Reed-Solomon codewords, interleaved → a square of modules, masked by the pattern that
--- scores best.
local qr = {}

local VERSION_MAX <const> = 20
local ECC_OF_BLOCK <const> = { 10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26 }
local BLOCKS <const> = { 1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16 }
local LEVEL_M <const> = 0 -- its two bits in the format

local function codewords(version)
  local modules = (16 * version + 128) * version + 64
  if version >= 2 then
    local n = version // 7 + 2
    modules = modules - ((25 * n - 10) * n - 55) - (version >= 7 and 36 or 0)
  end
  return modules // 8
end

local function capacity(version) return codewords(version) - ECC_OF_BLOCK[version] * BLOCKS[version] end

-- Reed-Solomon over GF(2^8) with 0x11d.

local function multiply(a, b)
  local z = 0
  for i = 7, 0, -1 do
    z = z << 1 ~ (z >> 7) * 0x11d
    z = z ~ (b >> i & 1) * a
  end
  return z
end

local function generator(degree)
  local out, root = {}, 1
  for i = 1, degree do out[i] = i == degree and 1 or 0 end
  for _ = 1, degree do
    for i = 1, degree do
      out[i] = multiply(out[i], root) ~ (out[i + 1] or 0)
    end
    root = multiply(root, 2)
  end
  return out
end

local function remainder(data, divisor)
  local out = {}
  for i = 1, #divisor do out[i] = 0 end
  for _, byte in ipairs(data) do
    local factor = byte ~ table.remove(out, 1)
    out[#divisor] = 0
    for i = 1, #divisor do out[i] = out[i] ~ multiply(divisor[i], factor) end
  end
  return out
end

-- Data.

local function data_of(text, version)
  local bits, count, out = 0, 0, {}
  local function put(value, n)
    for i = n - 1, 0, -1 do
      bits, count = bits << 1 | value >> i & 1, count + 1
      if count == 8 then
        out[#out + 1] = bits
        bits, count = 0, 0
      end
    end
  end
  local size = capacity(version)
  put(4, 4)
  put(#text, version < 10 and 8 or 16)
  for i = 1, #text do put(string.byte(text, i), 8) end
  put(0, math.min(4, size * 8 - #out * 8 - count))
  if count > 0 then put(0, 8 - count) end
  local pad = 0xec
  while #out < size do
    out[#out + 1] = pad
    pad = pad ~ 0xec ~ 0x11
  end
  return out
end

-- Blocks of data and of error correction, a codeword of each in turn.
local function interleaved(data, version)
  local blocks, ecc_length = BLOCKS[version], ECC_OF_BLOCK[version]
  local short = #data // blocks
  local long_from, divisor, at = blocks - #data % blocks, generator(ecc_length), 1
  local parts, eccs, out = {}, {}, {}
  for b = 1, blocks do
    local length = short + (b > long_from and 1 or 0)
    parts[b] = table.move(data, at, at + length - 1, 1, {})
    eccs[b], at = remainder(parts[b], divisor), at + length
  end
  for i = 1, short + 1 do
    for b = 1, blocks do out[#out + 1] = parts[b][i] end
  end
  for i = 1, ecc_length do
    for b = 1, blocks do out[#out + 1] = eccs[b][i] end
  end
  return out
end

-- The square: rows of modules from 0, `fixed` those that belong to its patterns.

local function new_square(version)
  local q = { size = version * 4 + 17, version = version, dark = {}, fixed = {} }
  for y = 0, q.size - 1 do q.dark[y], q.fixed[y] = {}, {} end
  return q
end

local function set(q, x, y, is_dark)
  if x >= 0 and y >= 0 and x < q.size and y < q.size then q.dark[y][x], q.fixed[y][x] = is_dark, true end
end

local function draw_ring(q, cx, cy, radius, light_at)
  for dy = -radius, radius do
    for dx = -radius, radius do
      local distance = math.max(math.abs(dx), math.abs(dy))
      set(q, cx + dx, cy + dy, not light_at[distance])
    end
  end
end

local function alignment_places(q)
  if q.version == 1 then return {} end
  local n = q.version // 7 + 2
  local step = (q.version * 4 + n * 2 + 1) // (n * 2 - 2) * 2
  local places = { 6 }
  for i = 1, n - 1 do places[i + 1] = q.size - 7 - (n - 1 - i) * step end
  return places
end

local function draw_alignments(q)
  local places = alignment_places(q)
  for i, x in ipairs(places) do
    for k, y in ipairs(places) do
      local is_corner = i == 1 and (k == 1 or k == #places) or i == #places and k == 1
      if not is_corner then draw_ring(q, x, y, 2, { [1] = true }) end
    end
  end
end

local function with_check(value, polynomial, bits)
  local rest = value
  for _ = 1, bits do rest = rest << 1 ~ (rest >> bits - 1) * polynomial end
  return value << bits | rest
end

local function draw_format(q, mask)
  local bits = with_check(LEVEL_M << 3 | mask, 0x537, 10) ~ 0x5412
  local function is_set(i) return bits >> i & 1 == 1 end
  for i = 0, 5 do set(q, 8, i, is_set(i)) end
  set(q, 8, 7, is_set(6))
  set(q, 8, 8, is_set(7))
  set(q, 7, 8, is_set(8))
  for i = 9, 14 do set(q, 14 - i, 8, is_set(i)) end
  for i = 0, 7 do set(q, q.size - 1 - i, 8, is_set(i)) end
  for i = 8, 14 do set(q, 8, q.size - 15 + i, is_set(i)) end
  set(q, 8, q.size - 8, true)
end

local function draw_version(q)
  if q.version < 7 then return end
  local bits = with_check(q.version, 0x1f25, 12)
  for i = 0, 17 do
    local is_dark, a, b = bits >> i & 1 == 1, q.size - 11 + i % 3, i // 3
    set(q, a, b, is_dark)
    set(q, b, a, is_dark)
  end
end

local function draw_patterns(q)
  for i = 0, q.size - 1 do
    set(q, 6, i, i % 2 == 0)
    set(q, i, 6, i % 2 == 0)
  end
  for _, at in ipairs { { 3, 3 }, { q.size - 4, 3 }, { 3, q.size - 4 } } do
    draw_ring(q, at[1], at[2], 4, { [2] = true, [4] = true })
  end
  draw_alignments(q)
  draw_format(q, 0)
  draw_version(q)
end

-- Calls f(x, y) for each place of data: up and down in columns of two, from the right.
local function each_place(q, f)
  local is_up = true
  for right = q.size - 1, 1, -2 do
    if right <= 6 then right = right - 1 end
    for i = 0, q.size - 1 do
      local y = is_up and q.size - 1 - i or i
      for x = right, right - 1, -1 do
        if not q.fixed[y][x] then f(x, y) end
      end
    end
    is_up = not is_up
  end
end

local function draw_data(q, bytes)
  local at = 0
  each_place(q, function(x, y)
    local byte = bytes[at // 8 + 1]
    q.dark[y][x] = byte ~= nil and byte >> 7 - at % 8 & 1 == 1
    at = at + 1
  end)
end

local MASKS <const> = {
  [0] = function(x, y) return (x + y) % 2 == 0 end, function(_, y) return y % 2 == 0 end, function(x) return x % 3 == 0 end,
  function(x, y) return (x + y) % 3 == 0 end, function(x, y) return (x // 3 + y // 2) % 2 == 0 end,
  function(x, y) return x * y % 2 + x * y % 3 == 0 end, function(x, y) return (x * y % 2 + x * y % 3) % 2 == 0 end,
  function(x, y) return ((x + y) % 2 + x * y % 3) % 2 == 0 end,
}

local function apply(q, mask)
  local is_turned = MASKS[mask]
  each_place(q, function(x, y) if is_turned(x, y) then q.dark[y][x] = not q.dark[y][x] end end)
end

-- How hard a square is to read: long runs, blocks of one colour, what looks like a corner, too much of one colour.

local function line_penalty(line, size)
  local total, run, text = 0, 0, {}
  for i = 0, size - 1 do
    run = i > 0 and line(i) == line(i - 1) and run + 1 or 1
    if run == 5 then total = total + 3 elseif run > 5 then total = total + 1 end
    text[i + 1] = line(i) and "1" or "0"
  end
  local joined = "0000" .. table.concat(text) .. "0000"
  for _, pattern in ipairs { "10111010000", "00001011101" } do
    local from = 1
    while true do
      local found = string.find(joined, pattern, from, true)
      if not found then break end
      total, from = total + 40, found + 1
    end
  end
  return total
end

local function penalty(q)
  local total, dark = 0, 0
  for i = 0, q.size - 1 do
    total = total + line_penalty(function(k) return q.dark[i][k] end, q.size)
      + line_penalty(function(k) return q.dark[k][i] end, q.size)
    for k = 0, q.size - 1 do
      if q.dark[i][k] then dark = dark + 1 end
      local is = i > 0 and k > 0 and q.dark[i][k]
      if i > 0 and k > 0 and q.dark[i - 1][k] == is and q.dark[i][k - 1] == is and q.dark[i - 1][k - 1] == is then
        total = total + 3
      end
    end
  end
  local percent = dark * 100 // (q.size * q.size)
  return total + math.abs(percent - 50) // 5 * 10
end

local function mask_best(q)
  local best, best_penalty
  for mask = 0, 7 do
    apply(q, mask)
    draw_format(q, mask)
    local found = penalty(q)
    if not best or found < best_penalty then best, best_penalty = mask, found end
    apply(q, mask)
  end
  apply(q, best)
  draw_format(q, best)
end

---The modules of a text: dark[y][x] from 0, and the side's length; nil when the text is too long.
---@param text string
---@return table|nil dark
---@return integer|nil size
function qr.modules(text)
  local version = 1
  while version <= VERSION_MAX and #text + (version < 10 and 2 or 3) > capacity(version) do version = version + 1 end
  if version > VERSION_MAX then return nil end
  local q = new_square(version)
  draw_patterns(q)
  draw_data(q, interleaved(data_of(text, version), version))
  mask_best(q)
  return q.dark, q.size
end

local QUIET <const> = 4 -- modules of margin

---A text as an SVG image, dark on light whatever the page is; nil when the text is too long.
---@param text string
---@return string|nil
function qr.svg(text)
  local dark, size = qr.modules(text)
  if not dark then return nil end
  local path = {}
  for y = 0, size - 1 do
    for x = 0, size - 1 do
      if dark[y][x] then path[#path + 1] = string.format("M%d %dh1v1h-1z", x + QUIET, y + QUIET) end
    end
  end
  local side = size + 2 * QUIET
  return string.format('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="QR code" ' ..
    'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>', side, side, side, side,
    table.concat(path))
end

return qr
