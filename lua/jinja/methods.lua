--- The methods of every built-in type: loading this file fills the types' tables.
require "jinja.methods.str"
require "jinja.methods.list"
require "jinja.methods.dict"
require "jinja.methods.number"

return {}
