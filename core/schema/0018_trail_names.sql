-- Who ran a command, by the name that the system knows them by: no person or token of the house stands behind it.
ALTER TABLE audit ADD COLUMN by_name TEXT;
