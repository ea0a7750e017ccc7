-- Why: a source whose machine crashes leaves no request behind, and one whose edition waits for its checks looks fresh:
-- for 14 hours every fire of one failed, and the brief called it ok. So each source shows what stands in its way.

-- The optional values that could not be read, by batch and field: their rows were taken without them.
CREATE OR REPLACE VIEW company.unread_details AS
SELECT b.id AS batch_id, b.source, b.staged_at, d.field, (d.seen ->> 'count')::integer AS count,
  d.seen ->> 'first' AS first
FROM company.batches b, jsonb_each(b.unread) AS d (field, seen);
GRANT SELECT ON company.unread_details TO @staff@;

-- Longer than any pause between two fires of who works on a source (six hours), with an hour to do it.
CREATE OR REPLACE FUNCTION company.stuck_after() RETURNS interval
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT interval '7 hours' $$;
GRANT EXECUTE ON FUNCTION company.stuck_after() TO @staff@;

-- Who asks a source by its own schedule; workers who fetch what it missed are not meant.
CREATE OR REPLACE VIEW company.source_machines AS
SELECT s.source, r.role, r.reports_to
FROM company.streams s JOIN company.roster r ON r.role = ANY (s.writers) AND r.kind = 'machine' AND r.left_at IS NULL;
GRANT SELECT ON company.source_machines TO @staff@;

-- What failed in every fire since the source last worked, counted in three ways. Its machine reports an item of its
-- own: the source, or an edition of it.
CREATE OR REPLACE VIEW company.failing_items AS
SELECT m.source, f.found_by AS role, f.found_at AS since, f.times_seen AS times, 'fires' AS what,
  coalesce(f.evidence -> 'errors' ->> m.source, (SELECT min(e.value) FROM jsonb_each_text(f.evidence -> 'errors') AS e))
    AS reason
FROM company.findings f JOIN company.source_machines m ON m.role = f.found_by
WHERE f.kind = 'item_failed' AND f.closed_at IS NULL AND jsonb_typeof(f.evidence -> 'errors') = 'object'
  AND (f.evidence ->> 'what' = 'editions of ' || m.source
    OR (f.evidence ->> 'what' = 'sources' AND f.evidence -> 'errors' ? m.source));
GRANT SELECT ON company.failing_items TO @staff@;

-- Its machine's last fires all ended badly: it crashed, ran out of time, or did not fire. A fire in which this source
-- answered, or which failed only because of another source of the same machine, says nothing of this one.
CREATE OR REPLACE VIEW company.failing_fires AS
SELECT m.source, m.role, min(bad.due_at) AS since, count(*)::integer AS times, 'fires' AS what,
  (array_agg(coalesce(bad.reason, bad.status) ORDER BY bad.due_at DESC))[1] AS reason
FROM company.source_machines m
-- Once for each machine (OFFSET keeps it apart), not for each of its fires; what is NULL here did not happen.
CROSS JOIN LATERAL (
  SELECT m.role, greatest(
    company.now() - interval '14 days',
    (SELECT max(good.due_at) FROM company.slots good
      WHERE good.role = m.role AND good.status IN ('succeeded', 'skipped')
        AND good.due_at > company.now() - interval '14 days'),
    (SELECT max(f.at) FROM company.fetches f
      WHERE f.source = m.source AND f.by_role = m.role AND f.result NOT IN ('failed', 'blocked', 'malformed')
        AND f.at > company.now() - interval '14 days')
  ) AS at OFFSET 0
) AS worked
JOIN company.slots bad ON bad.role = worked.role AND bad.due_at > worked.at
WHERE bad.status IN ('timed_out', 'missed') OR (bad.status = 'failed' AND NOT EXISTS (
  SELECT FROM company.failing_items i WHERE i.role = m.role))
GROUP BY m.source, m.role;
GRANT SELECT ON company.failing_fires TO @staff@;

-- Its machine's last requests were all refused, failed, or brought no edition. "Not yet" is an answer; what a worker's
-- probe of a broken route meets is no news of the source.
CREATE OR REPLACE VIEW company.failing_requests AS
SELECT s.source, NULL::text AS role, min(bad.at) AS since, count(*)::integer AS times, 'requests' AS what,
  (array_agg(coalesce(bad.reason, bad.result) ORDER BY bad.id DESC))[1] AS reason
FROM company.streams s
LEFT JOIN LATERAL (
  SELECT f.at, f.id FROM company.fetches f
  WHERE f.source = s.source AND f.result NOT IN ('failed', 'blocked', 'malformed')
  ORDER BY f.at DESC, f.id DESC LIMIT 1
) good ON true
JOIN company.fetches bad ON bad.source = s.source AND bad.at >= coalesce(good.at, '-infinity')
  AND bad.id > coalesce(good.id, 0) AND bad.result IN ('failed', 'blocked', 'malformed')
JOIN company.source_machines m ON m.source = s.source AND m.role = bad.by_role
GROUP BY s.source;
GRANT SELECT ON company.failing_requests TO @staff@;

