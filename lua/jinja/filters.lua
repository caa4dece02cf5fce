--- The built-in filters, by name: f(value, n, args…, kwargs).
local registry <const> = require "jinja.registry"
require "jinja.filters.text"
require "jinja.filters.markup"
require "jinja.filters.number"
require "jinja.filters.sequence"
require "jinja.filters.lazy"
require "jinja.filters.order"
require "jinja.filters.wrap"
require "jinja.filters.urlize"
require "jinja.filters.pprint"

return registry.filters
