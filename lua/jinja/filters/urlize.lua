--- The urlize filter: links for the URLs and e-mail addresses in a text.
---
--- Jinja2 tries regular expressions on each word; these functions accept the same words without backtracking.
local utf <const> = require "tocsin.text"
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local text <const> = require "jinja.text"
local args <const> = require "jinja.args"
local compare <const> = require "jinja.compare"
local sequence <const> = require "jinja.sequence"
local registry <const> = require "jinja.registry"
local errors <const> = require "jinja.errors"
local find <const>, sub <const>, match <const>, gsub <const> = string.find, string.sub, string.match, string.gsub
local lower <const>, concat <const> = string.lower, table.concat
local NULL <const> = value.NULL

-- Hosts --------------------------------------------------------------------------------------------------------------

-- Only letters, digits and underscores of any script, and the ASCII characters of `more`.
local function is_made_of(s, more)
  local rest = gsub(s, "[%w_" .. more .. "]", "")
  if rest == "" then return true end
  if find(rest, "[%z\1-\127]") then return false end
  local chars = utf.chars(rest)
  for i = 1, chars.n do
    if not utf.is(chars[i], "alnum") then return false end
  end
  return true
end

local TOP_LEVEL <const> = {
  com = true, net = true, int = true, edu = true, gov = true, org = true, info = true, mil = true,
}

-- Host names behind a scheme or "www.": any labels, then a top level of letters.
local function is_host(host)
  local labels, top = match(host, "^(.-)([^.]*)$")
  local is_top = find(top, "^%a+$") and #top >= 2 and #top <= 63
  if not is_top then
    local tail = match(lower(top), "^xn%-%-(.*)$")
    local size = tail and utf.len(tail) or 0
    is_top = size >= 2 and size <= 59 and is_made_of(tail, "%%")
  end
  return is_top and not find(labels, "^%.") and not find(labels, "..", 1, true) and is_made_of(labels, "%%.%-")
end

-- Host names without a scheme: known top levels only.
local function is_bare_host(host)
  local labels, top = match(host, "^(.+)%.([^.]*)$")
  if not labels or not TOP_LEVEL[lower(top)] then return false end
  for label in string.gmatch(labels .. ".", "([^.]*)%.") do
    local size = utf.len(label)
    if size < 2 or size > 63 or not is_made_of(label, "%%%-") then return false end
  end
  return true
end

-- [::1] and the like, as loosely as the reference: two groups with colons, then one to six more.
local function is_ipv6(host)
  local body = match(host, "^%[([%x:]+)%]$")
  local at = body and match(body, "^%x?%x?%x?%x?:%x?%x?%x?%x?:()")
  if not at then return false end
  local groups = 0
  while at <= #body do
    at = match(body, "^%x?%x?%x?%x?:?()", at)
    groups = groups + 1
  end
  return groups <= 6
end

local function is_ipv4(host) return find(host, "^%d%d?%d?%.%d%d?%d?%.%d%d?%d?%.%d%d?%d?$") ~= nil end

local function without_port(host) return match(host, "^(.*):%d%d?%d?%d?%d?$") or host end

