--- Runs calls in a real script (core/script/script.h) through build/script_test, with modules given as text.
local json = require "tocsin.json"

local script_process = {}

local function write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  file:write(text)
end

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

--- Makes the modules (name → source) in a folder of their own, sends the requests to one process, and returns its
--- answers. A request: {module=, "function"=, args=, fuel=, memory=, results=}. `options`: memory (the state's cap),
--- tree (a checkout that the modules join: its lua/ files are copied), secrets (a folder with a secret.key).
function script_process.run(modules, requests, options)
  options = options or {}
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir -p " .. folder .. "/lua"))
  if options.tree then assert(os.execute(("cp -r %s/lua %s/"):format(quote(options.tree), folder))) end
  for name, source in pairs(modules) do write(("%s/lua/%s.lua"):format(folder, name), source) end
  local lines = {}
  for i, request in ipairs(requests) do lines[i] = assert(json.encode(request)) .. "\n" end
  write(folder .. "/requests", table.concat(lines))
  local pipe = assert(io.popen(("%s/script_test --lua %s --memory %d %s < %s/requests"):format(
    quote(os.getenv "SPEC_BUILD"), folder, options.memory or 0, options.secrets and "--secrets " .. quote(options.secrets) or "", folder)))
  local answers = {}
  for line in pipe:lines() do answers[#answers + 1] = assert(json.decode(line)) end
  assert(pipe:close(), "script_test failed")
  assert(os.execute("rm -r " .. folder))
  return answers
end

--- A request in short: call("t", "f", {args}, fuel, memory).
function script_process.call(module, name, args, fuel, memory)
  return { module = module, ["function"] = name, args = json.array(args or {}), fuel = fuel or 0,
    memory = memory or 0, results = 4 }
end

return script_process
