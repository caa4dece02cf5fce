--- Small pure modules over texts: differences by line, segments of SMS, Slack's and Telegram's markup as safe HTML.
require "tocsin.core"
local line_difference <const> = require "line_difference"
local mrkdwn <const> = require "web.mrkdwn"
local safe_html <const> = require "web.safe_html"
local sms_segments <const> = require "sms_segments"

describe("differences by line", function()
  local function told(a, b)
    local out = {}
    for i, line in ipairs(line_difference.of(a, b)) do out[i] = line.mark .. line.text end
    return table.concat(out, "|")
  end

  it("keep what is the same, and tell what went before what came", function()
    assert.equal(" a|-b|+x| c", told("a\nb\nc", "a\nx\nc"))
    assert.equal("+a", told("", "a"))
    assert.equal("-a|-b", told("a\nb\n", ""))
    assert.equal(" a", told("a\n", "a"))
    assert.equal(" a|+| b", told("a\nb", "a\n\nb"))
  end)

  it("end, whatever the length", function()
    local long = string.rep("a\nb\n", 5000)
    assert.equal(20000, #line_difference.of(long, long))
  end)
end)

describe("segments of SMS", function()
  it("hold 160 letters of the basic table, 153 when there are several", function()
    assert.same({ 1, 160, "GSM-7" }, { sms_segments.of(string.rep("a", 160)) })
    assert.same({ 2, 161, "GSM-7" }, { sms_segments.of(string.rep("a", 161)) })
    assert.same({ 3, 307, "GSM-7" }, { sms_segments.of(string.rep("é", 307)) })
    assert.same({ 1, 4, "GSM-7" }, { sms_segments.of "€[" })
  end)
  it("hold 70 letters of any other writing, 67 when there are several", function()
    assert.same({ 1, 70, "UCS-2" }, { sms_segments.of(string.rep("ж", 70)) })
    assert.same({ 2, 71, "UCS-2" }, { sms_segments.of(string.rep("ж", 71)) })
    assert.same({ 1, 3, "UCS-2" }, { sms_segments.of "a😀" })
  end)
end)

describe("Slack's markup as HTML", function()
  it("marks words, links and mentions", function()
    assert.equal("<strong>a b</strong> <em>c</em> <s>d</s> <code>*e*</code>", mrkdwn.html "*a b* _c_ ~d~ `*e*`")
    assert.equal('<a href="https://a.example/x_y_z" rel="noopener nofollow" target="_blank">x &amp; y</a>', mrkdwn.html "<https://a.example/x_y_z|x &amp; y>")
    assert.equal('<strong><a href="https://a.example/" rel="noopener nofollow" target="_blank">t</a></strong>', mrkdwn.html "*<https://a.example/|t>*")
    assert.equal('<b class="mention">!channel</b>', mrkdwn.html "<!channel>")
    assert.equal("a_b_c 2*3*4", mrkdwn.html "a_b_c 2*3*4")
    assert.equal("x<pre>&lt;a&gt;\nb</pre>", mrkdwn.html "x```\n&lt;a&gt;\nb```")
    assert.equal("a<br>b", mrkdwn.html "a\nb")
  end)
  it("lets no tag and no script through", function()
    assert.equal("&lt;script&gt;alert(1)&lt;/script&gt;", mrkdwn.html "<script>alert(1)</script>")
    assert.equal("&lt;javascript:alert(1)|x&gt;", mrkdwn.html "<javascript:alert(1)|x>")
    assert.equal("&quot;onload=&#39;x&#39;", mrkdwn.html "\"onload='x'")
  end)
end)

describe("people's HTML as safe HTML", function()
  it("keeps a few tags without attributes, and closes what is open", function()
    assert.equal("<b>a</b> <i>b</i><br>c", safe_html.of "<b onclick=x>a</b> <em>b</em>\nc")
    assert.equal("<b><i>a</i></b>c", safe_html.of "<b><i>a</b>c")
    assert.equal("<b>a</b>", safe_html.of "<b>a")
    assert.equal('<a href="https://a.example/?a=1&amp;b=2" rel="noopener nofollow" target="_blank">x</a>', safe_html.of '<a href="https://a.example/?a=1&amp;b=2">x</a>')
    assert.equal("a &amp; b &lt;c&gt;", safe_html.of "a &amp; b &lt;c&gt;")
  end)
  it("lets nothing else through", function()
    assert.equal("&lt;script&gt;x&lt;/script&gt;", safe_html.of "<script>x</script>")
    assert.equal("x", safe_html.of '<a href="javascript:alert(1)">x</a>')
    assert.equal("&lt;img src=x onerror=alert(1)&gt;", safe_html.of "<img src=x onerror=alert(1)>")
    assert.equal("&lt;&lt;b&gt;&lt;/b", (safe_html.of "&lt;&lt;b&gt;</b"))
  end)
end)
