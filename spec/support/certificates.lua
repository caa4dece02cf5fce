--- Certificates for specs, made by `openssl`: each in files of its own, signed by itself.
local raw <const> = require "raw_http"

local M <const> = {}

local MAKE <const> = "openssl req -x509 -newkey %s -nodes -keyout '%s' -out '%s' -days 2 -subj /CN=%s -addext "
  .. "subjectAltName=DNS:localhost,IP:127.0.0.1 2>&1"

--- Writes <name>.pem and <name>.key into a folder → the two paths. `kind`: as `openssl req -newkey` wants it.
function M.make(folder, name, kind)
  local certificate, key = ("%s/%s.pem"):format(folder, name), ("%s/%s.key"):format(folder, name)
  local out = raw.shell(MAKE:format(kind or "ec -pkeyopt ec_paramgen_curve:P-256", key, certificate, name))
  local file = io.open(certificate)
  assert(file, out):close()
  return certificate, key
end

return M
