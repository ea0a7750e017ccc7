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
FROM patchfirst.exposure_of(%(customer_id)s, %(until)s, %(weeks)s)
