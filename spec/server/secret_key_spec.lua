--- The key of stored secrets beside the database: made once, and missed at the start (core/base/seal.h).
local server <const> = require "server"
local uv <const> = require "luv"

describe("the key file", function()
  local data, path

  before_each(function()
    data = server.folder()
    path = data .. "/secret.key"
  end)
  after_each(function() server.remove(data) end)

  local function read()
    local file <close> = assert(io.open(path, "rb"))
    return file:read("a")
  end

  local function write(text, mode)
    local file <close> = assert(io.open(path, "wb"))
    file:write(text)
    assert(uv.fs_chmod(path, mode or 384)) -- rw-------
  end

  local function start()
    local s = server.start { data = data }
    s:finish()
  end

  local function refuses(...)
    local s = server.start { data = data, may_fail = true }
    local code, log = s:stop(), table.concat(s.log, "\n")
    assert.not_equal(0, code)
    for _, words in ipairs { ... } do assert(log:find(words, 1, true), log) end
    assert.is_nil(log:find("tocsin-key:1:%w", 1), log) -- the key itself is in no line
  end

  local function mark()
    local pipe <close> = assert(io.popen(("sqlite3 %s/tocsin.db \"SELECT value FROM setting WHERE name = 'seal_mark'\""):format(data)))
    return pipe:read("l")
  end

  it("is made at the first start, for the owner alone, and kept", function()
    start()
    assert.matches("^tocsin%-key:1:[%w+/]+=\n$", read())
    assert.equal(384, uv.fs_stat(path).mode & 511)
    assert.is_nil(uv.fs_stat(path .. ".new"))
    local key, known = read(), mark()
    assert.matches("^1:%x+$", known)
    start()
    assert.equal(key, read())
    assert.equal(known, mark())
  end)

  it("stops the start when it is missing, and says the ways out", function()
    start()
    local key = read()
    assert(os.remove(path))
    refuses(path, "is missing", "backup", "DELETE FROM setting WHERE name = 'seal_mark'")
    assert.is_nil(uv.fs_stat(path))
    write(key)
    start()
    assert(os.remove(path)) -- and the way out when it is lost
    assert(os.execute(("sqlite3 %s/tocsin.db \"DELETE FROM setting WHERE name = 'seal_mark'\""):format(data)))
    start()
    assert.not_equal(key, read())
  end)

  it("stops the start when it is another database's", function()
    start()
    local key = read()
    write((key:gsub(":1:....", ":1:AAAA")))
    refuses(path, "does not hold the key that this database's secrets are sealed with")
    write(key)
    start()
  end)

  it("stops the start when it is no key file, or open to others", function()
    start()
    local key = read()
    for _, bad in ipairs { "", "\n", "hello\n", key:sub(1, -3), key .. key, key:gsub(":1:", ":0:"), key:gsub(":1:", ":x:"), ("#\n"):rep(3000),
      key .. "tocsin-key:2:\n" } do
      write(bad)
      refuses(path)
    end
    for _, mode in ipairs { 420, 388, 400, 432 } do -- rw-r--r--, rw----r--, rw--w----, rw-rw----
      write(key, mode)
      refuses("open to other users", "chmod 600 " .. path)
    end
    write(key, 416) -- rw-r-----: a group may read it, as orchestrators mount secrets
    start()
  end)

  it("may hold a newer key, which the database then remembers", function()
    start()
    local key, known = read(), mark()
    write(key .. "tocsin-key:2:" .. ("A"):rep(43) .. "=\n")
    start()
    assert.matches("^2:%x+$", mark())
    write(key)
    refuses "does not hold the key"
    assert.not_equal(known, mark())
  end)

  it("is read by commands, too", function()
    local function run()
      local pipe = assert(io.popen(("%s token create --data %s --name x 2>&1"):format(server.binary, data)))
      return pipe:read("a"), pipe:close()
    end
    local said, is_well = run()
    assert(is_well, said)
    assert(uv.fs_stat(path))
    assert(os.remove(path))
    said, is_well = run()
    assert(not is_well and said:find("is missing", 1, true), said)
  end)
end)
