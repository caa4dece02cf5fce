--- The markup of destinations, as far as a message is put together: how data is escaped, marks taken away, links and
--- bold words made.
local html <const> = require("channels.html")
local markdown <const> = require("markdown")
local plain <const> = require("channels.plain")
local find <const>, format <const>, gsub <const> = string.find, string.format, string.gsub
local concat <const>, match <const> = table.concat, string.match

local syntax = {}

---@class syntax
---@field escape fun(text: string): string plain text as text of this markup
---@field strip fun(text: string): string markup as plain text
---@field link fun(url: string, label: string): string the label is markup
---@field bold fun(label: string): string
---@field is_marked fun(text: string): boolean has links of its own, so it is no label
---@field br string between two lines
---@field gap string between two parts
---@field separator string? between two links

-- A zero-width joiner behind an at sign before a word keeps data from mentioning people.
local function quiet(text) return (gsub(text, "@(%w)", "@\u{200D}%1")) end

local function escape_markdown(text) return quiet((gsub(text, "[\\`*_~#|%[%]<>]", "\\%0"))) end

local BRACKETS <const> = { ["("] = "%28", [")"] = "%29" }

--- Markdown as Mattermost, Rocket.Chat, Discord and Teams read it.
syntax.markdown = {
  escape = escape_markdown,
  strip = function(text)
    text = gsub(plain.from_markup(text), "\\([%p])", "%1")
    return (gsub(text, "@\u{200D}", "@"))
  end,
  link = function(url, label) return concat { "[", label, "](", (gsub(url, "[()]", BRACKETS)), ")" } end,
  bold = function(label) return "**" .. label .. "**" end,
  is_marked = function(text) return find(text, "](", 1, true) ~= nil or find(text, "^%s*$") ~= nil end,
  br = "\n", gap = "\n\n",
}

-- What Zulip's Markdown has marks for. It knows no backslash, but HTML's references.
local ZULIP <const> = {}
for mark in string.gmatch("*`~[]@#|:$!\\", ".") do ZULIP[mark] = format("&#%d;", string.byte(mark)) end
ZULIP["&"], ZULIP["<"], ZULIP[">"] = "&amp;", "&lt;", "&gt;"

local ENTITIES <const> = { lt = "<", gt = ">", quot = '"', ["#39"] = "'", nbsp = " ", amp = "&" }

-- What html.lua and Telegram's look write, as words.
local function strip_html(text)
  text = gsub(text, "<br>\n?", "\n")
  text = gsub(text, '<a href="([^"<>]*)"[^<>]*>(.-)</a>', function(url, label)
    if url == label then return url end
    return label .. " (" .. url .. ")"
  end)
  text = gsub(text, "<li>", "- ")
  text = gsub(text, "</?%a[^<>]*>", "")
  return (gsub(text, "&(#?%w+);", ENTITIES))
end

--- HTML that only has the tags of lua/channels/html.lua.
syntax.html = {
  escape = html.escape, strip = strip_html,
  link = function(url, label) return format('<a href="%s">%s</a>', html.escape(url), label) end,
  bold = function(label) return "<strong>" .. label .. "</strong>" end,
  is_marked = function(text) return find(text, "<a ", 1, true) ~= nil end,
  br = "<br>\n", gap = "<br>\n",
}

local TELEGRAM <const> = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

--- The tags of Telegram's Bot API, where a line break is a line break.
syntax.telegram = {
  escape = function(text) return (gsub(text, '[&<>"]', TELEGRAM)) end, strip = strip_html,
  link = syntax.html.link,
  bold = function(label) return "<b>" .. label .. "</b>" end,
  is_marked = syntax.html.is_marked,
  br = "\n", gap = "\n\n",
}

local TAGS <const> = {}
for name in string.gmatch("b strong i em u ins s strike del code pre blockquote a tg-spoiler", "[%a-]+") do TAGS[name] = true end

local function is_reference(text, at)
  return match(text, "^&%a+;()", at) or match(text, "^&#%d+;()", at)
end

-- Whether Telegram would take this HTML: known tags, closed in order, and no bare mark.
local function is_well_formed(text)
  local stack, from = {}, 1
  while true do
    local first = find(text, "[<>&]", from)
    if not first then return #stack == 0 end
    local close, name, last = match(text, "^<(/?)([%a-]+)[^<>]*>()", first)
    if not name then
      last = is_reference(text, first)
      if not last then return false end
    elseif not TAGS[name] then
      return false
    elseif close == "" then
      stack[#stack + 1] = name
    elseif stack[#stack] == name then
      stack[#stack] = nil
    else
      return false
    end
    from = last
  end
end

--- What people wrote in a template, without its marks when they would be refused.
---@param text string?
---@return string?
function syntax.telegram.sound(text)
  if not text or is_well_formed(text) then return text end
  return syntax.telegram.escape(strip_html(text))
end

local function from_reference(code)
  local number = match(code, "^#(%d%d?%d?)$")
  if number and tonumber(number) < 128 then return string.char(tonumber(number)) end
  return ENTITIES[code]
end

--- Zulip's Markdown.
syntax.zulip = {
  escape = function(text) return (gsub(text, "[*`~%[%]@#|:$!\\&<>]", ZULIP)) end,
  strip = function(text)
    text = gsub(gsub(text, "%[([^%[%]\n]*)%]%(https?://[^%s()]*%)", "%1"), "[*`]", "")
    return (gsub(text, "&(#?%w+);", from_reference))
  end,
  link = syntax.markdown.link, bold = syntax.markdown.bold, is_marked = syntax.markdown.is_marked, br = "\n", gap = "\n\n",
}

--- What writes neutral Markdown as the Markdown of a chat.
---@param s syntax
---@return markdown_writer
function syntax.writer(s)
  return {
    between = "\n\n",
    text = s.escape,
    code = function(text)
      local mark = find(text, "`", 1, true) and "``" or "`"
      return concat { mark, text, mark }
    end,
    strong = s.bold,
    em = function(inner) return "*" .. inner .. "*" end,
    link = function(inner, url) return s.link(url, inner) end,
    paragraph = function(lines) return concat(lines, "\n") end,
    heading = function(lines) return s.bold(concat(lines)) end,
    list = markdown.items("- "),
    quote = function(lines) return "> " .. concat(lines, "\n> ") end,
    block = function(text) return "````\n" .. text .. "\n````" end,
  }
end

local function same(text) return text end

--- No markup.
syntax.plain = {
  escape = same, strip = same, link = function(url, label) return label .. ": " .. url end, bold = same,
  is_marked = function() return true end, br = "\n", gap = "\n\n", separator = "\n",
}

return syntax
