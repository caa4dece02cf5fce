--- The OpenAPI document of the API: valid by the judgement of others, whole, and the page that shows it.
local client = require "api_client"
local answers = require "api_answers"
local json = require "tocsin.json"

describe("the OpenAPI document", function()
  local c
  setup(function() c = client.open() end)
  teardown(function() client.close(c) end)

  -- The judgement of others, in another process.
  local function judge(list, document)
    local name = os.tmpname()
    local file <close> = assert(io.open(name, "wb"))
    file:write((json.encode { document = document or answers.document(), answers = json.array(list) }))
    file:close()
    local pipe <close> = assert(io.popen("node spec/support/openapi_judge.mjs < " .. name .. " 2>&1"))
    local said = pipe:read "a"
    os.remove(name)
    return assert(json.decode(said), said)
  end

  it("is valid by the specification, as others read it", function()
    local said = judge {}
    assert.is_true(said.valid, json.encode { said.errors })
    local broken = json.decode(assert((json.encode(answers.document()))))
    broken.paths["/api/v1/teams/"].get.responses = json.null
    assert.is_false(judge({}, broken).valid)
  end)

  it("is read by others as our own checker reads it", function()
    local hook = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook", name = "hook" })
    client.post(c, hook, [[{"a":1}]])
    local samples = {}
    local function add(schema, value) samples[#samples + 1] = { schema = "/components/schemas/" .. schema, value = value } end
    local group = client.expect(c, 200, "GET", "/api/v1/alert_groups/").results[1]
    local right = { { "Integration", hook }, { "AlertGroup", group }, { "Alert", group.last_alert }, { "Refusal", { detail = "x" } },
      { "Route", client.expect(c, 200, "GET", "/api/v1/routes/").results[1] } }
    for _, one in ipairs(right) do
      add(one[1], one[2])
      assert.is_nil(answers.check_against(one[1], one[2]))
      -- Each member in turn: away, and of another type.
      for name, value in pairs(one[2]) do
        for _, other in ipairs { false, 7, "2026-13-40", json.array { {} } } do
          local copy = {}
          for key, v in pairs(one[2]) do copy[key] = v end
          copy[name] = other or nil
          if other and type(other) ~= type(value) or not other then add(one[1], copy) end
        end
      end
    end
    local said = judge(samples)
    for i, sample in ipairs(samples) do
      local own = answers.check_against(sample.schema:match "%w+$", sample.value)
      assert.equal(said.answers[i] == json.null, own == nil, json.encode { sample, said.answers[i], own })
    end
    assert.is_true(#samples > 200)
  end)

  it("is given to everybody, as JSON", function()
    local status, document = client.request(c, "GET", "/api/v1/openapi.json", nil, {})
    assert.equal(200, status)
    assert.equal("3.1.0", document.openapi)
    assert.same({ { url = "http://tocsin.test" } }, document.servers)
  end)

  it("says of every route what it is for", function()
    local seen = {}
    for path, methods in pairs(answers.document().paths) do
      for method, operation in pairs(methods) do
        local name = method .. " " .. path
        assert.is_string(operation.summary, name)
        assert.matches("%.$", operation.summary, nil, nil, name)
        assert.is_nil(seen[operation.operationId], operation.operationId)
        seen[operation.operationId] = true
        assert.is_true(operation.description ~= nil or #operation.security == 0, name)
      end
    end
  end)

  -- Every schema, with what it is of.
  local function each_schema(node, visit, at)
    if type(node) ~= "table" then return end
    if node.type or node.anyOf or node["$ref"] then visit(node, at) end
    for key, inner in pairs(node) do each_schema(inner, visit, at .. "/" .. key) end
  end

  it("has no object without members, and no reference to nothing", function()
    local count, document = 0, answers.document()
    each_schema({ document.paths, document.components.schemas }, function(schema, at)
      count = count + 1
      local kinds = type(schema.type) == "table" and schema.type or { schema.type }
      for _, kind in ipairs(kinds) do
        if kind == "object" then
          assert.is_true(next(schema.properties or {}) ~= nil or schema.additionalProperties ~= nil, at)
        end
        if kind == "array" then assert.is_table(schema.items, at) end
      end
      local name = schema["$ref"] and schema["$ref"]:match "^#/components/schemas/(%w+)$"
      assert.is_true(not schema["$ref"] or name == nil or document.components.schemas[name] ~= nil, at)
    end, "")
    assert.is_true(count > 500)
  end)

  it("has every field of every resource", function()
    local schemas = answers.document().components.schemas
    for _, r in ipairs(require("api").resources()) do
      local name = r.name:gsub("_(%l)", string.upper):gsub("^%l", string.upper)
      for _, f in ipairs(r.fields) do
        assert.is_true(f.write_only or schemas[name].properties[f[1]] ~= nil, r.name .. "." .. f[1])
      end
    end
  end)

  it("is shown as a page without scripts", function()
    local status, page, headers = client.request(c, "GET", "/api/v1/docs/", nil, {})
    assert.equal(200, status)
    assert.matches("default%-src 'none'", headers)
    for _, words in ipairs { "/api/v1/alert_groups/{id}/acknowledge/", "escalation_chain_id", "openapi.json" } do
      assert.is_true(page:find(words, 1, true) ~= nil, words)
    end
    assert.is_nil(page:find("<script>", 1, true))
    assert.is_nil(page:find("https?://[^t]"))
  end)

  it("fails an answer that it does not describe", function()
    local function problem(text, status) return answers.problem("GET", "/api/v1/teams/?page=1", status or 200, text, "application/json") end
    local team = '{"id":"T1","grafana_id":1,"name":"x","email":null,"avatar_url":null,"members":[]'
    local function page(one) return '{"next":null,"previous":null,"results":[' .. one .. '],"count":1,"page_size":1,"current_page_number":1,"total_pages":1}' end
    local real = client.expect(c, 201, "POST", "/api/v1/teams/", { name = "db" })
    assert.is_nil(problem(page(json.encode(real))))
    for _, wrong in ipairs { team:gsub('"name":"x"', '"name":7') .. "}", team .. ',"new":1}', (team:gsub('"name":"x",', "")) .. "}", "7" } do
      assert.is_string(problem(page(wrong)), wrong)
    end
    assert.is_string(problem(page(json.encode(real)), 202))
    assert.is_string(problem("", 200))
    assert.is_string(answers.problem("GET", "/api/v1/teams/", 200, "x", "text/plain"))
  end)
end)
