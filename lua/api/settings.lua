--- GET /settings/: what the server was started with. It is changed in its file, its environment and its flags, not here.
local json <const> = require("tocsin.json")
local port <const> = require("tocsin.port")
local writer <const> = require("api.writer")

local settings <const> = {}

local ONE <const> = { object = { { "name", "text" }, { "value", "any", about = "Secrets are asterisks." }, { "default", "any" },
  { "about", "text" } } }

settings.list = {
  about = "The settings of the server.", gives = { list = ONE },
  answer = function()
    return { status = 200, value = writer.raw(json.encode(json.array(port.call("settings", { is_all = true })))) }
  end,
}

return settings