local function is_url(word)
  local start = lower(sub(word, 1, 8))
  local scheme = match(start, "^https?://") or match(start, "^www%.")
  local whole = match(word, "^[^/?#]*", scheme and #scheme + 1 or 1)
  local host = without_port(whole)
  if not scheme then return is_bare_host(host) end
  if is_host(host) or scheme ~= "www." and (is_ipv4(host) or is_ipv6(host)) then return true end
  return scheme == "www." and is_bare_host(without_port(match(word, "^[^/?#]*")))
end

local function is_email(word)
  local domain = match(word, "^.+@([^@]*)$")
  local before, last = match(domain or "", "^(.+)%.([^.]*)$")
  return before ~= nil and last ~= "" and is_made_of(last, "") and is_made_of(before, ".%-")
    and not find(before, "^[.-]")
end

-- Words --------------------------------------------------------------------------------------------------------------

local function count(s, part)
  local n, at = 0, 1
  while true do
    local from, to = find(s, part, at, true)
    if not from then return n end
    n, at = n + 1, to + 1
  end
end

local function head_length(word)
  local at = 1
  while true do
    local to = match(word, "^[(<]()", at) or match(word, "^&lt;()", at)
    if not to then return at - 1 end
    at = to
  end
end

local function tail_start(word)
  local stop = #word
  while stop > 0 do
    if find(sub(word, stop, stop), "[)>.,\n]") then
      stop = stop - 1
    elseif sub(word, stop - 3, stop) == "&gt;" then
      stop = stop - 4
    else
      break
    end
  end
  return stop + 1
end

local BRACKETS <const> = { { "(", ")" }, { "<", ">" }, { "&lt;", "&gt;" } }

-- Gives closing brackets of the tail back to the middle while it has more opening ones.
local function balance(middle, tail)
  for i = 1, #BRACKETS do
    local open, close = BRACKETS[i][1], BRACKETS[i][2]
    local opened = count(middle, open)
    if opened > count(middle, close) then
      for _ = 1, math.min(opened, count(tail, close)) do
        fuel.bytes(#middle + #tail)
        local _, last = find(tail, close, 1, true)
        middle, tail = middle .. sub(tail, 1, last), sub(tail, last + 1)
      end
    end
  end
  return middle, tail
end

local function starts(s, prefix) return sub(s, 1, #prefix) == prefix end

local function linked(word, options)
  if is_url(word) then
    local shown = word
    if options.limit and compare.gt(utf.len(word), options.limit) then
      shown = sequence.slice(word, nil, options.limit, nil) .. "..."
    end
    local href = (starts(word, "https://") or starts(word, "http://")) and word or "https://" .. word
    return '<a href="' .. href .. '"' .. options.attributes .. ">" .. shown .. "</a>"
  end
  if starts(word, "mailto:") and is_email(sub(word, 8)) then
    return '<a href="' .. word .. '">' .. sub(word, 8) .. "</a>"
  end
  if find(word, "@", 1, true) and not starts(word, "www.") and not starts(word, "@") and not find(word, ":", 1, true)
    and is_email(word) then
    return '<a href="mailto:' .. word .. '">' .. word .. "</a>"
  end
  for i = 1, options.schemes.n do
    local scheme = options.schemes[i]
    if word ~= scheme and starts(word, scheme) then
      word = '<a href="' .. word .. '"' .. options.attributes .. ">" .. word .. "</a>"
    end
  end
  return word
end

local function urlize_word(word, options)
  fuel.bytes(#word * 32)
  local head = head_length(word)
  local body = sub(word, head + 1)
  local stop = tail_start(body)
  local middle, tail = balance(sub(body, 1, stop - 1), sub(body, stop))
  return sub(word, 1, head) .. linked(middle, options) .. tail
end

-- Blanks beyond ASCII, by their bytes.
local WIDE_BLANKS <const> = {
  "^\xc2[\x85\xa0]()", "^\xe1\x9a\x80()", "^\xe2\x80[\x80-\x8a\xa8\xa9\xaf]()", "^\xe2\x81\x9f()", "^\xe3\x80\x80()",
}

local function blank_end(s, at)
  local to = match(s, "^[\t-\r\x1c-\x20]()", at)
  for i = 1, to and 0 or #WIDE_BLANKS do
    to = match(s, WIDE_BLANKS[i], at)
    if to then break end
  end
  return to
end

-- The next run of blanks from a place on: its first byte, and the place behind it; past the end when there is none.
local function next_blanks(s, at)
  while true do
    local from = find(s, "[\t-\r\x1c-\x20\xc2\xe1\xe2\xe3]", at)
    if not from then return #s + 1, #s + 1 end
    local to = blank_end(s, from)
    if to then
      local more = to
      while more do to, more = more, blank_end(s, more) end
      return from, to
    end
    at = from + 1
  end
end

local function urlize(s, options)
  local out, at, n = {}, 1, 0
  fuel.bytes(#s * 16)
  while at <= #s do
    local from, to = next_blanks(s, at)
    n = n + 2
    out[n - 1] = from > at and urlize_word(sub(s, at, from - 1), options) or ""
    out[n] = sub(s, from, to - 1)
    at = to
  end
  local done = concat(out)
  fuel.bytes(#done)
  return done
end

-- Options ------------------------------------------------------------------------------------------------------------

local function is_given(v) return v ~= nil and v ~= NULL end

local function attributes_of(nofollow, target, rel)
  local set, list = { noopener = true }, {}
  if is_given(rel) then
    local words = utf.split(args.text(rel, "rel must be str, not "))
    for i = 1, words.n do set[words[i]] = true end
  end
  if nofollow ~= nil and compare.truth(nofollow) then set.nofollow = true end
  for name in next, set do list[#list + 1] = name end
  table.sort(list)
  local out = ' rel="' .. utf.escape_html(concat(list, " ")) .. '"'
  if is_given(target) and compare.truth(target) then out = out .. ' target="' .. text.escaped(target) .. '"' end
  return out
end

local function schemes_of(schemes)
  if not is_given(schemes) then return { n = 0 } end
  local list = sequence.copy(schemes)
  for i = 1, list.n do
    local scheme = args.text(list[i], "expected string or bytes-like object, got ")
    local name = match(scheme, "^(.*):/?/?$")
    if not name or utf.len(name) < 2 or not is_made_of(name, ".+%-") then
      errors.raise("FilterArgumentError", text.repr(scheme) .. " is not a valid URI scheme prefix.")
    end
    list[i] = scheme
  end
  return list
end

local SIGNATURE <const> = {
  name = "do_urlize", hidden = 2, subject = "value",
  params = { "trim_url_limit", "nofollow", "target", "rel", "extra_schemes" },
}

local function filter(v, limit, nofollow, target, rel, schemes)
  return urlize(text.escaped(v), {
    limit = is_given(limit) and limit or nil,
    attributes = attributes_of(nofollow, target, rel),
    schemes = schemes_of(schemes),
  })
end

registry.filter("urlize", SIGNATURE, filter)
registry.escaping.urlize = args.bind(SIGNATURE, function(...) return value.markup(filter(...)) end)

return registry