-- Editions newer than what is in force that are not: not staged, not checked, not promoted, held or refused. Where
-- editions hold changes each one counts. Check and promote have an hour before that is worth a word.
CREATE OR REPLACE VIEW company.waiting_editions AS
SELECT w.source, w.since, w.edition_at, w.batch_id, w.state, w.reason
FROM (
  SELECT d.source, d.fetched_at AS since, d.edition_at, NULL::bigint AS batch_id, 'not staged' AS state,
    NULL::text AS reason
  FROM company.raw_documents d
  WHERE d.verdict = 'new' AND NOT EXISTS (SELECT FROM company.batches b WHERE b.raw_id = d.id)
  UNION ALL
  SELECT b.source, coalesce(b.decided_at, b.staged_at), b.edition_at, b.id,
    CASE b.status WHEN 'staged' THEN 'not checked' WHEN 'checked' THEN 'not promoted' ELSE b.status END, b.reason
  FROM company.batches b WHERE b.status IN ('staged', 'checked', 'held', 'refused')
) AS w
JOIN company.streams s ON s.source = w.source
LEFT JOIN company.source_freshness f ON f.source = w.source
WHERE (w.state IN ('held', 'refused') OR w.since <= company.now() - interval '1 hour')
  AND (f.edition_at IS NULL OR w.edition_at > f.edition_at
    OR (s.newer_by IS NOT NULL AND w.state <> 'refused'));
GRANT SELECT ON company.waiting_editions TO @staff@;

-- What stands in the way of each source, where something does: since when its fires or requests fail, and which edition
-- waits. It is stuck when either lasts longer than its limit.
CREATE OR REPLACE VIEW company.source_troubles AS
SELECT s.source, good.batch_id AS batch_in_force, good.edition_at AS edition_in_force,
  failing.since AS failing_since, failing.times AS failing_times, failing.what AS failing_what,
  failing.reason AS failing_reason,
  waiting.since AS waiting_since, waiting.edition_at AS waiting_edition, waiting.batch_id AS waiting_batch,
  waiting.state AS waiting_state, waiting.reason AS waiting_reason, waiting.editions AS waiting_editions,
  least(failing.since, waiting.since) AS since,
  least(failing.since, waiting.since) <= company.now() - company.stuck_after() AS is_stuck,
  company.stuck_after() AS may_last,
  ARRAY(SELECT m.role FROM company.source_machines m WHERE m.source = s.source ORDER BY m.role) AS machines
FROM company.streams s
JOIN company.source_freshness good ON good.source = s.source
LEFT JOIN LATERAL (
  SELECT f.since, f.times, f.what, f.reason FROM (
    SELECT * FROM company.failing_items UNION ALL SELECT * FROM company.failing_fires
    UNION ALL SELECT * FROM company.failing_requests
  ) AS f WHERE f.source = s.source ORDER BY f.since LIMIT 1
) failing ON true
LEFT JOIN LATERAL (
  SELECT w.since, w.edition_at, w.batch_id, w.state, w.reason, count(*) OVER ()::integer AS editions
  FROM company.waiting_editions w WHERE w.source = s.source ORDER BY w.since, w.edition_at LIMIT 1
) waiting ON true
WHERE failing.since IS NOT NULL OR waiting.since IS NOT NULL;
GRANT SELECT ON company.source_troubles TO @staff@;

-- Whether a source can be stuck at all: cheap, and never no where one is stuck by its editions and the last 60
-- documents of all. Of a machine that was answered since then nothing failed before. Nor of one whose source has had
-- its edition of the day and is not asked again: its fires are well, and its last request was. An edition that waits is
-- in one of the states that are named.
CREATE OR REPLACE FUNCTION company.may_be_stuck(moment timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  long_ago CONSTANT timestamptz := moment - company.stuck_after();
BEGIN
  RETURN EXISTS (SELECT FROM company.findings f
      WHERE f.kind = 'item_failed' AND f.closed_at IS NULL AND f.found_at <= long_ago)
    OR EXISTS (SELECT FROM company.source_machines m JOIN company.streams s ON s.source = m.source
      WHERE s.off_because IS NULL AND NOT EXISTS (SELECT FROM company.fetches f
          WHERE f.source = m.source AND f.by_role = m.role AND f.at > long_ago
            AND f.result NOT IN ('failed', 'blocked', 'malformed'))
        AND NOT (EXISTS (SELECT FROM company.slots o
            WHERE o.schedule = m.role AND o.due_at > long_ago AND o.status IN ('succeeded', 'skipped'))
          AND (SELECT f.result NOT IN ('failed', 'blocked', 'malformed') FROM company.fetches f
            WHERE f.source = m.source ORDER BY f.at DESC, f.id DESC LIMIT 1)))
    OR EXISTS (SELECT FROM company.batches b
      WHERE b.status IN ('staged', 'checked', 'held') AND coalesce(b.decided_at, b.staged_at) <= long_ago)
    OR EXISTS (SELECT FROM company.batches b
      WHERE b.status = 'refused' AND NOT EXISTS (SELECT FROM company.batches g
        WHERE g.source = b.source AND g.status = 'promoted' AND g.edition_at >= b.edition_at))
    OR EXISTS (SELECT FROM (
        SELECT d.id, d.verdict, d.fetched_at FROM company.raw_documents d ORDER BY d.id DESC LIMIT 60
      ) AS d
      WHERE d.verdict = 'new' AND d.fetched_at <= long_ago
        AND NOT EXISTS (SELECT FROM company.batches b WHERE b.raw_id = d.id));
END $$;
