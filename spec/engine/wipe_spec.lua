--- A group that is wiped or deleted: no word of its alerts stays in the database, whatever providers and webhooks said back.
local calling = require "calling"

local SECRET <const>, GONE <const> = "xyzzy4711", "This was wiped with its alert group."

describe("what a wipe", function()
  local w

  before_each(function() w = calling.open { settings = { deliver = 1 } } end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  -- "table.column" of every cell that holds the word.
  local function found()
    local out = {}
    for _, t in ipairs(w:column "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") do
      for _, c in ipairs(w:column("SELECT name FROM pragma_table_info($1)", t)) do
        local n = w:rows(('SELECT count(*) AS n FROM "%s" WHERE CAST("%s" AS TEXT) LIKE $1'):format(t, c), "%" .. SECRET .. "%")[1].n
        if n > 0 then out[#out + 1] = t .. "." .. c end
      end
    end
    return out
  end

  local function webhook(fields)
    fields.name, fields.http_method = "hook " .. #w:rows "SELECT id FROM webhook", "POST"
    fields.url = "https://tickets.example.org/{{ alert_payload.key }}"
    fields.trigger_type = fields.trigger_type or "alert group created"
    w:api(201, "POST", "webhooks/", fields)
  end

  -- A group with its word everywhere: rooms, pages and webhooks that are refused with the text they were sent.
  local function open()
    w:provider("ntfy", {})
    w:provider("telegram", { bot_token = "123:abc" })
    w:user("ada", { rules = { "ntfy", 1, "ntfy" }, addresses = { ntfy = { topic = "ada-phone" } } })
    webhook {}
    webhook { forward_all = false, data = "{{ alert_payload.key | int / 0 }}{{ alert_payload.key.nothing() }}" }
    webhook { trigger_template = "{{ alert_payload.key }}{{ 1 / 0 }}" }
    local hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } } }, { dynamic_labels = {
      { key = { name = "team" }, value = { name = "{{ payload.key }}" } } }, templates = { grouping_key = "{{ payload.key }}",
      resolve_signal = "{{ payload.key | int(base=payload.key) }}", web = { title = "{{ payload.key }}" } } })
    w:rows("UPDATE route SET channels = $1", '{"telegram":{"id":"-1001","enabled":true}}')
    w:rows "UPDATE integration SET version = version + 1"
    w:post(hook, { key = SECRET })
    return w:groups()[1].id
  end

  local function refuse(letter)
    w:answer(letter, { status = 400, headers = { ["content-type"] = "application/json" },
      body = ('{"ok":false,"error":"bad %s","description":"bad %s","error_code":400,"code":40001}'):format(SECRET, SECRET) })
  end

  for _, mode in ipairs { "wipe", "delete" } do
    it(mode == "wipe" and "leaves nothing behind" or "of everything leaves nothing behind", function()
      local id = open()
      for _, letter in ipairs(w:outgoing()) do refuse(letter) end
      w:advance(1000)
      assert.is_true(#found() > 10, table.concat(found(), " "))
      w:remove(id, mode)
      w:advance(1000)
      assert.same({}, found())
    end)

    it(mode == "wipe" and "keeps out of answers that come later" or "of everything keeps out of answers that come later", function()
      local id = open()
      local late = w:outgoing()
      assert.is_true(#late >= 3)
      w:remove(id, mode)
      for _, letter in ipairs(late) do refuse(letter) end
      w:advance(5000)
      for _, letter in ipairs(w:outgoing()) do
        assert.is_nil(letter.body:find(SECRET, 1, true))
        refuse { id = letter.id }
      end
      w:advance(1000)
      assert.same({}, found())
    end)
  end

  it("leaves: when which step was done, by whom, and that it failed", function()
    local id = open()
    for _, letter in ipairs(w:outgoing()) do refuse(letter) end
    local lines = w:log(id)
    w:remove(id, "wipe")
    local after = w:log(id)
    for i, line in ipairs(lines) do assert.equal(line, after[i]) end
    assert.same({ GONE }, w:column "SELECT DISTINCT error FROM notification WHERE kind = 'page' AND state = 'failed'")
    assert.same({ 400 }, w:column "SELECT DISTINCT status FROM delivery WHERE channel = 'ntfy'")
  end)

  it("calls off what a provider that called back still expects, which has words of its own", function()
    local id = open()
    w:rows("INSERT INTO notification (kind, alert_group_id, provider_id, channel, target, state, reason, key, due_at, created_at, " ..
      "detail) VALUES ('request', $1, 1, 'ntfy', 'x', 'waiting', 'called_back', 'k', 9000000000000000, 1, '{\"request\":\"sealed\"}')", id)
    w:remove(id, "wipe")
    local row = w:rows "SELECT state, error, detail FROM notification WHERE kind = 'request'"[1]
    assert.same({ "cancelled", GONE }, { row.state, row.error, row.detail })
  end)
end)
