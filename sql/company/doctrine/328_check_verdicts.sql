-- Why: a check may be made again, and who checks again may not overwrite what was found.

-- What counts of all verdicts on one check of a batch: the earliest failure, the most severe first; else the last pass.
CREATE OR REPLACE VIEW company.check_verdicts AS
SELECT c.id, c.batch_id, c.check_name, c.severity, c.is_ok, c.looked_at, c.failed, c.detail, c.checked_by, c.checked_at,
  r.released_by, r.released_at, r.reason AS released_because
FROM company.batch_checks c LEFT JOIN company.check_releases r ON r.check_id = c.id
-- The first in this order, asked of each by itself: DISTINCT ON would put every check of all years in order for a query
-- that joins a few batches.
WHERE NOT EXISTS (
  SELECT FROM company.batch_checks o
  WHERE o.batch_id = c.batch_id AND o.check_name = c.check_name AND o.id <> c.id
    AND (o.is_ok, array_position(ARRAY['hold', 'quarantine', 'warn'], o.severity), CASE WHEN o.is_ok THEN -o.id
      ELSE o.id END)
      < (c.is_ok, array_position(ARRAY['hold', 'quarantine', 'warn'], c.severity), CASE WHEN c.is_ok THEN -c.id
        ELSE c.id END));
GRANT SELECT ON company.check_verdicts TO @staff@;
