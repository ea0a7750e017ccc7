-- Why: a customer names a vendor in words of its own. Every spelling that a source ever used is kept with its key, so
-- that a choice finds all spellings of a name without a look at every row.

CREATE TABLE company.names (
  kind text NOT NULL,
  spelling text NOT NULL,
  key text,
  PRIMARY KEY (kind, spelling)
);
COMMENT ON COLUMN company.names.key IS 'what the spellings of a name share; null when it names nobody (n/a)';
-- Asked by company.spellings_of.
CREATE INDEX names_by_key ON company.names (kind, key);
