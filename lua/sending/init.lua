--- What channels' files are made of, under one name: cutting, encodings, what answers mean, words, markups.
local sending <const> = {}
for _, name in ipairs { "compose", "cut", "discord", "encode", "inbound", "mail", "reply", "syntax", "web_push", "words" } do
  sending[name] = require("sending." .. name)
end
return sending
