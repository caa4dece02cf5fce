-- What luacheck may assume about the Lua in this tree.
std = "lua54"
max_line_length = 130
unused_args = false
files["spec"] = { std = "lua54+busted" }
files["spec/jinja/corpus_*.lua"] = { max_line_length = false } -- one template a line
exclude_files = { "build*/**", "var/**" }
files["integrations"] = { max_line_length = false } -- payloads are pasted as they came
files["spec/integrations"] = { std = "lua54+busted", max_line_length = false }
