-- What luacheck may assume about the Lua in this tree.
std = "lua54"
max_line_length = 130
unused_args = false
files["spec"] = { std = "lua54+busted", max_line_length = 180 } -- a request or a payload stands on one line
files["spec/differential/corpus"] = { max_line_length = false, ignore = { "613" } } -- one template a line, blanks and all
exclude_files = { "build*/**", "var/**" }
files["lua/web/texts"] = { max_line_length = 180 } -- a sentence stands on one line
files["lua/channels"] = { max_line_length = false } -- examples are pasted
files["integrations"] = { max_line_length = false, -- payloads are pasted as they came
  read_globals = { "json", string = { other_fields = true } } } -- what lua/sandbox_env.lua gives to functions
files["spec/integrations"] = { std = "lua54+busted", max_line_length = false }
files["spec/support/generator"] = { max_line_length = false } -- what is chosen from stands on one line
files["spec/bench/template_cases.lua"] = { max_line_length = false } -- payloads are pasted as they came
files["spec/bench/*.wrk.lua"] = { globals = { "setup", "init", "request", "done", "delay", "wrk" }, read_globals = { "thread_id" } } -- wrk's own
