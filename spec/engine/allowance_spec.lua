--- Templates that take much work, where all messages of the house are made on one thread.
local allowance = require "allowance"
local calling = require "calling"
local json = require "tocsin.json"

local SECOND <const> = 1000
local HEAVY <const> = "{% for i in range(90000) %}{% endfor %}{% for i in range(90000) %}{% endfor %}heavy {{ payload.key }}" -- most of one template's budget
local LOOP <const> = "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}"

describe("what templates may spend", function()
  it("is all that they want, until they have had much; then little, until that is paid back", function()
    local stock = allowance.new(0)
    assert.equal(5000000, allowance.fuel(stock, 0, 5000000))
    allowance.spend(stock, 25000000)
    assert.equal(allowance.LEAST, allowance.fuel(stock, 0, 5000000))
    assert.equal(10001, allowance.wait_ms(stock, 0))
    assert.equal(allowance.LEAST, allowance.fuel(stock, 10000000, 5000000))
    assert.equal(0, allowance.wait_ms(stock, 10000000))
    assert.equal(2000000, allowance.fuel(stock, 11000000, 5000000))
    assert.equal(5000000, allowance.fuel(stock, 60000000, 5000000))
  end)

  it("does not refill by a clock that is set back", function()
    local stock = allowance.new(1000000)
    allowance.spend(stock, 5000000)
    assert.equal(allowance.LEAST, allowance.fuel(stock, 0, 5000000))
    assert.equal(2000000, allowance.fuel(stock, 1000000, 5000000))
  end)
end)

describe("a template that takes much work", function()
  local w

  before_each(function()
    w = calling.open { settings = { deliver = 1, allow_private_webhooks = "1" } }
    w:provider("telegram", { token = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11" })
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function titles()
    local out = {}
    for i, letter in ipairs(w:outgoing()) do
      out[i] = json.decode(letter.body).text
      w:answer(letter, { status = 200, body = [[{"ok":true,"result":{"message_id":1}}]] })
    end
    return out
  end

  it("gives its pages the group's title once it has cost the others enough, and its own again later", function()
    local names = {}
    for i = 1, 6 do
      names[i] = "u" .. i
      w:user(names[i], { rules = { "telegram" }, addresses = { telegram = { id = tostring(1000 + i) } } })
    end
    local hook = w:hook(w:chain { { type = "notify_persons", users = names } },
      { templates = { grouping_key = "{{ payload.key }}", web = { title = "plain {{ payload.key }}" }, telegram = { title = HEAVY } } })
    w:post(hook, { key = "a" })
    local heavy, plain = 0, 0
    local seen = titles()
    for _, title in ipairs(seen) do
      heavy = heavy + (title:find("heavy a", 1, true) and 1 or 0)
      plain = plain + (title:find("plain a", 1, true) and 1 or 0)
    end
    assert.equal(6, heavy + plain, table.concat(seen, "; "))
    assert.is_true(heavy >= 1 and plain >= 1, heavy .. " " .. plain)
    w:must(1, "resolve")
    w:advance(200 * SECOND)
    w:post(hook, { key = "b" })
    assert.matches("heavy b", titles()[1])
  end)

  it("of a webhook makes that webhook wait, and no other", function()
    local now = "1, 'alert group created', 'POST', "
    for id, data in pairs { LOOP, "fine" } do
      w:rows("INSERT INTO webhook (id, name, is_enabled, trigger_type, http_method, url, data, forward_all, created_at) VALUES ($1, $2, " .. now ..
        "'https://hooks.example.org/' || $1, $3, 0, 1)", id, "hook" .. id, data)
    end
    w:rows("UPDATE integration SET version = version")
    local hook = w:integration { templates = { grouping_key = "{{ payload.key }}" } }
    for i = 1, 8 do w:post(hook, { key = "k" .. i }) end
    local function states(id)
      local out = {}
      for _, row in ipairs(w:rows("SELECT state, count(*) AS n FROM notification WHERE target = $1 GROUP BY state ORDER BY state", "webhook:" .. id)) do
        out[#out + 1] = row.n .. " " .. row.state
      end
      return table.concat(out, ", ")
    end
    local fine = 0
    repeat
      local letters = w:outgoing()
      for _, letter in ipairs(letters) do
        assert.equal("https://hooks.example.org/2", letter.url)
        fine = fine + 1
        w:answer(letter, { status = 200 })
      end
    until #letters == 0
    assert.equal(8, fine)
    assert.matches("%d failed, %d waiting", states(1))
    w:advance(60 * SECOND)
    assert.equal("8 failed", states(1))
  end)
end)
