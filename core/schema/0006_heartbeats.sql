-- Heartbeats: sources that call regularly, so that their silence is noticed.

-- Every integration has one. What a beat changes is kept in memory; `last_beat_at` follows within seconds.
CREATE TABLE heartbeat (
  integration_id  INTEGER PRIMARY KEY REFERENCES integration(id) ON DELETE CASCADE,
  interval_ms     INTEGER NOT NULL DEFAULT 600000,
  is_enabled      INTEGER NOT NULL DEFAULT 1,
  text            TEXT,                               -- the operator's own words for a missing one
  state           TEXT NOT NULL DEFAULT 'inactive',   -- inactive (not armed), alive, missing
  state_at        INTEGER,
  last_beat_at    INTEGER,
  grace_until     INTEGER,                            -- granted because beats may have been lost; null: none
  grouping_id     TEXT,                               -- of the alert that told of the last silence
  alert_group_id  INTEGER                             -- the group that it is in
) STRICT;
INSERT INTO heartbeat (integration_id) SELECT id FROM integration;
CREATE TRIGGER integration_has_heartbeat AFTER INSERT ON integration BEGIN
  INSERT INTO heartbeat (integration_id) VALUES (new.id);
END;

-- What became of it: the newest 200 of each.
CREATE TABLE heartbeat_event (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  integration_id  INTEGER NOT NULL REFERENCES integration(id) ON DELETE CASCADE,
  at              INTEGER NOT NULL,
  event           TEXT NOT NULL,                      -- armed, missing, restored, grace, reset, disabled, enabled
  reason          TEXT NOT NULL,                      -- first_beat, armed_by_user, no_beat, beat, server_started, server_stood_still …
  last_beat_at    INTEGER,
  alert_group_id  INTEGER
) STRICT;
CREATE INDEX heartbeat_event_by_integration ON heartbeat_event(integration_id, id);
