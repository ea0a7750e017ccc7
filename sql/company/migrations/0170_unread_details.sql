-- Why: a row is taken without an optional value that cannot be read. How often that happened, and in which field, is
-- kept with the batch, so that a field that became unreadable is seen before somebody misses its values.

-- {field: {"count": how many values, "first": the first of them}}
ALTER TABLE company.batches ADD COLUMN unread jsonb NOT NULL DEFAULT '{}'
  CONSTRAINT unread_details_are_counted_by_field CHECK (jsonb_typeof(unread) = 'object');

-- Doctrine makes it anew, with the details as its third argument.
DROP FUNCTION IF EXISTS company.seal_batch(bigint, integer);
