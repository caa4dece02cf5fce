--- Into how many messages a text is cut on its way to a phone: 3GPP TS 23.038. Pure.
---
--- Letters of the basic table are 7 bits, those of its extension two of these; a text with any other letter goes as UTF-16. A
--- message holds 140 octets, and one of several six fewer.
local sms_segments <const> = {}

local BASIC <const>, EXTENDED <const> = {}, {}
for _, code in utf8.codes("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿" ..
  "abcdefghijklmnopqrstuvwxyzäöñüà") do BASIC[code] = true end
for _, code in utf8.codes "^{}\\[~]|€\f" do EXTENDED[code] = true end

local function septets(text)
  local n = 0
  for _, code in utf8.codes(text) do
    if EXTENDED[code] then n = n + 2 elseif BASIC[code] then n = n + 1 else return nil end
  end
  return n
end

local function units(text)
  local n = 0
  for _, code in utf8.codes(text) do n = n + (code > 0xFFFF and 2 or 1) end
  return n
end

---@param text string UTF-8
---@return integer segments
---@return integer length in the encoding's units
---@return "GSM-7"|"UCS-2" encoding
function sms_segments.of(text)
  local n = septets(text)
  local encoding, alone, joined = "GSM-7", 160, 153
  if not n then n, encoding, alone, joined = units(text), "UCS-2", 70, 67 end
  return n <= alone and 1 or (n + joined - 1) // joined, n, encoding
end

return sms_segments
