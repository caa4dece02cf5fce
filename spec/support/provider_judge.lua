--- The fakes of spec/channels/fake as a process: a request a line comes in, what the vendor would answer goes out.
require "tocsin.core"
local crypto <const> = require "tocsin.crypto"
local json <const> = require "tocsin.json"

local fakes <const>, states <const> = {}, {}

local function know(order)
  fakes[order.know] = dofile("spec/channels/fake/" .. order.know .. ".lua")
  states[order.know] = { account = order.account, address = order.address, now = order.now }
  return {}
end

-- What the vendor's people did meanwhile: laid over the fake's state.
local function change(order)
  for key, value in pairs(order.state) do states[order.change][key] = value end
  return {}
end

local function judge(order)
  local state, request = states[order.name], order.request
  if not state then return { status = 404, headers = {}, body = "", complaints = { "nobody expects " .. order.name } } end
  state.complaints, state.fault = {}, order.fault ~= json.null and order.fault or nil
  request.body = crypto.unbase64(request.body)
  local response = fakes[order.name].handle(request, state)
  return { status = response.status, headers = response.headers or {}, body = crypto.base64(response.body or ""),
    complaints = json.array(state.complaints) }
end

for line in io.lines() do
  local order = assert(json.decode(line))
  local answer = (order.know and know or order.change and change or judge)(order)
  if not next(answer.headers or {}) then answer.headers = nil end
  io.write(json.encode(answer), "\n")
  io.flush()
end
