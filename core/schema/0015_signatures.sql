-- Signed requests: what an integration's source signs, and the secret that it shares.

ALTER TABLE integration ADD COLUMN verify TEXT;         -- JSON: {"verify": {…}, "challenge": {…}} of the type's file when it was copied
ALTER TABLE integration ADD COLUMN signing_secret TEXT; -- sealed; null: nothing is checked

-- A subscription is confirmed by the core from here on.
UPDATE integration SET verify = '{"verify":{"algorithm":"sns"}}' WHERE type = 'amazon_sns';
