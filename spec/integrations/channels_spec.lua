--- Neutral Markdown on every channel, and what hostile text cannot do there.
require "tocsin.core"
local channels = require "channels"
local markdown = require "markdown"

local function convert(name, text, field) return channels[name].convert(text, field or channels[name].fields[2] and "message" or "title") end

local SAMPLE <const> = [[
# Disk
**98%** used on `/var` of *db-1*, see [the runbook](https://r.example.org/a?b=1&c=2)
second line <b> & "quotes"

- one
- two

1. first

> quoted

```
{"a": "<b>"}
```]]

describe("neutral text", function()
  it("becomes HTML on the web", function()
    assert.equal([[
<h3>Disk</h3>
<p><strong>98%</strong> used on <code>/var</code> of <em>db-1</em>, see <a href="https://r.example.org/a?b=1&amp;c=2" rel="noopener nofollow" target="_blank">the runbook</a><br>
second line &lt;b&gt; &amp; &quot;quotes&quot;</p>
<ul><li>one</li>
<li>two</li></ul>
<ol><li>first</li></ol>
<blockquote>quoted</blockquote>
<pre><code>{&quot;a&quot;: &quot;&lt;b&gt;&quot;}</code></pre>]], convert("web", SAMPLE))
    assert.equal(convert("web", SAMPLE), convert("email", SAMPLE))
  end)
  it("becomes mrkdwn in Slack", function()
    assert.equal([[
*Disk*
*98%* used on `/var` of _db-1_, see <https://r.example.org/a?b=1&amp;c=2|the runbook>
second line &lt;b&gt; &amp; "quotes"
• one
• two
1. first
> quoted
```
{"a": "&lt;b&gt;"}
```]], convert("slack", SAMPLE))
  end)
  it("becomes the tags that Telegram knows", function()
    assert.equal([[
<b>Disk</b>
<b>98%</b> used on <code>/var</code> of <i>db-1</i>, see <a href="https://r.example.org/a?b=1&amp;c=2">the runbook</a>
second line &lt;b&gt; &amp; &quot;quotes&quot;
• one
• two
1. first
<i>quoted</i>
<pre>{&quot;a&quot;: &quot;&lt;b&gt;&quot;}</pre>]], convert("telegram", SAMPLE))
  end)
  it("goes on counting after what stands between two steps", function()
    local steps <const> = "1. open\n2. paste:\n\n```\nkey\n```\n\n3. save\n4. test\n\n7) last\n- end"
    assert.equal("<ol><li>open</li>\n<li>paste:</li></ol>\n<pre><code>key</code></pre>\n" ..
      '<ol start="3"><li>save</li>\n<li>test</li></ol>\n<ol start="7"><li>last</li></ol>\n<ul><li>end</li></ul>', convert("web", steps))
    assert.equal("1. open\n2. paste:\n```\nkey\n```\n3. save\n4. test\n7. last\n• end", convert("slack", steps))
    assert.equal("1. open\n2. paste:\n<pre>key</pre>\n3. save\n4. test\n7. last\n• end", convert("telegram", steps))
    assert.equal("1. open\n2. paste:\nkey\n3. save\n4. test\n7. last\n- end", convert("mobile_app", steps))
    assert.equal("1. open\n2. paste:\n\n````\nkey\n````\n\n3. save\n4. test\n\n7. last\n\n- end", convert("mattermost", steps))
  end)
  it("becomes words in a push message", function()
    assert.equal([[
Disk
98% used on /var of db-1, see the runbook (https://r.example.org/a?b=1&c=2)
second line <b> & "quotes"
- one
- two
1. first
quoted
{"a": "<b>"}]], convert("mobile_app", SAMPLE))
  end)
  it("stays Markdown in Mattermost and Teams, with the marks of data escaped", function()
    local text = convert("mattermost", "**a** db_1 [x](https://a.b/(c)) ~x~ @all #1\n- l")
    assert.equal("**a** db\\_1 [x](https://a.b/%28c%29) \\~x\\~ @\u{200D}all \\#1\n\n- l", text)
    assert.equal(text, convert("msteams", "**a** db_1 [x](https://a.b/(c)) ~x~ @all #1\n- l"))
  end)
end)

describe("a title", function()
  it("is one line of plain text, whatever it holds", function()
    local title = "cron * * * *\n**x** <b> & db_1"
    assert.equal("cron * * * * **x** &lt;b&gt; &amp; db_1", convert("web", title, "title"))
    assert.equal("cron * * * * **x** &lt;b&gt; &amp; db_1", convert("slack", title, "title"))
    assert.equal("cron * * * * **x** <b> & db_1", convert("sms", title))
    assert.equal("cron * * * * **x** <b> & db_1", convert("email", title, "title"))
    assert.equal("cron x b & db 1", convert("phone_call", title))
  end)
  it("fits an SMS", function()
    assert.equal(160, utf8.len(convert("sms", ("é"):rep(400))))
    assert.equal(("é"):rep(160), convert("sms", ("é"):rep(160)))
  end)
  it("can be spoken", function()
    assert.equal("Instance Down: db 1.example.org port 9100", convert("phone_call", "InstanceDown: db-1.example.org:9100"))
    assert.equal("HTTP Error in shop example, see grafana.example.org", convert("phone_call", 'HTTPError in "shop_example", see https://grafana.example.org/d/1?x=2'))
  end)
end)

describe("what a person wrote for a channel", function()
  it("is sent as it is where the channel has markup", function()
    assert.equal("*<https://a.b|x>* & _y_", channels.slack.own("*<https://a.b|x>* & _y_", "message"))
    assert.equal("<b>x</b>", channels.telegram.own("<b>x</b>", "message"))
    assert.equal("**x**", channels.mattermost.own("**x**", "message"))
    assert.equal("<p><strong>x</strong> &lt;i&gt;</p>", channels.web.own("**x** <i>", "message"))
  end)
  it("loses its marks where there is none", function()
    assert.equal("#5 Disk is <full> & more", channels.sms.own("*#5* **Disk** is &lt;full&gt; &amp; <b>more</b>", "title"):gsub("%*", "") .. "")
    assert.equal("Disk full via Shop", channels.phone_call.own('<https://a.b|Disk "full"> via Shop', "title"))
    assert.equal("see here", channels.mobile_app.own("see [here](https://a.b)", "message"))
  end)
  it("that is too long for Telegram loses its tags, never half of one", function()
    local text = channels.telegram.own("<b>" .. ("x"):rep(5000) .. "</b>", "message")
    assert.is_true(utf8.len(text) <= 3500)
    assert.not_matches("<", text)
  end)
end)

describe("limits", function()
  it("cut the source, so that no mark is torn", function()
    local text = ("**word** [link](https://example.org/x) & <\n"):rep(400)
    local slack = convert("slack", text)
    assert.is_true(utf8.len(slack) <= 2800 and utf8.len(slack) > 2000)
    assert.matches("\n…$", slack)
    local _, opened = slack:gsub("<https://example.org/x|link>", "")
    assert.equal(select(2, slack:gsub("<", "")), opened)
    local telegram = convert("telegram", text)
    assert.is_true(utf8.len(telegram) <= 3500)
    assert.equal(select(2, telegram:gsub("<b>", "")), select(2, telegram:gsub("</b>", "")))
    assert.equal(select(2, telegram:gsub("<a ", "")), select(2, telegram:gsub("</a>", "")))
  end)
  it("close a fence that was cut", function()
    local slack = convert("slack", "```\n" .. ("x & y\n"):rep(2000) .. "```")
    assert.is_true(utf8.len(slack) <= 2800)
    assert.equal(2, select(2, slack:gsub("```", "")))
  end)
  it("hold for one endless line and for wide characters", function()
    for _, text in ipairs { ("x"):rep(40000), ("é"):rep(20000), ("&"):rep(40000), ("**é** "):rep(5000) } do
      for name, limit in pairs { slack = 2800, telegram = 3500, mattermost = 8000 } do
        local out = convert(name, text)
        assert.is_true(utf8.len(out) <= limit, name)
        assert.is_true(utf8.len(out) > 20, name)
      end
    end
  end)
end)

describe("hostile text", function()
  it("makes no tag, no script and no strange link", function()
    for _, text in ipairs {
      "<script>alert(1)</script>", "[x](javascript:alert(1))", "[x](data:text/html,x)", "<javascript:alert(1)>",
      '[x](https://a.b/"onmouseover="alert(1))', "[x](https://a.b/'><img src=x>)", "`<img src=x onerror=alert(1)>`",
      "```\n</code></pre><script>\n```", "# <img src=x>", "- <svg/onload=x>", "[<img src=x>](https://a.b)", "**<b onclick=x>**",
      "[x](JAVASCRIPT:alert(1))", "[x](//evil.example)", "[x](vbscript:x)", "https://a.b/<script>", "[x](https://)", "[a\nb](https://x.y)",
    } do
      for _, name in ipairs { "web", "email", "telegram" } do
        for tag in convert(name, text):gmatch("<(/?%w+)") do
          assert.matches("^/?[abilp]?%w*$", tag)
          assert.is_truthy(({ a = 1, b = 1, i = 1, p = 1, br = 1, ul = 1, ol = 1, li = 1, em = 1, pre = 1, code = 1, strong = 1, h3 = 1 })[tag:gsub("/", "")], tag)
        end
        assert.not_matches('href="[^h]', convert(name, text))
        assert.not_matches('" on', convert(name, text))
      end
    end
  end)
  it("mentions nobody in Slack", function()
    for _, text in ipairs { "<!channel>", "<@U012AB3CD>", "<!subteam^S1|x>", "`<!here>`", "[<!channel>](https://a.b)", "```\n<!everyone>\n```", "[x|<!channel>](https://a.b|c)" } do
      for _, field in ipairs { "title", "message" } do
        assert.not_matches("<[!@#]", convert("slack", text, field))
      end
      assert.not_matches("<[!@#]", channels.slack.plain(text))
    end
  end)
  it("takes time that grows with its length only", function()
    local rows = { "*a", "[", "`", "**a ", "[a](", "<", "`` ` ", "- ", "\\", "h", "http://a.", "[a](https://x(", "a* ", "> ", "***", "*a* b", "\n", "# ", "&", "_" }
    for _, unit in ipairs(rows) do
      local text = unit:rep(50000 // #unit)
      local from = os.clock()
      for _, name in ipairs { "web", "slack", "telegram", "mobile_app" } do convert(name, text) end
      channels.sms.own(text, "title")
      channels.phone_call.convert(text, "title")
      assert.is_true(os.clock() - from < 3, ("%q took %.1f s"):format(unit, os.clock() - from))
    end
  end)
  it("survives bytes that are no UTF-8", function()
    for _, name in ipairs(channels.names) do
      assert.is_string(convert(name, ("\xff\xfe**x** "):rep(3000)))
      assert.is_string(channels[name].own(("\xff<b>"):rep(3000), channels[name].fields[1]))
    end
  end)
end)

describe("addresses", function()
  it("are http, https or mailto", function()
    for _, url in ipairs { "https://a.b", "HTTP://a.b/c", "mailto:a@b.c" } do assert.equal(url, markdown.safe_url(url)) end
    for _, url in ipairs { "", "a.b", "javascript:x", "https://", "http:///x", "https://a b", "https://a\"b", "mailto:", "ftp://a.b", "https://" .. ("x"):rep(3000) } do
      assert.is_nil(markdown.safe_url(url))
    end
  end)
  it("in a sentence end before its punctuation", function()
    assert.matches('href="https://a.b/c"', convert("web", "see https://a.b/c."), 1, true)
    assert.matches('href="https://a.b/c"', convert("web", "(https://a.b/c)"), 1, true)
    assert.matches('href="https://a.b/c_(d)"', convert("web", "see https://a.b/c_(d), please"), 1, true)
    assert.not_matches("href", convert("web", "xhttps://a.b"))
  end)
end)

describe("marks", function()
  it("without a partner are text", function()
    for _, text in ipairs { "5 * 3 * 2", "5*3*2", "a ** b", "`x", "[x]", "[x](y", "snake_case_name", "*", "**", "2**10 and 3**2" } do
      assert.equal("<p>" .. text .. "</p>", convert("web", text))
    end
  end)
  it("may be escaped", function()
    assert.equal("<p>*x* [a](b)</p>", convert("web", "\\*x\\* \\[a](b)"))
  end)
  it("nest a little", function()
    assert.equal("<p><strong>a <em>b</em> <code>c*</code></strong></p>", convert("web", "**a *b* `c*`**"))
  end)
end)
