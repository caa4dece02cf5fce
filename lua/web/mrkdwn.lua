--- Slack's mrkdwn as safe HTML, for previews: bold, italic, struck, code, links, quotes, mentions. Pure.
local html <const> = require "channels.html"
local markdown <const> = require "markdown"

local mrkdwn <const> = {}

local ENTITIES <const> = { ["&amp;"] = "&", ["&lt;"] = "<", ["&gt;"] = ">" }

local function text_of(text) return html.escape((string.gsub(text, "&%a+;", ENTITIES))) end

-- Marks stand around words, as Slack wants them: not within one.
local MARKS <const> = { { "*", "strong" }, { "_", "em" }, { "~", "s" } }

local function marked(text)
  for _, mark in ipairs(MARKS) do
    local m <const>, tag <const> = "%" .. mark[1], mark[2]
    text = string.gsub(text, "()" .. m .. "(%S[^\n" .. m .. "]*)" .. m .. "()", function(from, inside, to)
      local before <const>, after <const> = string.sub(text, from - 1, from - 1), string.sub(text, to, to)
      if from > 1 and string.find(before, "[%w]") or string.find(after, "[%w]") or string.find(inside, "%s$") then return nil end
      return "<" .. tag .. ">" .. inside .. "</" .. tag .. ">"
    end)
  end
  return text
end

-- What stands between < and >: a link, a mention, or just that.
local function bracketed(inside)
  local url, label = string.match(inside, "^([^|]*)|(.*)$")
  url = string.gsub(url or inside, "&amp;", "&")
  if markdown.safe_url(url) then
    return html.writer.link(text_of(label and label ~= "" and label or url), url)
  end
  if string.find(inside, "^[@#!]") then return '<b class="mention">' .. text_of(inside) .. "</b>" end
  return text_of("<" .. inside .. ">")
end

-- A line without code: links are set apart first, so that no mark reaches into an address.
local function inline(text)
  local kept <const> = {}
  text = string.gsub(text, "<([^<>\n]+)>", function(inside)
    kept[#kept + 1] = bracketed(inside)
    return "\1" .. #kept .. "\2"
  end)
  return (string.gsub(marked(text_of(text)), "\1(%d+)\2", function(n) return kept[tonumber(n)] or "" end))
end

local function with_code(text)
  local out, at = {}, 1
  for from, code, to in string.gmatch(text, "()`([^`\n]+)`()") do
    out[#out + 1] = inline(string.sub(text, at, from - 1))
    out[#out + 1] = "<code>" .. text_of(code) .. "</code>"
    at = to
  end
  out[#out + 1] = inline(string.sub(text, at))
  return table.concat(out)
end

local function lines(text)
  return (string.gsub(string.gsub(with_code(text), "^\n", ""), "\n", "<br>"))
end

---@param text string
---@return string html
function mrkdwn.html(text)
  text = string.gsub(text, "[\1\2]", " ")
  local out, at = {}, 1
  for from, code, to in string.gmatch(text, "()```(.-)```()") do
    out[#out + 1] = lines(string.sub(text, at, from - 1))
    out[#out + 1] = "<pre>" .. text_of((string.gsub(code, "^\n", ""))) .. "</pre>"
    at = to
  end
  out[#out + 1] = lines(string.sub(text, at))
  return table.concat(out)
end

return mrkdwn
