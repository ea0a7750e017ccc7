-- Why: an edition may say how many entries it has, and a whole list may come in a stream of changes. Both are facts of
-- the batch: a count that does not fit is held, and what a whole list says replaces what an hour left wrong.

ALTER TABLE company.batches
  -- null: the edition does not say, or cannot be read
  ADD COLUMN rows_stated bigint,
  ADD COLUMN is_whole boolean NOT NULL DEFAULT false;

-- Doctrine makes them anew, with these facts as their last arguments.
DROP FUNCTION IF EXISTS company.open_batch(text, bigint, timestamptz, text, bigint);
DROP FUNCTION IF EXISTS company.seal_batch(bigint, integer, jsonb);
