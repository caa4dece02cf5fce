-- Objects that files of configuration look after (`tocsin apply`), and by which file.

CREATE TABLE managed (
  object     TEXT NOT NULL,             -- a resource: integration, user …
  object_id  INTEGER NOT NULL,
  path       TEXT NOT NULL,             -- of its file in the folder: integrations/grafana.yaml
  parts      TEXT NOT NULL DEFAULT '[]', -- JSON: lists of the object that the file holds too: ["routes"]
  PRIMARY KEY (object, object_id)
) STRICT, WITHOUT ROWID;

-- Whatever deletes an object, its mark goes with it.
CREATE TRIGGER managed_provider AFTER DELETE ON provider BEGIN
  DELETE FROM managed WHERE object = 'provider' AND object_id = OLD.id;
END;
CREATE TRIGGER managed_user AFTER UPDATE OF deleted_at ON user WHEN NEW.deleted_at IS NOT NULL BEGIN
  DELETE FROM managed WHERE object = 'user' AND object_id = OLD.id;
END;
CREATE TRIGGER managed_team AFTER DELETE ON team BEGIN
  DELETE FROM managed WHERE object = 'team' AND object_id = OLD.id;
END;
CREATE TRIGGER managed_webhook AFTER UPDATE OF deleted_at ON webhook WHEN NEW.deleted_at IS NOT NULL BEGIN
  DELETE FROM managed WHERE object = 'webhook' AND object_id = OLD.id;
END;
CREATE TRIGGER managed_on_call_shift AFTER DELETE ON shift BEGIN
  DELETE FROM managed WHERE object = 'on_call_shift' AND object_id = OLD.id;
END;
CREATE TRIGGER managed_schedule AFTER DELETE ON schedule BEGIN
  DELETE FROM managed WHERE object = 'schedule' AND object_id = OLD.id;
END;
CREATE TRIGGER managed_escalation_chain AFTER DELETE ON escalation_chain BEGIN
  DELETE FROM managed WHERE object = 'escalation_chain' AND object_id = OLD.id;
END;
CREATE TRIGGER managed_integration AFTER UPDATE OF deleted_at ON integration WHEN NEW.deleted_at IS NOT NULL BEGIN
  DELETE FROM managed WHERE object = 'integration' AND object_id = OLD.id;
END;
CREATE TRIGGER managed_maintenance_window AFTER DELETE ON maintenance BEGIN
  DELETE FROM managed WHERE object = 'maintenance_window' AND object_id = OLD.id;
END;
