-- Why: a finding that was answered, or that the owner muted, can become graver, or be about more schedules. Since when
-- it waits anew, how often it woke, and which schedules it named before they were well again.

ALTER TABLE company.findings
  ADD COLUMN urgent_since timestamptz,
  ADD COLUMN wakes integer NOT NULL DEFAULT 0 CONSTRAINT wakes_are_counted CHECK (wakes >= 0),
  ADD COLUMN named_before text[] NOT NULL DEFAULT '{}';
UPDATE company.findings SET wakes = 1 WHERE woken_at IS NOT NULL AND closed_at IS NULL;
DROP FUNCTION IF EXISTS company.wakes_due(integer);
