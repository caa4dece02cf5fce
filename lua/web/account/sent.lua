--- What was sent to a page about accounts: a form, or the same fields as JSON of a program.
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local texts <const> = require "web.texts"

local sent <const> = {}

local BODY_MAX <const> = 32768

---The fields by name, or nil and the answer that refuses them.
function sent.read(request)
  if #request.body > BODY_MAX then return nil, page.failed(request, 413, texts.errors.not_done, texts.sent.too_much) end
  if not request.is_json then return form.read(request) end
  local value <const> = json.decode(request.body)
  if type(value) ~= "table" or getmetatable(value) == json.array_mt then
    return nil, page.failed(request, 400, texts.errors.not_done, texts.sent.no_object)
  end
  return value
end

return sent
