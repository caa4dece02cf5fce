-- Calling people: running escalations, pages, and the outbox.

-- A chain's steps as they were when escalations began with them: edits change none that runs. Written once.
CREATE TABLE escalation_plan (
  id                   INTEGER PRIMARY KEY,
  escalation_chain_id  INTEGER NOT NULL,
  version              INTEGER NOT NULL,             -- of the chain
  name                 TEXT NOT NULL,
  UNIQUE (escalation_chain_id, version)
) STRICT;

CREATE TABLE plan_step (
  plan_id        INTEGER NOT NULL REFERENCES escalation_plan(id) ON DELETE CASCADE,
  position       INTEGER NOT NULL,                   -- 0, 1, 2 …
  step_id        INTEGER NOT NULL,                   -- of escalation_step, which may be gone; what follows is its copy
  type           TEXT,
  is_important   INTEGER NOT NULL,
  wait_ms        INTEGER,
  users          TEXT NOT NULL,
  schedule_id    INTEGER,
  team_id        INTEGER,
  user_group_id  INTEGER,
  webhook_id     INTEGER,
  from_time      TEXT,
  to_time        TEXT,
  num_alerts     INTEGER,
  num_minutes    INTEGER,
  PRIMARY KEY (plan_id, position)
) STRICT, WITHOUT ROWID;

-- How far a group's escalation has come; its state stands in the group.
CREATE TABLE escalation (
  alert_group_id  INTEGER PRIMARY KEY,
  plan_id         INTEGER NOT NULL,
  step            INTEGER NOT NULL DEFAULT 0,        -- the next one, from 0
  repeats         INTEGER NOT NULL DEFAULT 0,
  epoch           INTEGER NOT NULL DEFAULT 0,        -- a job of an older one is void
  started_at      INTEGER NOT NULL,
  next_at         INTEGER
) STRICT, WITHOUT ROWID;
ALTER TABLE alert_group ADD COLUMN escalation TEXT;  -- null: none; waiting, paused, stopped, finished, unanswered

-- A person is being called for a group: how far their own rules have come. Called again, they begin anew.
CREATE TABLE page (
  alert_group_id  INTEGER NOT NULL,
  user_id         INTEGER NOT NULL,
  is_important    INTEGER NOT NULL DEFAULT 0,
  is_forced       INTEGER NOT NULL DEFAULT 0,        -- directly: an acknowledge or silence from before does not stop it
  state           TEXT NOT NULL,                     -- running, finished, stopped
  rule            INTEGER NOT NULL DEFAULT -1,       -- position of the last one that was done
  epoch           INTEGER NOT NULL DEFAULT 0,        -- a job of an older one is void
  started_at      INTEGER NOT NULL,
  PRIMARY KEY (alert_group_id, user_id)
) STRICT, WITHOUT ROWID;

