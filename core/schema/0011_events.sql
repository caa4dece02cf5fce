-- Which groups changed without an alert that tells of it, in order: where a listener that was away goes on. The rows of
-- `alert` tell of the rest. The last 20,000 are kept.
CREATE TABLE group_change (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  alert_group_id  INTEGER NOT NULL,                   -- may be gone
  integration_id  INTEGER NOT NULL
) STRICT;
