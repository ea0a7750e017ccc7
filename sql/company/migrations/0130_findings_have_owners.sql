-- Why: a finding was known by its fingerprint alone, so whoever took the name first stood in its writer's way.

-- Kinds of findings that this role opens, by its record; nobody else opens one of them.
ALTER TABLE company.roster ADD COLUMN findings text[] NOT NULL DEFAULT '{}';

-- Opened by functions of the database from facts, whichever role noticed them first.
ALTER TABLE company.findings ADD COLUMN by_database boolean NOT NULL DEFAULT false;
UPDATE company.findings SET by_database = true
WHERE found_by IN ('database_clock', 'any_boot', 'any_session')
  OR kind IN ('taken_back', 'instructions_in_data', 'alert_unsent');

-- open_finding asks: each finder has fingerprints of its own, and the database has its own.
DROP INDEX company.one_open_finding_per_fingerprint;
CREATE UNIQUE INDEX one_open_finding_per_fingerprint ON company.findings (fingerprint, found_by)
WHERE closed_at IS NULL AND NOT by_database;
CREATE UNIQUE INDEX one_open_finding_of_the_database ON company.findings (fingerprint)
WHERE closed_at IS NULL AND by_database;
