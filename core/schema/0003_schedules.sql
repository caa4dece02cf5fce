-- Who is on call when.
--
-- Wall-clock times of shifts are TEXT "YYYY-MM-DDTHH:MM:SS" without a zone: what they mean in the shift's own zone, else
-- the schedule's, else UTC.

CREATE TABLE schedule (
  id                    INTEGER PRIMARY KEY AUTOINCREMENT,
  type                  TEXT NOT NULL,               -- web, calendar, ical
  name                  TEXT NOT NULL UNIQUE,
  team_id               INTEGER REFERENCES team(id) ON DELETE SET NULL,
  timezone              TEXT,
  ical_url_primary      TEXT,
  ical_url_overrides    TEXT,
  enable_web_overrides  INTEGER NOT NULL DEFAULT 0,
  channels              TEXT NOT NULL DEFAULT '{}',  -- JSON: {"slack": {"channel_id", "user_group_id"}, "telegram": {"id"} …}
  notify                TEXT NOT NULL DEFAULT '{}',  -- JSON: what these rooms are told (lua/schedule_rules.lua)
  export_digest         TEXT,                        -- hex SHA-256 of the token in the export's address
  version               INTEGER NOT NULL DEFAULT 1,  -- counts the changes of the row
  created_at            INTEGER NOT NULL
) STRICT;

-- The last good copy of a fetched calendar: a failed fetch leaves it and says so.
CREATE TABLE schedule_copy (
  schedule_id  INTEGER NOT NULL REFERENCES schedule(id) ON DELETE CASCADE,
  part         TEXT NOT NULL,                        -- primary, overrides
  fetched_at   INTEGER,                              -- when the copy was last known to be what the address has
  events       TEXT,                                 -- JSON: what the copy says about the time around its last reading, so
                                                     -- that the commit thread need not read calendars (engine/ical.h)
  events_from  INTEGER,
  events_to    INTEGER,
  tried_at     INTEGER,                              -- null: it is to be fetched now
  error        TEXT,                                 -- of the last try; null: it succeeded
  etag         TEXT,                                 -- of the copy, as is the next: to ask whether it has changed
  modified     TEXT,
  ical         TEXT,
  PRIMARY KEY (schedule_id, part)
) STRICT;

CREATE TABLE shift (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  type            TEXT NOT NULL,                     -- single_event, recurrent_event, rolling_users, override
  name            TEXT NOT NULL,
  team_id         INTEGER REFERENCES team(id) ON DELETE SET NULL,
  schedule_id     INTEGER REFERENCES schedule(id) ON DELETE CASCADE, -- of a web schedule; others link by schedule_shift
  timezone        TEXT,
  level           INTEGER NOT NULL DEFAULT 0,
  start_time      TEXT NOT NULL,
  duration_ms     INTEGER NOT NULL,
  rotation_start  TEXT NOT NULL,
  frequency       TEXT,                              -- hourly, daily, weekly, monthly
  interval        INTEGER,
  until_time      TEXT,
  week_start      TEXT NOT NULL DEFAULT 'MO',
  by_day          TEXT,                              -- JSON: ["MO", …]
  by_month        TEXT,                              -- JSON: [1, …]
  by_monthday     TEXT,                              -- JSON: [1, -1, …]
  users           TEXT NOT NULL DEFAULT '[]',        -- JSON: ids of user
  rolling_users   TEXT NOT NULL DEFAULT '[]',        -- JSON: lists of ids of user
  start_index     INTEGER NOT NULL DEFAULT 0,        -- the list of rolling_users that begins
  source          TEXT NOT NULL DEFAULT 'api',       -- web, api, terraform
  successor_id    INTEGER REFERENCES shift(id) ON DELETE SET NULL, -- an edited web rotation goes on as another shift
  version         INTEGER NOT NULL DEFAULT 1,        -- counts the changes of the row
  created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX shift_by_schedule ON shift(schedule_id) WHERE schedule_id IS NOT NULL;

CREATE TABLE schedule_shift (
  schedule_id  INTEGER NOT NULL REFERENCES schedule(id) ON DELETE CASCADE,
  shift_id     INTEGER NOT NULL REFERENCES shift(id) ON DELETE CASCADE,
  PRIMARY KEY (schedule_id, shift_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX schedule_shift_by_shift ON schedule_shift(shift_id);

CREATE TABLE shift_swap (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  schedule_id     INTEGER NOT NULL REFERENCES schedule(id) ON DELETE CASCADE,
  swap_start_at   INTEGER NOT NULL,
  swap_end_at     INTEGER NOT NULL,
  beneficiary_id  INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  benefactor_id   INTEGER REFERENCES user(id) ON DELETE SET NULL,
  description     TEXT NOT NULL DEFAULT '',
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  deleted_at      INTEGER,
  told            TEXT,                              -- what people were told: open, taken, withdrawn; null: nothing yet
  told_at         INTEGER,
  version         INTEGER NOT NULL DEFAULT 1         -- counts the changes of the row
) STRICT;
CREATE INDEX shift_swap_by_schedule ON shift_swap(schedule_id, swap_end_at);

-- What is known of a schedule, so that a difference can be told of (lua/watch/).
CREATE TABLE schedule_watch (
  schedule_id  INTEGER PRIMARY KEY REFERENCES schedule(id) ON DELETE CASCADE,
  on_call      TEXT NOT NULL,                        -- JSON: ids of user, rising
  warnings     TEXT NOT NULL,                        -- JSON: what is wrong ahead (lua/schedule_warnings.lua)
  members      TEXT,                                 -- of the user group that follows, as it was told: "S0614TZR7: 1 2"
  looked_at    INTEGER NOT NULL,
  report_at    INTEGER,                              -- when all warnings are told again
  next_at      INTEGER NOT NULL                      -- when it is to be looked at again
) STRICT;

-- What the readers of an exported calendar were told, so that it can be taken back (lua/export_memory.lua).
CREATE TABLE export_told (
  object     TEXT NOT NULL,                          -- schedule, user
  object_id  INTEGER NOT NULL,
  events     TEXT NOT NULL,                          -- JSON
  PRIMARY KEY (object, object_id)
) STRICT;

-- Hex SHA-256 of the token in the address of a person's own calendar.
ALTER TABLE user ADD COLUMN export_digest TEXT;
