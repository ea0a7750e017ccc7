-- name: dashboard_lines
-- The two lists of a customer, as far as a dashboard shows them.
SELECT l.cve, l.question, l.number, l.score, l.of_list, n.vendor, n.product,
  coalesce(f.title, nullif(f.cve_title, '')) AS title, f.date_added, f.due_date, f.ransomware, f.epss, f.percentile,
  f.published_at, coalesce(o.components, '{}') AS components
FROM patchfirst.lists_of(%(customer_id)s, %(most_now)s, %(most_next)s) AS l
CROSS JOIN LATERAL patchfirst.watch_of(%(customer_id)s) me
LEFT JOIN LATERAL patchfirst.shown_name(l.cve, me.vendors, me.products) n ON true
LEFT JOIN patchfirst.cve_facts f ON f.cve = l.cve
LEFT JOIN patchfirst.components_of(%(customer_id)s) o ON o.cve = l.cve
ORDER BY l.question DESC, l.place

-- name: dashboard_epss
-- EPSS of some CVEs over half a year, each with the model that gave it: the last value of each day of the last two
-- weeks, and of each week before. A change of the model is always there.
SELECT DISTINCT ON (p.cve, p.model_version, p.span) p.cve, p.at, p.epss, p.model_version
FROM (
  SELECT h.cve, h.valid_from AS at, h.epss, h.model_version, date_trunc(
    CASE WHEN h.valid_from > %(until)s::timestamptz - interval '14 days' THEN 'day' ELSE 'week' END, h.valid_from,
    'UTC') AS span
  FROM (
    SELECT cve, valid_from, epss, model_version FROM patchfirst.epss WHERE cve = ANY (%(cves)s)
    UNION ALL
    SELECT cve, valid_from, epss, model_version FROM patchfirst.epss_history WHERE cve = ANY (%(cves)s)
      AND valid_to > %(until)s::timestamptz - interval '180 days'
  ) AS h
  WHERE h.valid_from <= %(until)s::timestamptz AND h.epss IS NOT NULL
) AS p
ORDER BY p.cve, p.model_version, p.span, p.at DESC

-- name: dashboard_weeks
-- A customer's exposure at the ends of the last weeks; without figures where nothing was scored.
SELECT until, listed, above, version
FROM patchfirst.exposure_of(%(customer_id)s, %(until)s, %(weeks)s, %(least_score)s)
