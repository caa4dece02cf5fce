-- Alertmanager as a target: who tells of a problem until when, and silences by matchers.

-- Of an open group: until when each of its senders said that it fires. Its word that it is over takes the row away.
CREATE TABLE firing_until (
  alert_group_id  INTEGER NOT NULL,
  sender          INTEGER NOT NULL,                   -- keyed hash of what tells senders apart
  until_at        INTEGER NOT NULL,
  PRIMARY KEY (alert_group_id, sender)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER firing_until_goes AFTER DELETE ON alert_group BEGIN
  DELETE FROM firing_until WHERE alert_group_id = old.id;
END;

CREATE TABLE alert_silence (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid            TEXT NOT NULL UNIQUE,
  integration_id  INTEGER NOT NULL REFERENCES integration(id) ON DELETE CASCADE,
  matchers        TEXT NOT NULL,                      -- JSON: [{"name","value","isRegex","isEqual"}]
  starts_at       INTEGER NOT NULL,
  ends_at         INTEGER NOT NULL,
  created_by      TEXT NOT NULL,
  comment         TEXT NOT NULL,
  updated_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX alert_silence_by_integration ON alert_silence(integration_id, ends_at);
