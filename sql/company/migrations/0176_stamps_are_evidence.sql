-- Why: a stamp of the year to come once stopped every later edition, and hid that the source was stale. What a document
-- says of its own time is kept beside the moment for which it counts, and the same bytes may count again later.

-- The stamp that the document itself bears, where it is believed.
ALTER TABLE company.raw_documents ADD COLUMN stated_at timestamptz;
UPDATE company.raw_documents SET stated_at = edition_at WHERE edition_at <= fetched_at + interval '10 minutes';
UPDATE company.raw_documents SET edition_at = fetched_at WHERE edition_at > fetched_at + interval '10 minutes';
UPDATE company.batches SET edition_at = staged_at WHERE edition_at > staged_at + interval '10 minutes';

-- A publisher that goes back to earlier bytes publishes an edition: the same bytes, with a later mark.
ALTER TABLE company.raw_documents DROP CONSTRAINT bytes_are_kept_once;
ALTER TABLE company.raw_documents ADD CONSTRAINT bytes_are_kept_once_for_a_moment
  UNIQUE NULLS NOT DISTINCT (source, sha256, fetched_by, edition_at);

-- Doctrine makes it anew, with the stated stamp as its last argument.
DROP FUNCTION IF EXISTS company.record_raw(
  text, text, text, text, integer, integer, jsonb, timestamptz, text, text, bigint
);
