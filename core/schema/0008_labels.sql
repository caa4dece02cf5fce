-- Labels of groups beyond those of their integration, columns of the table of groups, and groups that are not in earnest.

-- Static labels of the groups only; those of `labels` are the integration's own, and go down to its groups unless they say
-- "inherited": false.
ALTER TABLE integration ADD COLUMN static_labels TEXT NOT NULL DEFAULT '[]'; -- JSON: [{"key","value"}]

-- A demo is an alert that a person had made. Where nobody is called, escalation goes its way and the log tells who would
-- have been called.
ALTER TABLE alert_group ADD COLUMN is_demo INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert_group ADD COLUMN is_debug INTEGER NOT NULL DEFAULT 0;

-- The columns of the table of alert groups as a person has them: JSON [{"type","id","is_visible"}] in their order. The
-- columns of all, those of labels among them, are the setting alert_group_columns.
CREATE TABLE alert_group_columns (
  user_id  INTEGER PRIMARY KEY REFERENCES user(id) ON DELETE CASCADE,
  columns  TEXT NOT NULL
) STRICT;
