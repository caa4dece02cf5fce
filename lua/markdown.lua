--- Neutral Markdown: parses the small dialect of integration files into blocks, and writes them with a channel's words.
---
--- Blocks: paragraphs (every newline is a line break), `# headings`, `- lists`, `1. lists`, `> quotes` and fenced code.
--- Inline: `code`, **strong**, *emphasis*, [links](https://…), <https://…> and bare addresses, backslash escapes.
--- Only http, https and mailto become links. Nothing else is markup: HTML is text. `_` is never markup, because alert
--- names are full of it. Parsing is linear: every search is bounded, and a mark without a partner is found out once.
local find <const>, sub <const>, byte <const>, match <const> = string.find, string.sub, string.byte, string.match
local gsub <const>, lower <const>, gmatch <const> = string.gsub, string.lower, string.gmatch
local concat <const> = table.concat

local markdown = {}

-- Blanks cut off at both ends, in time that a run of blanks in the middle cannot stretch.
local function trim(text)
  local from = find(text, "%S")
  if not from then return "" end
  local last = #text
  while find(text, "^%s", last) do last = last - 1 end
  return sub(text, from, last)
end

local LINK_TEXT_MAX <const>, LINK_URL_MAX <const>, DEPTH_MAX <const> = 500, 2000, 4

--- The address if it may be a link, else nil.
---@param url string
---@return string?
function markdown.safe_url(url)
  if #url > LINK_URL_MAX or find(url, "[%s%c<>\"]") then return nil end
  local scheme = match(url, "^(%a[%w+.-]*):")
  scheme = scheme and lower(scheme)
  if scheme == "mailto" and #url > 7 then return url end
  if (scheme == "http" or scheme == "https") and find(url, "^%a+://[^/]") then return url end
  return nil
end

local parse_inline

-- The end of a bare address that starts at `from`: up to a blank or bracket, without the sentence's own punctuation.
local function bare_url(text, from)
  if not find(text, "^[hH][tT][tT][pP][sS]?://[^%s<>\"`]", from) then return nil end
  if from > 1 and find(text, "^[%w_]", from - 1) then return nil end
  local url = match(sub(text, from, from + LINK_URL_MAX), "^[^%s<>\"`]+")
  if find(url, ")", 1, true) and not find(url, "(", 1, true) then url = match(url, "^[^)]*") end
  local last = #url
  while find(url, "^[%.,;:!?'*]", last) do last = last - 1 end
  return markdown.safe_url(sub(url, 1, last))
end

-- [text](url) at `at`, or nil. The address may hold balanced parentheses one deep.
local function link_at(text, at)
  local label = match(sub(text, at, at + LINK_TEXT_MAX), "^%[([^%[%]\n]*)%]")
  local open = at + (label and #label or 0) + 2
  if not label or sub(text, open, open) ~= "(" then return nil end
  local window = sub(text, open + 1, open + LINK_URL_MAX)
  local url = match(window, "^[^%s()]*%b()[^%s()]*%)") or match(window, "^[^%s()]*%)")
  if not url then return nil end
  return label, sub(url, 1, -2), open + 1 + #url
end

local HANDLERS = {}

-- `code` with any number of backticks.
HANDLERS["`"] = function(p, at)
  local _, last = find(p.text, "^`+", at)
  local marks = sub(p.text, at, last)
  if p.dead[marks] then return nil, last + 1 end
  local from = last + 1
  while true do
    local first, stop = find(p.text, "`+", from)
    if not first then p.dead[marks] = true return nil, last + 1 end
    if stop - first == last - at then
      local code = sub(p.text, last + 1, first - 1)
      if #code > 2 and find(code, "^ ") and find(code, "^ ", #code) then code = sub(code, 2, -2) end
      return { type = "code", text = code }, stop + 1
    end
    from = stop + 1
  end
end

-- **strong** and *emphasis*: a mark opens before a non-blank and closes after one.
HANDLERS["*"] = function(p, at)
  local _, last = find(p.text, "^%*+", at)
  local count = last - at + 1
  local mark = count >= 2 and "**" or "*"
  if count > 2 or p.depth >= DEPTH_MAX or p.dead[mark] or not find(p.text, "^%S", last + 1) then return nil, last + 1 end
  if at > 1 and find(p.text, "^%w", at - 1) then return nil, last + 1 end
  local pattern = mark == "**" and "[^%s*]%*%*" or "[^%s*]%*"
  local from = last + 1
  while true do
    local first, stop = find(p.text, pattern, from)
    if not first then p.dead[mark] = true return nil, last + 1 end
    if mark == "**" or not find(p.text, "^[*%w]", stop + 1) then
      local inner = parse_inline(sub(p.text, last + 1, stop - #mark), p.depth + 1)
      return { type = mark == "**" and "strong" or "em", inner = inner }, stop + 1
    end
    from = stop + 1
  end
end

HANDLERS["["] = function(p, at)
  local label, url, after = link_at(p.text, at)
  local safe = label and markdown.safe_url(url)
  if not safe then return nil, at + 1 end
  return { type = "link", url = safe, inner = parse_inline(label, DEPTH_MAX, true) }, after
end

HANDLERS["<"] = function(p, at)
  local url = match(sub(p.text, at, at + LINK_URL_MAX), "^<([^<>%s]+)>")
  local safe = url and markdown.safe_url(url)
  if not safe then return nil, at + 1 end
  return { type = "link", url = safe, inner = { { type = "text", text = url } } }, at + #url + 2
end

HANDLERS["\\"] = function(p, at)
  local mark = match(p.text, "^[%p]", at + 1)
  if not mark then return nil, at + 1 end
  return { type = "text", text = mark }, at + 2
end

local function bare(p, at)
  if p.in_link then return nil, at + 1 end
  local url = bare_url(p.text, at)
  if not url then return nil, at + 1 end
  return { type = "link", url = url, inner = { { type = "text", text = url } } }, at + #url
end
HANDLERS.h, HANDLERS.H = bare, bare

--- Inline nodes: {type = "text"|"code", text=} and {type = "strong"|"em"|"link", inner=, url=}.
function parse_inline(text, depth, in_link)
  local nodes, n, from, at = {}, 0, 1, 1
  local p = { text = text, depth = depth or 0, dead = {}, in_link = in_link }
  while true do
    at = find(text, "[`*%[<\\hH]", at)
    if not at then break end
    local node, after = HANDLERS[sub(text, at, at)](p, at)
    if node then
      if at > from then n = n + 1 nodes[n] = { type = "text", text = sub(text, from, at - 1) } end
      n = n + 1
      nodes[n] = node
      from = after
    end
    at = after
  end
  if from <= #text then nodes[n + 1] = { type = "text", text = sub(text, from) } end
  return nodes
end

-- A list item's text and its number (false without one), or nil.
local function item_of(line)
  local text = match(line, "^%s*[-*+] +(.*)$") or match(line, "^%s*\xE2\x80\xA2 +(.*)$")
  if text then return text, false end
  local number
  number, text = match(line, "^%s*(%d%d?%d?)[.)] +(.*)$")
  return text, number and math.tointeger(number)
end

local function last_block(blocks, kind)
  local block = blocks[#blocks]
  return block and block.type == kind and not block.closed and block or nil
end

-- `number` is an item's; a list keeps that of its first.
local function add_line(blocks, kind, text, number)
  local block = last_block(blocks, kind)
  if not block or not block.first ~= not number then
    block = { type = kind, first = number, lines = {} }
    blocks[#blocks + 1] = block
  end
  block.lines[#block.lines + 1] = parse_inline(text)
end

local function close_last(blocks)
  if #blocks > 0 then blocks[#blocks].closed = true end
end

local function parse_line(blocks, line)
  if find(line, "^%s*$") then return close_last(blocks) end
  local level, heading = match(line, "^(#+) +(%S.*)$")
  if level and #level <= 6 then
    blocks[#blocks + 1] = { type = "heading", level = #level, closed = true, lines = { parse_inline(trim(heading)) } }
    return
  end
  local quoted = match(line, "^> ?(.*)$")
  if quoted then return add_line(blocks, "quote", quoted) end
  local item, number = item_of(line)
  if item then return add_line(blocks, "list", item, number) end
  return add_line(blocks, "paragraph", trim(line))
end

--- Text to blocks: {type = "paragraph"|"heading"|"list"|"quote", lines = {inline nodes…}} and {type = "code", text=}.
---@param text string
---@return table[]
function markdown.parse(text)
  local blocks, fence, code = {}, nil, nil
  for line in gmatch(gsub(text, "\r\n?", "\n") .. "\n", "(.-)\n") do
    if fence then
      if sub(line, 1, #fence) == fence and find(line, "^%s*$", #fence + 1) then
        fence = nil
        close_last(blocks)
      else
        code.lines[#code.lines + 1] = line
      end
    else
      fence = match(line, "^```+") or match(line, "^~~~+")
      if fence and find(line, "`", #fence + 1, true) then fence = nil end
      if fence then
        code = { type = "code", lines = {} }
        blocks[#blocks + 1] = code
      else
        parse_line(blocks, line)
      end
    end
  end
  for _, block in ipairs(blocks) do
    if block.type == "code" then block.text = concat(block.lines, "\n") end
  end
  return blocks
end

local write_inline

local function write_node(node, w)
  if node.type == "text" then return w.text(node.text) end
  if node.type == "code" then return w.code(node.text) end
  local inner = write_inline(node.inner, w)
  if node.type == "link" then return w.link(inner, node.url) end
  return w[node.type](inner)
end

function write_inline(nodes, w)
  local out = {}
  for i, node in ipairs(nodes) do out[i] = write_node(node, w) end
  return concat(out)
end

---@class markdown_writer
---@field text fun(s: string): string
---@field code fun(s: string): string
---@field strong fun(inner: string): string
---@field em fun(inner: string): string
---@field link fun(inner: string, url: string): string
---@field paragraph fun(lines: string[]): string
---@field heading fun(lines: string[], level: integer): string
---@field list fun(lines: string[], first: integer|false): string  the first item's number; false: no numbers
---@field quote fun(lines: string[]): string
---@field block fun(code: string): string
---@field between string between two blocks

--- The `list` of a channel that has no markup for lists: an item a line, after its number or the bullet.
---@param bullet string
---@return fun(lines: string[], first: integer|false): string
function markdown.items(bullet)
  return function(lines, first)
    local out = {}
    for i, line in ipairs(lines) do out[i] = (first and first + i - 1 .. ". " or bullet) .. line end
    return concat(out, "\n")
  end
end

--- Writes text in a channel's words.
---@param text string neutral Markdown
---@param w markdown_writer
---@return string
function markdown.write(text, w)
  local out = {}
  for i, block in ipairs(markdown.parse(text)) do
    if block.type == "code" then
      out[i] = w.block(block.text)
    else
      local lines = {}
      for k, nodes in ipairs(block.lines) do lines[k] = write_inline(nodes, w) end
      out[i] = w[block.type](lines, block.type == "heading" and block.level or block.first)
    end
  end
  return concat(out, w.between)
end

-- At most `keep` bytes of `text`: whole lines when there is a line to keep, else whole characters.
local function cut_source(text, keep)
  local at = keep
  while at > 0 and byte(text, at) ~= 10 do at = at - 1 end
  if at > 1 then return sub(text, 1, at - 1) end
  at = keep
  while at > 0 and (byte(text, at + 1) or 0) & 0xC0 == 0x80 do at = at - 1 end
  return sub(text, 1, at)
end

--- `convert(text)`, from less and less of the text until the result has at most `limit` code points.
--- The source is cut, not the result, so that no mark or tag is torn.
---@param text string
---@param convert fun(text: string): string
---@param limit integer
---@param tail string what a cut text ends with
---@return string
function markdown.fit(text, convert, limit, tail)
  local out = convert(text)
  local size = utf8.len(out) or #out
  local keep = #text
  while size > limit and keep > 0 do
    keep = math.min(keep - 1, math.max(0, keep * (limit - 20) // size))
    out = convert(cut_source(text, keep) .. tail)
    size = utf8.len(out) or #out
  end
  return out
end

return markdown
