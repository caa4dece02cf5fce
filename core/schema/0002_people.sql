-- People, how they are reached, and the steps that call them.

CREATE TABLE team_member (
  team_id  INTEGER NOT NULL REFERENCES team(id) ON DELETE CASCADE,
  user_id  INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  PRIMARY KEY (team_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX team_member_by_user ON team_member(user_id);

-- Gone from the lists, but named in the logs of groups. `version` counts every change of the person's rules.
ALTER TABLE user ADD COLUMN deleted_at INTEGER;
ALTER TABLE user ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
CREATE UNIQUE INDEX user_by_username ON user(username) WHERE deleted_at IS NULL;

-- An account at a destination: a Slack workspace, a Telegram bot, a mail server, a Twilio account.
CREATE TABLE provider (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  type        TEXT NOT NULL,                         -- file name of lua/channels/<type>.lua
  name        TEXT NOT NULL UNIQUE,
  position    INTEGER NOT NULL DEFAULT 0,            -- of several that carry a channel the first is taken
  is_enabled  INTEGER NOT NULL DEFAULT 1,
  settings    TEXT NOT NULL DEFAULT '{}',            -- JSON as the file's `settings` name them; secrets are sealed texts
  created_at  INTEGER NOT NULL
) STRICT;

-- Where one person is reached on one channel.
CREATE TABLE contact_method (
  id                  INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id             INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  channel             TEXT NOT NULL,                 -- sms, phone_call, slack, telegram, email, mobile_app, webhook …
  name                TEXT NOT NULL DEFAULT '',
  address             TEXT NOT NULL,                 -- JSON as the channel's `address` names it; secrets are sealed texts
  provider_id         INTEGER REFERENCES provider(id) ON DELETE SET NULL,  -- null: the first that carries the channel
  second_provider_id  INTEGER REFERENCES provider(id) ON DELETE SET NULL,  -- when the first cannot
  verified_at         INTEGER,                       -- a code was entered or a test arrived
  is_enabled          INTEGER NOT NULL DEFAULT 1,
  failed_at           INTEGER,                       -- the last attempt failed for good: this person cannot be reached here
  failure             TEXT,
  created_at          INTEGER NOT NULL
) STRICT;
CREATE INDEX contact_method_by_user ON contact_method(user_id, channel);

-- A code that was sent there to learn whose it is; keyed digest over method, address and code.
CREATE TABLE contact_code (
  contact_method_id  INTEGER PRIMARY KEY REFERENCES contact_method(id) ON DELETE CASCADE,
  digest             TEXT NOT NULL,
  expires_at         INTEGER NOT NULL,
  tries              INTEGER NOT NULL DEFAULT 0
) STRICT;

-- A step of a person's own list: wait, or notify by a channel.
CREATE TABLE notification_rule (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id            INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  is_important       INTEGER NOT NULL DEFAULT 0,
  position           INTEGER NOT NULL,
  channel            TEXT,                           -- null: wait
  wait_ms            INTEGER,
  contact_method_id  INTEGER REFERENCES contact_method(id) ON DELETE SET NULL -- null: the person's first on the channel
) STRICT;
CREATE INDEX notification_rule_by_user ON notification_rule(user_id, is_important, position);

-- A list of people that a chat knows by a handle (Slack: @oncall).
CREATE TABLE user_group (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  provider_id  INTEGER REFERENCES provider(id) ON DELETE CASCADE,
  external_id  TEXT NOT NULL,
  name         TEXT NOT NULL,
  handle       TEXT NOT NULL,
  seen_at      INTEGER,                              -- the look at the provider's list that showed it last
  UNIQUE (provider_id, external_id)
) STRICT;
CREATE TABLE user_group_member (
  user_group_id  INTEGER NOT NULL REFERENCES user_group(id) ON DELETE CASCADE,
  user_id        INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  PRIMARY KEY (user_group_id, user_id)
) STRICT, WITHOUT ROWID;

-- A room that a chat knows: Slack channels by id and name.
CREATE TABLE chat_channel (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  provider_id  INTEGER REFERENCES provider(id) ON DELETE CASCADE,
  external_id  TEXT NOT NULL,
  name         TEXT NOT NULL,
  seen_at      INTEGER,
  UNIQUE (provider_id, external_id)
) STRICT;
CREATE TABLE chat_channel_member (
  chat_channel_id  INTEGER NOT NULL REFERENCES chat_channel(id) ON DELETE CASCADE,
  user_id          INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  PRIMARY KEY (chat_channel_id, user_id)
) STRICT, WITHOUT ROWID;

-- What a provider is asked regularly: updates (what people did), rooms, groups, "members <room>".
CREATE TABLE chore (
  provider_id  INTEGER NOT NULL REFERENCES provider(id) ON DELETE CASCADE,
  kind         TEXT NOT NULL,
  next_at      INTEGER,                              -- null: at once
  cursor       TEXT,                                 -- where to go on: JSON of lua/api/chores.lua; null: from the beginning
  synced_at    INTEGER,                              -- the last look that saw all of it
  failed_at    INTEGER,                              -- the last one failed; null: it did not
  failure      TEXT,
  PRIMARY KEY (provider_id, kind)
) STRICT, WITHOUT ROWID;

-- `version` counts every change of the chain or its steps: running escalations keep the steps they began with.
ALTER TABLE escalation_chain ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

CREATE TABLE escalation_step (
  id                   INTEGER PRIMARY KEY AUTOINCREMENT,
  escalation_chain_id  INTEGER NOT NULL REFERENCES escalation_chain(id) ON DELETE CASCADE,
  position             INTEGER NOT NULL,
  type                 TEXT,                         -- the public names (wait, notify_persons …); null: not configured yet
  is_important         INTEGER NOT NULL DEFAULT 0,
  wait_ms              INTEGER,
  users                TEXT NOT NULL DEFAULT '[]',   -- JSON: ids of user
  last_user            INTEGER NOT NULL DEFAULT 0,   -- notify_person_next_each_time: the user who was called last
  schedule_id          INTEGER,                      -- no foreign keys: what is gone becomes a visible failure of the step
  team_id              INTEGER,
  user_group_id        INTEGER,
  webhook_id           INTEGER,
  from_time            TEXT,                         -- HH:MM:SS, UTC
  to_time              TEXT,
  num_alerts           INTEGER,
  num_minutes          INTEGER
) STRICT;
CREATE INDEX escalation_step_by_chain ON escalation_step(escalation_chain_id, position);
