--- What fuzzing the template engine once found: each file of spec/fuzz/findings, through the same target.
local function output_of(command)
  local pipe <const> = assert(io.popen(command .. " 2>&1"))
  local text <const> = pipe:read "a"
  return text, pipe:close()
end

local RERUN <const> = os.getenv "SPEC_BUILD" .. "/template_rerun "
local files <const> = {}
for path in output_of("ls spec/fuzz/findings/*"):gmatch "[^\n]+" do files[#files + 1] = path end

describe("a finding of the template fuzzer", function()
  it("is kept", function() assert.is_true(#files > 0) end)

  for _, path in ipairs(files) do
    it("stays mended: " .. path:match "[^/]+$", function()
      local text <const>, is_well <const> = output_of(RERUN .. path)
      assert.is_true(is_well, text)
    end)
  end

  it("would be noticed", function()
    local path <const> = os.tmpname()
    local file <const> = assert(io.open(path, "w"))
    -- As if the words were the engine's own: they are put together where the target does not see them.
    file:write "@{{ 'attempt' ~ ' to index a nil value' }}"
    file:close()
    local text <const>, is_well <const> = output_of(RERUN .. path)
    os.remove(path)
    assert.is_nil(is_well)
    assert.is_truthy(text:find("attempt to", 1, true), text)
  end)
end)
