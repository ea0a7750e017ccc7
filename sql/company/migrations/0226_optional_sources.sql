-- Why: a source that needs its owner's address or key is off until she gives it, and what is off is neither late nor
-- stale. Which sources are optional is the product's word, in its migrations.

ALTER TABLE company.streams
  ADD COLUMN is_optional boolean NOT NULL DEFAULT false,
  ADD COLUMN off_because text CONSTRAINT what_is_off_says_why CHECK (off_because <> ''),
  ADD COLUMN switched_at timestamptz,
  ADD CONSTRAINT only_optional_sources_are_off CHECK (off_because IS NULL OR is_optional);
