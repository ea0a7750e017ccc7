-- name: dashboard_lines
-- The two lists of a customer, each the most urgent first, as far as they are shown. A limit of the score is one for
-- what may come: it never silences the list of the known exploited. A rejected record is no vulnerability, and what the
-- customer has handled is left out.
WITH me AS MATERIALIZED (
  SELECT * FROM patchfirst.watch_of(%(customer_id)s)
), ranked AS (
  SELECT r.cve, r.score, r.is_listed, coalesce(r.fix_now, r.next) AS number,
    row_number() OVER (PARTITION BY r.is_listed
      ORDER BY coalesce(r.fix_now, r.next) DESC NULLS LAST, r.score DESC, r.cve) AS place,
    count(*) OVER (PARTITION BY r.is_listed) AS of_list
  FROM patchfirst.watched_by(%(customer_id)s) AS w (cve)
  JOIN patchfirst.rankings r ON r.cve = w.cve
  CROSS JOIN me
  LEFT JOIN patchfirst.cves c ON c.cve = w.cve
  WHERE (r.is_listed OR r.score >= me.min_score AND c.state IS DISTINCT FROM 'REJECTED')
    AND w.cve NOT IN (SELECT h.cve FROM patchfirst.handled h
      WHERE h.customer_id = %(customer_id)s AND h.back_because IS NULL)
)
SELECT r.cve, CASE WHEN r.is_listed THEN 'now' ELSE 'next' END AS question, r.number, r.score,
  r.of_list, n.vendor, n.product, coalesce(f.title, nullif(f.cve_title, '')) AS title, f.date_added, f.due_date,
  f.ransomware, f.epss, f.percentile, f.published_at
FROM ranked r
CROSS JOIN me
LEFT JOIN LATERAL patchfirst.shown_name(r.cve, me.vendors, me.products) n ON true
LEFT JOIN patchfirst.cve_facts f ON f.cve = r.cve
WHERE r.place <= CASE WHEN r.is_listed THEN %(most_now)s::integer ELSE %(most_next)s::integer END
ORDER BY r.is_listed DESC, r.place

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
