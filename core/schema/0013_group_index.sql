-- Lists of alert groups by what they are filtered by, filled by the job label_index some moments after a group opens: as
-- indexes of alert_group they would be written while the alert waits. `groups_indexed_to` in `setting` is the last group
-- that stands in them; younger ones are looked through.
CREATE TABLE group_by_integration (
  integration_id  INTEGER NOT NULL,
  alert_group_id  INTEGER NOT NULL,
  PRIMARY KEY (integration_id, alert_group_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE group_by_route (
  route_id        INTEGER NOT NULL,
  alert_group_id  INTEGER NOT NULL,
  PRIMARY KEY (route_id, alert_group_id)
) STRICT, WITHOUT ROWID;

-- When the groups of a stretch of ids began: nearly in their order, but clocks are set back.
CREATE TABLE group_span (
  first_id  INTEGER PRIMARY KEY,
  last_id   INTEGER NOT NULL,
  min_at    INTEGER NOT NULL,
  max_at    INTEGER NOT NULL
) STRICT;

-- The words of titles. What a group was called is taken out by hand before its title changes or its row goes
-- (core/store/group_titles.h): triggers may not write to it.
CREATE VIRTUAL TABLE group_title USING fts5(title, content='alert_group', content_rowid='id',
  tokenize='unicode61 remove_diacritics 2');

CREATE TRIGGER alert_group_goes AFTER DELETE ON alert_group BEGIN
  DELETE FROM group_by_integration WHERE integration_id = OLD.integration_id AND alert_group_id = OLD.id;
  DELETE FROM group_by_route WHERE route_id = OLD.route_id AND alert_group_id = OLD.id;
END;

-- What state an open group is in, without a look at its row.
DROP INDEX alert_group_open;
CREATE INDEX alert_group_open ON alert_group(id, integration_id, grouping_hash, acknowledged_at, silenced_at) WHERE is_open = 1;

-- All groups are gone through again; rows of labels that are there already stay.
DELETE FROM setting WHERE name = 'labels_indexed_to';
INSERT INTO job (id, kind, due_at) VALUES (0, 'label_index', 0) ON CONFLICT DO NOTHING;
