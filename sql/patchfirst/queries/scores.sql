-- name: backtest_candidates
-- What could still become known as exploited at the brain's time: every CVE that some source knows, without the list of
-- the known exploited and without rejected records.
SELECT f.entity, f.parts, e.epss, coalesce(c.cvss_score, n.cvss_score) AS cvss
FROM patchfirst.score_features f
LEFT JOIN patchfirst.epss e ON e.cve = f.entity
LEFT JOIN patchfirst.cves c ON c.cve = f.entity
LEFT JOIN patchfirst.nvd n ON n.cve = f.entity
WHERE NOT EXISTS (SELECT FROM patchfirst.kev k WHERE k.cve = f.entity) AND c.state IS DISTINCT FROM 'REJECTED'

-- name: evidence_of
-- The facts behind the scores of some CVEs, and when the sources that date nothing themselves were last read.
SELECT v.cve, v.published_at, v.published_by, v.epss, v.epss_percentile, v.epss_model, v.epss_week_ago, v.is_listed,
  v.date_added, v.due_date, v.ransomware, v.exploits, v.vector, v.vector_by, v.vector_from, v.weaknesses,
  v.weaknesses_from, v.record_updated_at, v.analysis_modified_at, near.neighbours, near.newest_neighbour,
  near.newest_added,
  (SELECT f.edition_at FROM company.source_freshness f WHERE f.source = 'epss') AS epss_edition_at,
  (SELECT f.edition_at FROM company.source_freshness f WHERE f.source = 'kev') AS kev_edition_at,
  (company.now() AT TIME ZONE 'UTC')::date AS today
FROM patchfirst.evidence v
CROSS JOIN LATERAL (
  SELECT count(*) AS neighbours,
    (array_agg(n.cve ORDER BY n.date_added DESC, n.distance, n.cve))[1] AS newest_neighbour,
    max(n.date_added) AS newest_added
  FROM patchfirst.neighbours_of(v.cve) n
) AS near
WHERE v.cve = ANY (%(cves)s::text[])
ORDER BY v.cve

-- name: points_of
-- What the parts of some CVEs' scores are and bring, in the order of the score's parts.
SELECT s.entity AS cve, e.part, e.question, e.value, e.weight, e.points, e.points_of_question, e.most_of_question,
  e.is_known
FROM company.scores s CROSS JOIN LATERAL company.explain_parts(s.model_version, s.parts) AS e
WHERE s.entity = ANY (%(cves)s::text[])

-- name: rankings_of
-- The two numbers of some CVEs, and the one that orders a page of both.
SELECT cve, score, fix_now, next, is_listed FROM patchfirst.rankings WHERE cve = ANY (%(cves)s::text[]) ORDER BY cve

-- name: movers_for
-- The scores that moved for a customer in a span, the largest move first, each with the part that moved it.
SELECT cve, at, old_score, new_score, cause, cause_points, vendor, product
FROM patchfirst.movers_for(%(customer_id)s, %(since)s, %(until)s)

-- name: epss_model_changes
-- When EPSS changed its model in a span, from which to which.
SELECT at, old_model, new_model FROM patchfirst.epss_model_changes(%(since)s, %(until)s) ORDER BY at
