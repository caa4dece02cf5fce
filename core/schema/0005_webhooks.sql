-- Outgoing webhooks and what came back.

CREATE TABLE webhook (
  id                    INTEGER PRIMARY KEY AUTOINCREMENT,
  name                  TEXT NOT NULL,
  is_enabled            INTEGER NOT NULL DEFAULT 1,
  team_id               INTEGER REFERENCES team(id) ON DELETE SET NULL,
  user_id               INTEGER REFERENCES user(id) ON DELETE SET NULL,
  trigger_type          TEXT NOT NULL,
  preset                TEXT,
  http_method           TEXT NOT NULL DEFAULT 'POST',
  url                   TEXT,                        -- templates, as are the three below
  headers               TEXT,
  data                  TEXT,
  trigger_template      TEXT,
  forward_all           INTEGER NOT NULL DEFAULT 1,
  integration_filter    TEXT NOT NULL DEFAULT '[]',  -- JSON: ids of integration; empty: all
  username              TEXT,
  password              TEXT,                        -- sealed
  authorization_header  TEXT,                        -- sealed
  signing_secret        TEXT,                        -- sealed
  created_at            INTEGER NOT NULL,
  deleted_at            INTEGER
) STRICT;
CREATE UNIQUE INDEX webhook_by_name ON webhook(name) WHERE deleted_at IS NULL;

CREATE TABLE webhook_response (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  webhook_id       INTEGER NOT NULL REFERENCES webhook(id) ON DELETE CASCADE,
  alert_group_id   INTEGER,
  notification_id  INTEGER,
  trigger_type     TEXT NOT NULL,
  at               INTEGER NOT NULL,
  url              TEXT,
  request_headers  TEXT,                             -- secrets masked
  request_data     TEXT,
  trigger_result   TEXT,
  status           INTEGER,
  content          TEXT,
  latency_ms       INTEGER,
  error            TEXT,
  event_data       TEXT
) STRICT;
CREATE INDEX webhook_response_by_webhook ON webhook_response(webhook_id, at);
CREATE INDEX webhook_response_by_group ON webhook_response(alert_group_id, webhook_id);
