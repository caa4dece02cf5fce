--- The store and the commit: cases on real files, power cuts and failing calls on a simulated disk (powercut.c).
local uv <const> = require "luv"
local small_disk <const> = require "small_disk"
local powercut <const> = assert(os.getenv "SPEC_BUILD") .. "/powercut"
local long <const> = os.getenv("FAULT") == "long"

--- Runs a command; its output, and whether it ended well.
local function run(command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local output = pipe:read("a")
  return output, pipe:close() == true
end

local function folder()
  local name = os.tmpname()
  os.remove(name)
  assert(uv.fs_mkdir(name, 448)) -- rwx------
  return name
end

-- Cases that need a disk of this size around them.
local small <const> = { full_disk = "24m" }

local function run_case(name)
  local disk = small[name] and small_disk.open(small[name])
  local dir = disk and disk.folder or folder()
  local output, is_well = run(("%s case %s %s"):format(disk and disk:inside(powercut) or powercut, name, dir))
  if disk then disk:close()
  else run("rm -rf " .. dir) end
  assert.is_true(is_well, name .. ": " .. output)
end

describe("the store", function()
  local names = run(powercut .. " case list -")
  for name in names:gmatch("[%w_]+") do
    it("keeps to its manual: " .. name:gsub("_", " "), function() run_case(name) end)
  end

  it("has cases", function()
    assert.is_true(select(2, names:gsub("\n", "")) > 20)
  end)
end)

describe("power cuts", function()
  --- Runs `cuts` power cuts; the numbers of the line of results by name, and whether it ended well.
  local function cut(cuts, options)
    local output, is_well = run(("%s --cuts %d %s"):format(powercut, cuts, options or ""))
    local found = {}
    for number, name in output:gmatch("(%d+) (%a+)") do found[name] = found[name] or tonumber(number) end
    assert(found.cuts, output)
    return found, is_well
  end

  it("lose nothing that was answered and damage nothing", function()
    local found, is_well = cut(long and 20000 or 200, long and "--seed " .. os.time())
    assert.is_true(is_well, ("%d lost, %d doubled, %d torn, %d miscounted, %d corrupt"):format(found.lost, found.doubled,
      found.torn, found.miscounted, found.corrupt))
    assert.is_true(found.answered > found.cuts)
  end)

  it("would be seen to lose alerts with synchronous=NORMAL", function()
    local found, is_well = cut(200, "--synchronous normal")
    assert.is_false(is_well)
    assert.is_true(found.lost > 0)
  end)

  it("would be seen to lose alerts answered before the commit", function()
    local found, is_well = cut(200, "--early-answer")
    assert.is_false(is_well)
    assert.is_true(found.lost > 0)
  end)

  it("lose nothing either when syncs fail now and then and the process starts again", function()
    local _, is_well = cut(long and 10000 or 400, "--failing-syncs 2")
    assert.is_true(is_well)
  end)

  it("would be seen to lose alerts after a failed sync, were the files not written again", function()
    local found, is_well = cut(1000, "--failing-syncs 2 --no-heal")
    assert.is_false(is_well)
    assert.is_true(found.lost > 0)
  end)
end)

describe("every write and sync", function()
  it("may fail, once or for good, or find the disk full, without a loss", function()
    local output, is_well = run(powercut .. " faults")
    assert.is_true(is_well, output)
    assert.equal(12, select(2, output:gsub("%d+ points", "")))
  end)
end)
