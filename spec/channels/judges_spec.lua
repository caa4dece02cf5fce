--- What independent programs make of our mails and push messages: Python's email and cryptography.
require "tocsin.core"
local channel = require "channel"
local channel_examples = require "channel_examples"
local crypto = require "tocsin.crypto"
local json = require "tocsin.json"

local function write(text)
  local name = os.tmpname()
  local file <close> = assert(io.open(name, "wb"))
  file:write(text)
  return name
end

-- What the program prints for lines of JSON.
local function judge(program, lines)
  local script, input = write(program), write(table.concat(lines, "\n") .. "\n")
  local pipe <close> = assert(io.popen(("/usr/bin/python3 -I -W ignore %s < %s 2>&1"):format(script, input)))
  local said, out = pipe:read("a"), {}
  os.remove(script)
  os.remove(input)
  for line in said:gmatch "[^\n]+" do out[#out + 1] = assert(json.decode(line), said) end
  return out
end

local TITLES <const> = { "Disk of db-1 is full", "Straße 一二三 🚒 " .. ("é"):rep(300), "a\r\nBcc: evil@example.org\r\n\r\nX", "=?UTF-8?B?eA==?=", "\xff\0\xfe", ("long "):rep(90) }

describe("a mail", function()
  it("is read by Python's email without a defect, as it was meant", function()
    local program = [[
import sys, json, base64, email, email.policy
for line in sys.stdin:
    m = email.message_from_bytes(base64.b64decode(json.loads(line)), policy=email.policy.SMTP)
    parts = [p for p in m.walk() if not p.is_multipart()]
    defects = [str(d) for p in m.walk() for d in p.defects] + [str(d) for h in m.values() for d in getattr(h, "defects", [])]
    print(json.dumps({"subject": str(m["Subject"]), "to": [a.addr_spec for a in m["To"].addresses], "name": [a.display_name for a in m["To"].addresses], "from": str(m["From"]),
        "types": [p.get_content_type() for p in parts], "plain": parts[0].get_content(), "html": parts[1].get_content(), "defects": defects,
        "bcc": m["Bcc"], "date": m["Date"].datetime.isoformat(), "references": str(m["References"]), "auto": str(m["Auto-Submitted"])}))
]]
    local lines = {}
    for i, title in ipairs(TITLES) do
      local send = channel_examples.send("email", { text = { title = title, message = "<p>97 % &lt;b&gt; used</p>" },
        user = { name = 'Zoë "Z", <x@y.z>' }, account = { from_name = title } })
      lines[i] = json.encode(crypto.base64(channel.request("email", send).mail.data))
    end
    local read = judge(program, lines)
    assert.equal(#TITLES, #read)
    for i, mail in ipairs(read) do
      assert.same({ {}, { "ann@example.org" }, { 'Zoë "Z", <x@y.z>' }, { "text/plain", "text/html" }, json.null, "2026-01-01T00:00:00+00:00", "auto-generated" },
        { mail.defects, mail.to, mail.name, mail.types, mail.bcc, mail.date, mail.auto }, TITLES[i])
      assert.matches("^#12 ", mail.subject)
      assert.matches("97 % <b> used", mail.plain, 1, true)
      assert.matches("<p>97 % &lt;b&gt; used</p>", mail.html, 1, true)
    end
    assert.equal("#12 Disk of db-1 is full", read[1].subject)
    assert.equal("#12 " .. TITLES[2], read[2].subject)
    assert.equal("#12 a Bcc: evil@example.org X", read[3].subject)
    assert.equal("#12 =?UTF-8?B?eA==?=", read[4].subject)
  end)
end)

describe("a push message", function()
  it("is decrypted, and its sender believed, by Python's cryptography", function()
    local program = [[
import sys, json, base64, struct
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
def un(t): return base64.urlsafe_b64decode(t + "=" * (-len(t) % 4))
def point(b): return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b)
def hkdf(salt, secret, info, n): return HKDF(hashes.SHA256(), n, salt, info).derive(secret)
secret, auth = un("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), un("BTBZMqHH6r4Tts7J_aSIgg")
own = ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())
public = un("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")
for line in sys.stdin:
    m = json.loads(line)
    body = base64.b64decode(m["body"])
    salt, size, n = struct.unpack(">16sIB", body[:21])
    sender, sealed = body[21:21 + n], body[21 + n:]
    key = hkdf(auth, own.exchange(ec.ECDH(), point(sender)), b"WebPush: info\0" + public + sender, 32)
    text = AESGCM(hkdf(salt, key, b"Content-Encoding: aes128gcm\0", 16)).decrypt(hkdf(salt, key, b"Content-Encoding: nonce\0", 12), sealed, None)
    token, k = m["authorization"][len("vapid t="):].split(", k=")
    head, signature = token.rsplit(".", 1)
    raw = un(signature)
    point(un(k)).verify(utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")), head.encode(), ec.ECDSA(hashes.SHA256()))
    print(json.dumps({"title": json.loads(text[:-1])["title"], "end": text[-1], "size": len(body), "sender": base64.b64encode(sender + salt).decode()}))
]]
    local lines = {}
    for i, title in ipairs(TITLES) do
      local request = assert(channel.request("webpush", channel_examples.send("webpush", { text = { title = title, message = ("🚒"):rep(200 * i) } })))
      local authorization
      for _, header in ipairs(request.headers) do
        if header[1] == "Authorization" then authorization = header[2] end
      end
      lines[i] = json.encode { body = crypto.base64(request.body), authorization = authorization }
    end
    local read, seen = judge(program, lines), {}
    assert.equal(#TITLES, #read)
    for _, message in ipairs(read) do
      assert.equal(2, message["end"])
      assert.is_true(message.size <= 4096)
      assert.is_nil(seen[message.sender]) -- key and salt are of one message only
      seen[message.sender] = true
    end
    assert.equal("#12 Disk of db-1 is full", read[1].title)
  end)
end)
