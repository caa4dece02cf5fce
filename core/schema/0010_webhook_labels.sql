-- Labels of outgoing webhooks, as integrations have them: to find them by, and for their templates.
ALTER TABLE webhook ADD COLUMN labels TEXT NOT NULL DEFAULT '[]'; -- JSON: [{"key","value"}]
