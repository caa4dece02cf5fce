-- Maintenance windows: times in which new alert groups call nobody.

-- A window covers an integration, one of its routes, or groups that have all of its labels. `start_time` and `until_time` are
-- read on the clocks of `timezone`; without a frequency there is one occurrence.
CREATE TABLE maintenance (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  name            TEXT,
  mode            TEXT NOT NULL,                      -- debug, maintenance
  integration_id  INTEGER REFERENCES integration(id) ON DELETE CASCADE,
  route_id        INTEGER REFERENCES route(id) ON DELETE CASCADE,
  labels          TEXT NOT NULL DEFAULT '[]',         -- JSON: [{"key","value"}]
  start_time      TEXT NOT NULL,                      -- YYYY-MM-DDTHH:MM:SS
  timezone        TEXT NOT NULL DEFAULT 'UTC',
  duration_ms     INTEGER NOT NULL,
  frequency       TEXT,                               -- hourly, daily, weekly, monthly; null: once
  interval        INTEGER NOT NULL DEFAULT 1,
  by_day          TEXT,                               -- JSON: ["MO", …]; null: not limited
  until_time      TEXT,                               -- no occurrence starts later; null: for ever
  resolve_at_end  INTEGER NOT NULL DEFAULT 0,         -- what it collected is resolved then, instead of released
  words           TEXT NOT NULL,                      -- JSON {"title","message"} of the group that collects
  state           TEXT NOT NULL DEFAULT 'planned',    -- planned, running, ended
  planned_at      INTEGER,                            -- when the latest occurrence was to start: the next one is later
  started_at      INTEGER,                            -- of the latest occurrence
  end_at          INTEGER,                            -- of the one that runs, or when the latest ended
  next_at         INTEGER,
  alert_group_id  INTEGER,                            -- the group that collects, or collected last
  job_at          INTEGER,                            -- a job looks at it then
  version         INTEGER NOT NULL DEFAULT 1,
  created_by      TEXT NOT NULL,
  created_by_id   INTEGER,
  created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX maintenance_by_integration ON maintenance(integration_id) WHERE state <> 'ended';

-- The window that a group was opened in, until that ends.
ALTER TABLE alert_group ADD COLUMN maintenance_id INTEGER;
CREATE INDEX alert_group_by_maintenance ON alert_group(maintenance_id, id) WHERE maintenance_id IS NOT NULL;
