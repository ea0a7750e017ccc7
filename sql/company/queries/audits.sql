-- name: record_audit
-- An auditor's record of what it looked at and what differed.
SELECT company.record_audit(%(session_id)s, %(what)s, %(subject)s, %(whose)s, %(sample)s::jsonb,
  %(differences)s::jsonb, %(is_all)s) AS audit_id

-- name: differences_to_report
-- Of what an audit of mine found, that which I report.
SELECT item FROM company.differences_to_report(%(audit_id)s) AS item

-- name: draw_sample
-- What this session looks at of a source or of the scores, drawn now.
SELECT population, items, salt FROM company.draw_sample(%(session_id)s, %(subject)s, %(most)s)

-- name: compare_with_canonical
-- Of rows derived again from the bytes, those that differ from what is in force.
SELECT item, expected, found FROM company.compare_with_canonical(%(source)s, %(derived)s::jsonb)

-- name: audit_figures
-- The audits of my own people in a span of time, in numbers.
SELECT count(*) AS audits, coalesce(sum(looked_at), 0)::bigint AS looked_at,
  coalesce(sum(differing), 0)::bigint AS differing
FROM company.audits
WHERE audited_at >= %(since)s AND auditor IN (SELECT role FROM company.roster WHERE reports_to = company.me())

-- name: auditors_at_work
-- Each auditor in a span of time: fires that did work, what they said they sampled, what they recorded, and how many
-- things by name.
SELECT r.role, r.reports_to, r.published_at,
  coalesce(s.fires, 0) AS fires, coalesce(s.at_work, 0) AS fires_at_work,
  coalesce(s.sampled, 0) AS reported_sampled,
  coalesce(a.audits, 0) AS audits, coalesce(a.looked_at, 0) AS looked_at, coalesce(a.differing, 0) AS differing,
  coalesce(a.distinct_items, 0) AS distinct_items
FROM company.roster r
LEFT JOIN LATERAL (
  SELECT count(*) FILTER (WHERE outcome IN ('done', 'skipped')) AS fires,
    count(*) FILTER (WHERE outcome = 'done') AS at_work,
    sum((evidence ->> 'sampled')::numeric) FILTER (WHERE outcome = 'done'
      AND jsonb_typeof(evidence -> 'sampled') = 'number')::bigint AS sampled
  FROM company.sessions WHERE role = r.role AND started_at >= %(since)s AND started_at < %(until)s
) s ON true
LEFT JOIN LATERAL (
  SELECT count(*) AS audits, sum(looked_at)::bigint AS looked_at, sum(differing)::bigint AS differing,
    (SELECT count(DISTINCT item) FROM company.audits x, jsonb_array_elements_text(x.sample) AS item
      WHERE x.auditor = r.role AND x.audited_at >= %(since)s AND x.audited_at < %(until)s) AS distinct_items
  FROM company.audits WHERE auditor = r.role AND audited_at >= %(since)s AND audited_at < %(until)s
) a ON true
WHERE r.kind = 'auditor' AND r.left_at IS NULL AND r.role <> company.me()
ORDER BY r.role

-- name: items_audited
-- Things that an auditor said it looked at, drawn now.
SELECT audit_id, subject, item FROM company.audited_items_as_read(%(auditor)s, %(since)s, %(limit)s)

-- name: doubtful_audits
-- Audits of a span that look as if nobody looked: the same things time after time of a subject that has many more;
-- differences that no finding of their auditor says; verdicts without an audit; and, for the watcher of promotion,
-- sources in force that no audit names.
WITH audited AS (
  SELECT a.*, lag(a.id) OVER (PARTITION BY a.auditor, a.subject, a.what ORDER BY a.id) AS before
  FROM company.audits a WHERE a.audited_at >= %(since)s AND a.audited_at < %(until)s
), pairs AS (
  SELECT a.auditor, a.subject, a.looked_at::real / coalesce(a.population, company.how_many(a.subject)) AS share,
    (SELECT count(*) FROM jsonb_array_elements_text(a.sample) AS x WHERE b.sample ? x)::real / a.looked_at AS again
  FROM audited a JOIN company.audits b ON b.id = a.before
)
SELECT auditor, 'looks at the same things' AS what,
  jsonb_build_object('of', subject, 'audits', count(*) + 1, 'again_percent', round(100 * avg(again))) AS facts
FROM pairs WHERE share < 0.8
GROUP BY auditor, subject HAVING count(*) >= 3 AND avg(again) > avg(share) + 0.3
UNION ALL
SELECT a.auditor, 'recorded differences and reported none',
  jsonb_build_object('audits', count(*), 'last', max(a.id), 'of', max(a.subject))
FROM audited a JOIN company.roster r ON r.role = a.auditor AND 'open_finding' = ANY (r.tools)
WHERE a.differing > 0 AND a.subject NOT LIKE 'C-%%'
  AND NOT EXISTS (SELECT FROM company.plants_for_audit(%(since)s) AS p WHERE p.found_in = a.id)
  -- What another one had found already, such as the database's clock, it sees again.
  AND NOT EXISTS (SELECT FROM company.findings f WHERE (f.found_by = a.auditor OR f.kind = ANY (r.findings))
    AND f.found_at <= a.audited_at + interval '1 hour' AND coalesce(f.closed_at, 'infinity') >= a.audited_at)
GROUP BY a.auditor
UNION ALL
SELECT v.judged_by, 'gave verdicts without an audit', jsonb_build_object('verdicts', count(*), 'last', max(v.subject))
FROM (
  SELECT judged_by, judged_at, 'draft ' || id AS subject FROM company.drafts
  UNION ALL
  SELECT judged_by, judged_at, 'C-' || id FROM company.changes
) AS v
WHERE v.judged_at >= %(since)s AND v.judged_at < %(until)s AND NOT EXISTS (SELECT FROM company.audits a
  WHERE a.auditor = v.judged_by AND a.subject = v.subject AND a.audited_at <= v.judged_at)
GROUP BY v.judged_by
UNION ALL
SELECT r.watched_by, 'never looked at some sources',
  jsonb_build_object('sources', jsonb_agg(f.source ORDER BY f.source))
FROM company.roster r, company.source_freshness f
WHERE r.role = 'promote' AND r.left_at IS NULL
  AND (SELECT min(b.promoted_at) FROM company.batches b WHERE b.source = f.source) < %(until)s - interval '2 days'
  -- A source of the week before is none of this week's.
  AND NOT EXISTS (SELECT FROM audited a WHERE a.auditor = r.watched_by AND a.subject = f.source
    AND a.audited_at >= %(until)s::timestamptz - interval '7 days')
GROUP BY r.watched_by
ORDER BY auditor, what

-- name: value_figures
-- How a source's values are spread now and at a moment before.
SELECT field, rows_before, rows_now, known_before, known_now, mean_before, mean_now, spread_before
FROM company.value_figures(%(source)s, %(before)s)

-- name: console_audits
-- Audits, the last first.
SELECT id, auditor, session_id, audited_at, what, subject, whose, looked_at, differing FROM company.audits
WHERE id < coalesce(%(before)s::bigint, 9223372036854775807)
ORDER BY id DESC LIMIT %(limit)s
