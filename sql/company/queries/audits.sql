-- name: record_audit
-- An auditor's record of what it looked at and what differed.
SELECT company.record_audit(%(session_id)s, %(what)s, %(subject)s, %(whose)s, %(sample)s::jsonb,
  %(differences)s::jsonb) AS audit_id

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
  coalesce(s.fires, 0) AS fires, coalesce(s.sampled, 0) AS reported_sampled,
  coalesce(a.audits, 0) AS audits, coalesce(a.looked_at, 0) AS looked_at, coalesce(a.differing, 0) AS differing,
  coalesce(a.distinct_items, 0) AS distinct_items
FROM company.roster r
LEFT JOIN LATERAL (
  SELECT count(*) FILTER (WHERE outcome IN ('done', 'skipped')) AS fires,
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
-- Things that an auditor said it looked at, drawn anew each week.
SELECT a.id AS audit_id, a.subject, item
FROM company.audits a, jsonb_array_elements_text(a.sample) AS item
WHERE a.auditor = %(auditor)s AND a.audited_at >= %(since)s
  AND a.subject = ANY (ARRAY(SELECT source FROM company.streams))
ORDER BY md5(item || %(salt)s), a.id
LIMIT %(limit)s
