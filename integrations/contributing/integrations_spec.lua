--- The integration files of this repository, one busted test each: every example as expected, nothing untested.
---
--- In CI: install busted (Debian: lua-busted), put the `tocsin` binary somewhere, and run
---   TOCSIN=/path/to/tocsin INTEGRATIONS=integrations busted spec
-- luacheck: globals describe it
local tocsin = os.getenv "TOCSIN" or "tocsin"
local folder = os.getenv "INTEGRATIONS" or "integrations"

local function quoted(text) return "'" .. string.gsub(text, "'", "'\\''") .. "'" end

-- The exit code comes as text, so that any Lua that busted runs on can tell.
local function run(command)
  local pipe = assert(io.popen(command .. " 2>&1; echo \"exit $?\""))
  local text = pipe:read "*a"
  pipe:close()
  return string.find(text, "exit 0\n$") ~= nil, text
end

describe("the integration files in " .. folder, function()
  local files = {}
  for path in io.popen("ls " .. quoted(folder)):lines() do
    if string.find(path, "%.lua$") then files[#files + 1] = folder .. "/" .. path end
  end

  it("are there", function() assert(#files > 0, "no file in " .. folder) end)

  for _, path in ipairs(files) do
    it(path .. " passes `tocsin check`", function()
      local ok, text = run(quoted(tocsin) .. " check " .. quoted(path))
      assert(ok, text)
    end)
  end
end)
