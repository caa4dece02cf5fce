-- Accounts: by what people sign in, and who is signed in.

-- JSON {"monday": [{"start","end"}, …], …}, on the clocks of the person's time zone; null: Monday to Friday, 9 to 17.
ALTER TABLE user ADD COLUMN working_hours TEXT;

-- What opens the door for a person. Without a row nobody can sign in as them.
CREATE TABLE account (
  user_id         INTEGER PRIMARY KEY REFERENCES user(id) ON DELETE CASCADE,
  password        TEXT,                               -- argon2id as libsodium writes it; null: none
  password_at     INTEGER,
  is_break_glass  INTEGER NOT NULL DEFAULT 0,         -- may sign in with the password where passwords are switched off
  totp_secret     TEXT,                               -- sealed; null: no second factor
  totp_at         INTEGER,                            -- when it was confirmed; null: it is not asked for yet
  totp_step       INTEGER NOT NULL DEFAULT 0,         -- of the newest code that was used: it and older ones are void
  oidc_issuer     TEXT,
  oidc_subject    TEXT
) STRICT;
CREATE UNIQUE INDEX account_by_subject ON account(oidc_issuer, oidc_subject) WHERE oidc_subject IS NOT NULL;

-- Instead of a code of the second factor, each once.
CREATE TABLE recovery_code (
  user_id  INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  digest   TEXT NOT NULL,                             -- keyed
  PRIMARY KEY (user_id, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  digest      TEXT NOT NULL UNIQUE,                   -- hex SHA-256 of the cookie's 32 bytes
  user_id     INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  method      TEXT NOT NULL,                          -- password, link, oidc, header
  header      TEXT,                                   -- what a proxy called the person
  created_at  INTEGER NOT NULL,
  seen_at     INTEGER NOT NULL,                       -- within some minutes
  expires_at  INTEGER NOT NULL,
  address     TEXT,
  agent       TEXT
) STRICT;
CREATE INDEX session_by_user ON session(user_id);
CREATE INDEX session_by_end ON session(expires_at);

-- Links that are good once: they act when their page is sent back, not when it is opened.
CREATE TABLE sign_in_link (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  kind        TEXT NOT NULL,                          -- first_admin, invite, reset
  user_id     INTEGER REFERENCES user(id) ON DELETE CASCADE, -- null: first_admin
  digest      TEXT NOT NULL UNIQUE,                   -- hex SHA-256 of the link's 32 bytes
  created_at  INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL,
  used_at     INTEGER
) STRICT;
CREATE INDEX sign_in_link_by_user ON sign_in_link(user_id);
