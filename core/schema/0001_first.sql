-- The first schema. Applied in one transaction, never edited once released.
--
-- Times are integer microseconds UTC (…_at), lengths integer milliseconds (…_ms), booleans 0 and 1. JSON is TEXT.
-- Public ids are not stored: they are a keyed permutation of `id` (core/base/ids.h).
-- Hot tables (alert_group, alert, group_log, job) have the indexes that accepting an alert needs and no others.

CREATE TABLE setting (
  name   TEXT PRIMARY KEY,
  value  TEXT NOT NULL
) STRICT;

CREATE TABLE team (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  name   TEXT NOT NULL UNIQUE,
  is_sharing_resources INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE user (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  username    TEXT NOT NULL,
  name        TEXT NOT NULL,
  email       TEXT,
  role        TEXT NOT NULL DEFAULT 'viewer',       -- none, viewer, editor, admin
  timezone    TEXT NOT NULL DEFAULT 'UTC',
  created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE api_token (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  name         TEXT NOT NULL,
  role         TEXT NOT NULL,                        -- viewer, editor, admin
  user_id      INTEGER REFERENCES user(id) ON DELETE CASCADE,
  token_key    TEXT NOT NULL,                        -- first 8 characters, to find it
  digest       TEXT NOT NULL,                        -- hex SHA-512 of the hex-decoded token
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  revoked_at   INTEGER
) STRICT;
CREATE INDEX api_token_by_key ON api_token(token_key);

CREATE TABLE escalation_chain (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  name     TEXT NOT NULL UNIQUE,
  team_id  INTEGER REFERENCES team(id) ON DELETE SET NULL
) STRICT;

-- `version` counts every change of the row or of its routes: what was rendered under another one is rendered again.
CREATE TABLE integration (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT,
  type               TEXT NOT NULL,                  -- file name of integrations/<type>.lua
  name               TEXT NOT NULL,
  description_short  TEXT,
  team_id            INTEGER REFERENCES team(id) ON DELETE SET NULL,
  token              TEXT NOT NULL,                  -- stands in `link`, so it is readable
  templates_default  TEXT NOT NULL,                  -- JSON: the copy of the file's templates at creation
  templates          TEXT NOT NULL DEFAULT '{}',     -- JSON: what was customised; null and absent mean the default
  labels             TEXT NOT NULL DEFAULT '[]',     -- JSON: static labels [{"key","value"}]
  dynamic_labels     TEXT NOT NULL DEFAULT '[]',     -- JSON: [{"key","template"}]
  labels_template    TEXT,                           -- multi-label template
  rate_limit         INTEGER NOT NULL DEFAULT 0,     -- requests in 5 minutes; 0: none
  allow_resolve      INTEGER NOT NULL DEFAULT 1,
  version            INTEGER NOT NULL DEFAULT 1,
  created_at         INTEGER NOT NULL,
  deleted_at         INTEGER
) STRICT;
-- Unique over all live integrations, whatever their type.
CREATE UNIQUE INDEX integration_by_token ON integration(token) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX integration_by_name ON integration(name, COALESCE(team_id, 0)) WHERE deleted_at IS NULL;

CREATE TABLE route (
  id                   INTEGER PRIMARY KEY AUTOINCREMENT,
  integration_id       INTEGER NOT NULL REFERENCES integration(id) ON DELETE CASCADE,
  is_default           INTEGER NOT NULL DEFAULT 0,
  position             INTEGER NOT NULL DEFAULT 0,
  routing_type         TEXT NOT NULL DEFAULT 'regex', -- regex, jinja2, labels
  routing_regex        TEXT,                          -- the term; null matches nothing
  routing_labels       TEXT,                          -- JSON: [{"key","value"}]
  escalation_chain_id  INTEGER REFERENCES escalation_chain(id) ON DELETE SET NULL,
  channels             TEXT NOT NULL DEFAULT '{}'     -- JSON: {"slack": {"channel_id", "enabled"}, …}
) STRICT;
CREATE INDEX route_by_integration ON route(integration_id, is_default, position);
CREATE UNIQUE INDEX route_default ON route(integration_id) WHERE is_default = 1;

-- One problem. `grouping_hash` is a keyed 64-bit hash of the rendered grouping id (random when there is none).
-- State is the reference's: resolved before acknowledged before silenced before firing.
CREATE TABLE alert_group (
  id               INTEGER PRIMARY KEY,               -- also the number people see: #id; never used twice
  integration_id   INTEGER NOT NULL,
  route_id         INTEGER,
  grouping_hash    INTEGER,
  grouping_id      TEXT,                              -- cut at 1,000 characters, for people
  is_open          INTEGER NOT NULL DEFAULT 1,        -- new alerts may join; 0 once resolved
  title            TEXT NOT NULL,                     -- rendered once, at opening
  labels           TEXT,                              -- JSON object, null when empty
  alerts_count     INTEGER NOT NULL DEFAULT 0,
  first_alert_id   INTEGER,
  last_alert_id    INTEGER,
  last_alert_at    INTEGER NOT NULL,
  last_payload_hash INTEGER NOT NULL DEFAULT 0,       -- keyed hash: the same bytes again are a repeat
  started_at       INTEGER NOT NULL,
  acknowledged_at  INTEGER,
  acknowledged_by  TEXT,                              -- source, user, api, timer, last_step
  acknowledged_by_id INTEGER,                         -- user when acknowledged_by is user
  resolved_at      INTEGER,
  resolved_by      TEXT,                              -- source, user, api, last_step, wiped
  resolved_by_id   INTEGER,
  silenced_at      INTEGER,
  silenced_until   INTEGER,                           -- null with silenced_at: for ever
  silenced_by_id   INTEGER,
  response_ms      INTEGER,                           -- to the first acknowledge, resolve, silence or wipe
  wiped_at         INTEGER,
  version          INTEGER NOT NULL DEFAULT 1
) STRICT;
-- Open groups in order of their ids: appended to when one opens. The look-up by hash is in memory (store/open_index).
CREATE INDEX alert_group_open ON alert_group(id, integration_id, grouping_hash) WHERE is_open = 1;
CREATE INDEX alert_group_closed ON alert_group(integration_id, grouping_hash) WHERE is_open = 0;

-- One request that was answered 2xx (several rows when split). The alerts of a group form a chain by `previous_id`,
-- newest first from alert_group.last_alert_id, so that no index is written when an alert joins.
CREATE TABLE alert (
  id              INTEGER PRIMARY KEY,                -- given by the commit thread, never used twice
  alert_group_id  INTEGER NOT NULL,
  previous_id     INTEGER,
  received_at     INTEGER NOT NULL,
  signal          INTEGER NOT NULL DEFAULT 0,         -- 1 resolve, 2 acknowledge, 4 repeat, 8 rendered in the slow lane, 16 stored without rendering
  payload         BLOB NOT NULL,                      -- the bytes as they came, content coding undone
  parsed          TEXT,                               -- JSON that templates see when the bytes are not JSON (a form, text); else null
  problems        TEXT                                -- JSON: template field -> error text; null when none
) STRICT;

-- Why is one query: every line has a reason value.
CREATE TABLE group_log (
  alert_group_id  INTEGER NOT NULL,
  seq             INTEGER NOT NULL,                   -- 1, 2, 3 … within the group
  at              INTEGER NOT NULL,
  action          TEXT NOT NULL,                      -- registered, route_assigned, acknowledged, resolved …
  reason          TEXT NOT NULL,                      -- first_alert, resolve_signal, acknowledged_by_user, timer_due …
  by              TEXT NOT NULL,                      -- source, user, api, timer, last_step, system
  by_id           INTEGER,                            -- user or token
  detail          TEXT,                               -- JSON
  PRIMARY KEY (alert_group_id, seq)
) STRICT, WITHOUT ROWID;

-- What is to be done at a moment: the two halves of the house meet here.
CREATE TABLE job (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  kind            TEXT NOT NULL,                      -- unsilence, label_index …
  due_at          INTEGER NOT NULL,
  clock           TEXT NOT NULL DEFAULT 'elapsed',    -- elapsed or wall
  priority        INTEGER NOT NULL DEFAULT 0,         -- higher first among what is due
  alert_group_id  INTEGER,
  detail          TEXT,                               -- JSON
  attempt         INTEGER NOT NULL DEFAULT 0,
  lease_until     INTEGER,
  owner           TEXT,
  epoch           INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX job_by_due ON job(due_at);
CREATE INDEX job_by_group ON job(alert_group_id) WHERE alert_group_id IS NOT NULL;

-- Filled by the job label_index, so that filtering by label is an index look-up.
CREATE TABLE label (
  key             TEXT NOT NULL,
  value           TEXT NOT NULL,
  alert_group_id  INTEGER NOT NULL,
  PRIMARY KEY (key, value, alert_group_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX label_by_group ON label(alert_group_id);

CREATE TABLE audit (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  by      TEXT NOT NULL,
  by_id   INTEGER,
  action  TEXT NOT NULL,
  object  TEXT NOT NULL,
  object_id INTEGER,
  before  TEXT,
  after   TEXT
) STRICT;