-- The outbox: one message to one target. Written in the transaction that decided it; at least once, with `key`.
CREATE TABLE notification (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT,
  kind               TEXT NOT NULL,                  -- page, remind, post, update, cancel, webhook, request, test, info (of schedules)
  alert_group_id     INTEGER,
  user_id            INTEGER,
  contact_method_id  INTEGER,
  provider_id        INTEGER,                        -- whose turn it is
  channel            TEXT NOT NULL,
  target             TEXT NOT NULL,                  -- its queue: one destination and address has one of its own
  is_important       INTEGER NOT NULL DEFAULT 0,
  state              TEXT NOT NULL,                  -- waiting, sending, sent, delivered, failed, cancelled
  reason             TEXT NOT NULL,                  -- why it was decided: step_due, rule_due, direct_paging …
  key                TEXT NOT NULL,                  -- idempotency key
  attempt            INTEGER NOT NULL DEFAULT 0,
  due_at             INTEGER,                        -- of the next attempt; null when there is none
  created_at         INTEGER NOT NULL,
  ended_at           INTEGER,
  external_id        TEXT,                           -- the provider's id
  carrier_id         INTEGER,                        -- the notification that carries this one: they were bundled
  error              TEXT,
  detail             TEXT                            -- JSON
) STRICT;
CREATE INDEX notification_by_queue ON notification(target, is_important, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX notification_by_group ON notification(alert_group_id) WHERE alert_group_id IS NOT NULL;
CREATE INDEX notification_by_key ON notification(key);  -- providers call back with it
CREATE INDEX notification_by_contact ON notification(contact_method_id, is_important, created_at)
  WHERE contact_method_id IS NOT NULL AND state <> 'cancelled' AND state <> 'failed';
CREATE INDEX notification_by_news ON notification(channel, due_at) WHERE kind = 'info' AND due_at IS NOT NULL;
CREATE INDEX notification_by_user ON notification(user_id, channel, created_at) WHERE user_id IS NOT NULL;

-- The first of each queue of the outbox, important messages in one of their own: a look at what is due reads these rows,
-- however many notifications wait behind them. Triggers keep them, so that no writer of a notification can forget to.
CREATE TABLE outbox_queue (
  target         TEXT NOT NULL,
  is_important   INTEGER NOT NULL,
  channel        TEXT NOT NULL,                      -- of the first, as is
  provider_id    INTEGER NOT NULL,                   -- 0: the first that carries the channel
  due_at         INTEGER NOT NULL,                   -- of the first, but not while the queue rests
  resting_until  INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (target, is_important)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_queue_by_lane ON outbox_queue(is_important, channel, provider_id, due_at);
CREATE INDEX outbox_queue_by_due ON outbox_queue(due_at);

CREATE TRIGGER notification_comes AFTER INSERT ON notification WHEN NEW.due_at IS NOT NULL BEGIN
  INSERT INTO outbox_queue (target, is_important, channel, provider_id, due_at)
    VALUES (NEW.target, NEW.is_important, NEW.channel, COALESCE(NEW.provider_id, 0), NEW.due_at)
    ON CONFLICT (target, is_important) DO UPDATE SET channel = excluded.channel, provider_id = excluded.provider_id,
      due_at = MAX(excluded.due_at, resting_until) WHERE excluded.due_at < due_at;
END;
CREATE TRIGGER notification_moves AFTER UPDATE OF due_at, provider_id ON notification
  WHEN NEW.due_at IS NOT OLD.due_at OR NEW.provider_id IS NOT OLD.provider_id BEGIN
  DELETE FROM outbox_queue WHERE target = NEW.target AND is_important = NEW.is_important AND NOT EXISTS (SELECT 1
    FROM notification AS n WHERE n.target = NEW.target AND n.is_important = NEW.is_important AND n.due_at IS NOT NULL);
  INSERT INTO outbox_queue (target, is_important, channel, provider_id, due_at)
    SELECT target, is_important, channel, COALESCE(provider_id, 0), due_at FROM notification
      WHERE target = NEW.target AND is_important = NEW.is_important AND due_at IS NOT NULL ORDER BY due_at, id LIMIT 1
    ON CONFLICT (target, is_important) DO UPDATE SET channel = excluded.channel, provider_id = excluded.provider_id,
      due_at = MAX(excluded.due_at, resting_until);
END;
CREATE TRIGGER notification_goes AFTER DELETE ON notification WHEN OLD.due_at IS NOT NULL BEGIN
  DELETE FROM outbox_queue WHERE target = OLD.target AND is_important = OLD.is_important;
  INSERT INTO outbox_queue (target, is_important, channel, provider_id, due_at)
    SELECT target, is_important, channel, COALESCE(provider_id, 0), due_at FROM notification
      WHERE target = OLD.target AND is_important = OLD.is_important AND due_at IS NOT NULL ORDER BY due_at, id LIMIT 1;
END;

-- Every attempt, and what came back.
CREATE TABLE delivery (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  notification_id  INTEGER NOT NULL,
  attempt          INTEGER NOT NULL,
  at               INTEGER NOT NULL,
  provider_id      INTEGER,
  channel          TEXT NOT NULL,
  address          TEXT NOT NULL,                    -- masked, for people
  state            TEXT NOT NULL,                    -- sent, retry, failed; answered, no_answer, busy, delivered, read …
  status           INTEGER,                          -- HTTP or SMTP
  latency_ms       INTEGER,
  external_id      TEXT,
  error            TEXT
) STRICT;
CREATE INDEX delivery_by_notification ON delivery(notification_id);
CREATE INDEX delivery_by_external_id ON delivery(external_id) WHERE external_id IS NOT NULL;

-- The one message of a group in one room, updated in place.
CREATE TABLE message (
  alert_group_id  INTEGER NOT NULL,
  channel         TEXT NOT NULL,
  target          TEXT NOT NULL,                     -- the room
  provider_id     INTEGER,
  external_id     TEXT,                              -- null: not posted yet
  thread_id       TEXT,
  shown           TEXT,                              -- what it says: state, its moment, number of alerts; differs from the group:
                                                     -- an update is due; '': not known; null: it cannot be updated
  notification_id INTEGER,                           -- the post or update that waits or is on its way
  told_seq        INTEGER,                           -- the last line of the group's log that its thread was told; null: it has none
  note_id         INTEGER,                           -- the notification that tells the next ones
  PRIMARY KEY (alert_group_id, channel, target)
) STRICT, WITHOUT ROWID;

CREATE TABLE resolution_note (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  alert_group_id  INTEGER NOT NULL,
  author_id       INTEGER,
  source          TEXT NOT NULL,                     -- web, slack, mobile_app
  text            TEXT NOT NULL,
  created_at      INTEGER NOT NULL,
  deleted_at      INTEGER
) STRICT;
CREATE INDEX resolution_note_by_group ON resolution_note(alert_group_id);

-- What is due, the most critical first, in one look however many jobs are overdue.
DROP INDEX job_by_due;
CREATE INDEX job_by_turn ON job(priority, due_at);

-- An attached group follows its root.
ALTER TABLE alert_group ADD COLUMN root_id INTEGER;
CREATE INDEX alert_group_by_root ON alert_group(root_id) WHERE root_id IS NOT NULL;

-- Sources that never say that it is over: after so long without an alert it is.
ALTER TABLE integration ADD COLUMN auto_resolve_ms INTEGER;
