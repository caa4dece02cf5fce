-- Doors: what other systems' senders need besides an integration's own token.

-- A key is a further token of an integration, for one door or one kind of sender: all of its keys share its groups.
-- No key equals the token of a live integration, nor the other way round.
CREATE TABLE integration_key (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  integration_id  INTEGER NOT NULL REFERENCES integration(id) ON DELETE CASCADE,
  name            TEXT NOT NULL,
  type            TEXT NOT NULL,                      -- generic, grafana, site24x7, prometheusAlertmanager, email
  token           TEXT NOT NULL,
  created_at      INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX integration_key_by_token ON integration_key(token);
CREATE UNIQUE INDEX integration_key_by_name ON integration_key(integration_id, lower(name));
CREATE TRIGGER integration_key_is_no_token BEFORE INSERT ON integration_key
WHEN EXISTS (SELECT 1 FROM integration WHERE token = new.token AND deleted_at IS NULL) BEGIN
  SELECT RAISE(ABORT, 'integration_key.token is the token of an integration');
END;
CREATE TRIGGER integration_token_is_no_key BEFORE INSERT ON integration
WHEN EXISTS (SELECT 1 FROM integration_key WHERE token = new.token) BEGIN
  SELECT RAISE(ABORT, 'integration.token is a key');
END;
CREATE TRIGGER integration_keys_go AFTER UPDATE OF deleted_at ON integration WHEN new.deleted_at IS NOT NULL BEGIN
  DELETE FROM integration_key WHERE integration_id = new.id;
END;
