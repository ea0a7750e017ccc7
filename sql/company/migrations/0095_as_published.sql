-- Why: a beat compared ten thousand records with ten thousand deployed schedules to find the one that differs. Whether they agree changes
-- only when one of the two does, so it is noted then; doctrine 041 keeps it.

ALTER TABLE company.roster ADD COLUMN is_deployed_as_published boolean NOT NULL DEFAULT false;
UPDATE company.roster r SET is_deployed_as_published = true
FROM company.schedules s
WHERE s.schedule = r.role AND s.gone_at IS NULL AND s.state = 'ENABLED' AND s.unreadable IS NULL
  AND (s.expression, s.timezone) = (r.schedule_expression, r.schedule_timezone);
-- heartbeat asks this one at every beat.
CREATE INDEX roster_not_as_published ON company.roster (role) WHERE NOT is_deployed_as_published AND schedule_expression IS NOT NULL;
