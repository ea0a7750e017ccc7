-- Why: a check that had failed was overwritten by a later pass, and a source went from 397 rows to 1. Verdicts are
-- added, never replaced, and what failed is released only by a decision that names it.

ALTER TABLE company.batch_checks DROP CONSTRAINT batch_checks_pkey;
ALTER TABLE company.batch_checks ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;
-- check_verdicts asks for the verdicts of one batch.
CREATE INDEX verdicts_of_a_batch ON company.batch_checks (batch_id, check_name);

CREATE TABLE company.check_releases (
  check_id bigint PRIMARY KEY REFERENCES company.batch_checks (id),
  released_by text NOT NULL,
  released_at timestamptz NOT NULL DEFAULT company.now(),
  reason text NOT NULL CONSTRAINT a_release_says_why CHECK (reason <> '')
);

INSERT INTO company.check_releases (check_id, released_by, released_at, reason)
SELECT c.id, b.decided_by, b.decided_at, coalesce(nullif(b.reason, ''), 'released before releases were kept by check')
FROM company.batches b
JOIN company.batch_checks c ON c.batch_id = b.id AND c.severity = 'hold' AND NOT c.is_ok
WHERE b.decided_by IS NOT NULL AND b.status IN ('checked', 'promoted', 'undone');
