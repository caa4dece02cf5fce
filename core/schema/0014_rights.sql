-- Rights: what tokens may do and when they were used, and where changes came from.

ALTER TABLE api_token ADD COLUMN scopes TEXT;          -- JSON: ["read", "alerts:write", …]; null: all that its role allows
ALTER TABLE api_token ADD COLUMN last_used_at INTEGER; -- within some minutes
CREATE INDEX api_token_by_user ON api_token(user_id) WHERE revoked_at IS NULL;

ALTER TABLE audit ADD COLUMN via TEXT;                 -- token, session, command, files, system; null: before this was kept
ALTER TABLE audit ADD COLUMN token_id INTEGER;
ALTER TABLE audit ADD COLUMN session_id INTEGER;
ALTER TABLE audit ADD COLUMN address TEXT;             -- of the client, as far as a proxy told it
CREATE INDEX audit_by_object ON audit(object, object_id);

-- The trail is kept as long as the setting says, and thinned out by what is added to it.
CREATE TRIGGER audit_forgets AFTER INSERT ON audit BEGIN
  DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE id < NEW.id ORDER BY id LIMIT 10) AND
    at < NEW.at - (SELECT CAST(value AS INTEGER) * 86400000000 FROM setting WHERE name = 'audit_days' AND value <> '0');
END;
