-- name: auditors_at_work
-- Each auditor in a span of time: fires that did work, what they said they sampled, what they recorded, and how many things by name.
SELECT r.role, r.reports_to, r.published_at,
  coalesce(s.fires, 0) AS fires, coalesce(s.sampled, 0) AS said_sampled,
  coalesce(a.audits, 0) AS audits, coalesce(a.looked_at, 0) AS looked_at, coalesce(a.differing, 0) AS differing, coalesce(a.distinct_items, 0) AS distinct_items
FROM company.roster r
LEFT JOIN LATERAL (
  SELECT count(*) FILTER (WHERE outcome IN ('done', 'skipped')) AS fires,
    sum((evidence ->> 'sampled')::numeric) FILTER (WHERE outcome = 'done' AND jsonb_typeof(evidence -> 'sampled') = 'number')::bigint AS sampled
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

-- name: plants_for_audit
-- What was planted for auditors in a span of time, who was to find it and who did.
SELECT id, fault, subject, planted_at, removed_at, whose_test, found_by, found_at, note FROM company.plants_for_audit(%(since)s)

-- name: items_audited
-- Things that an auditor said it looked at, drawn anew each week.
SELECT a.id AS audit_id, a.subject, item
FROM company.audits a, jsonb_array_elements_text(a.sample) AS item
WHERE a.auditor = %(auditor)s AND a.audited_at >= %(since)s AND a.subject = ANY (ARRAY(SELECT source FROM company.streams))
ORDER BY md5(item || %(salt)s), a.id
LIMIT %(limit)s

-- name: key_is_known
-- Whether a thing of this name is or ever was in a source.
SELECT EXISTS (SELECT FROM company.entity_history(%(source)s, %(key)s)) AS is_known

-- name: plant_false_draft
-- One draft that says what is not so.
SELECT company.plant_false_draft(%(session_id)s) AS draft_id

-- name: remove_plants
-- Takes away what was found, or stood long enough.
SELECT company.remove_plants(%(session_id)s, make_interval(hours => %(hours)s)) AS removed
