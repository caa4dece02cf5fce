--- Pages as a browser without scripts has them: asked for in process, their forms read and sent.
local engine <const> = require "tocsin.engine"
local world <const> = require "world"

local pages <const> = {}
pages.__index = pages

--- A core, and somebody who looks at its pages. `options`: those of world.open, or `world`, one that is open.
function pages.open(options)
  return setmetatable({ world = options and options.world or world.open(options) }, pages)
end

function pages:close() self.world:close() end

--- status, text, headers as one text
function pages:ask(method, path, headers, body)
  local status, text, _, more = engine.request(self.world.core, method, path, headers or { authorization = self.world.client.token }, body)
  if text:find("built-in method", 1, true) then error(path .. " shows a method instead of a text", 2) end
  return status, text, more
end

--- A page that must be there → its text
function pages:get(path)
  local status, text = self:ask("GET", path)
  if status ~= 200 then error(path .. ": " .. status .. " " .. text, 2) end
  return text
end

local function encoded(text)
  return (string.gsub(text, "[^%w_.~-]", function(c) return string.format("%%%02X", string.byte(c)) end))
end

--- A form sent → status, text, where it leads. `fields`: a list of {name, value}.
function pages:post(path, fields)
  local parts = {}
  for i, field in ipairs(fields) do parts[i] = encoded(field[1]) .. "=" .. encoded(field[2]) end
  local status, text, more = self:ask("POST", path,
    { authorization = self.world.client.token, ["content-type"] = "application/x-www-form-urlencoded" }, table.concat(parts, "&"))
  return status, text, more and string.match(more, "Location: ([^\r]*)")
end

--- The paths of the groups that a page links to, in order.
function pages.links(text)
  local list = {}
  for path in string.gmatch(text, 'href="(/alert%-groups/I%w+)"') do list[#list + 1] = path end
  return list
end

--- The words of a page: no tags, no more than one space.
function pages.words(text)
  text = string.gsub(string.gsub(text, "<head.-</head>", " "), "<[^>]*>", " ")
  return (string.gsub(text, "%s+", " "))
end

return pages
