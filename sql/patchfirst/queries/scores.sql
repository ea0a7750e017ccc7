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
  v.weaknesses_from, v.is_disputed,
  v.record_updated_at, v.analysis_modified_at, coalesce(near.neighbours, 0) AS neighbours,
  near.newest_neighbour, near.newest_added,
  (SELECT f.edition_at FROM company.source_freshness f WHERE f.source = 'epss') AS epss_edition_at,
  (SELECT f.edition_at FROM company.source_freshness f WHERE f.source = 'kev') AS kev_edition_at,
  ARRAY(SELECT l.name FROM (VALUES ('exploitdb', EXISTS (SELECT FROM patchfirst.exploitdb)),
    ('metasploit', EXISTS (SELECT FROM patchfirst.metasploit)), ('nuclei', EXISTS (SELECT FROM patchfirst.nuclei))
  ) AS l (name, is_read) WHERE l.is_read) AS exploit_lists,
  (company.now() AT TIME ZONE 'UTC')::date AS today
FROM patchfirst.evidence v
LEFT JOIN (
  SELECT n.of_cve, count(*) AS neighbours,
    (array_agg(n.cve ORDER BY n.date_added DESC, n.distance, n.cve))[1] AS newest_neighbour,
    max(n.date_added) AS newest_added
  FROM patchfirst.neighbours_among(%(cves)s::text[]) AS n
  GROUP BY n.of_cve
) AS near ON near.of_cve = v.cve
WHERE v.cve = ANY (%(cves)s::text[])
ORDER BY v.cve

-- name: points_of
-- What the parts of some CVEs' scores are and bring, in the order of the score's parts.
SELECT s.entity AS cve, e.part, e.question, e.value, e.points_of_question::float8 AS points,
  e.most_of_question::float8 AS most, e.is_known
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

-- name: top_now
-- The first of the known exploited, over all customers.
SELECT k.cve, s.score_now AS number, f.vendor, f.product, f.date_added, f.due_date, f.epss
FROM (
  SELECT k.cve FROM patchfirst.kev k JOIN company.scores s ON s.entity = k.cve
  ORDER BY s.score_now DESC NULLS LAST, k.cve LIMIT %(most)s
) AS k
JOIN company.scores s ON s.entity = k.cve LEFT JOIN patchfirst.cve_facts f ON f.cve = k.cve
ORDER BY s.score_now DESC NULLS LAST, k.cve

-- name: top_next
-- The first of those that are not known to be exploited yet, over all customers.
SELECT t.cve, t.score_next AS number, coalesce(f.vendor, nullif(f.cve_vendor, '')) AS vendor,
  coalesce(f.product, nullif(f.cve_product, '')) AS product, f.date_added, f.due_date, f.epss
FROM (
  SELECT s.entity AS cve, s.score_next FROM company.scores s
  WHERE NOT EXISTS (SELECT FROM patchfirst.kev k WHERE k.cve = s.entity)
  ORDER BY s.score_next DESC NULLS LAST, s.entity LIMIT %(most)s
) AS t LEFT JOIN patchfirst.cve_facts f ON f.cve = t.cve
ORDER BY t.score_next DESC NULLS LAST, t.cve

-- name: score_movers
-- The largest moves of scores since a moment.
SELECT entity AS cve, old_score, new_score, valid_to AS at FROM company.score_history
WHERE valid_to > %(since)s
ORDER BY abs(coalesce(new_score, 0) - old_score) DESC, entity LIMIT %(most)s

-- name: scores_of
-- The scores of one CVE over time, each from when it was in force.
SELECT at, score FROM (
  SELECT valid_from AS at, old_score AS score FROM company.score_history WHERE entity = %(cve)s
  UNION ALL
  SELECT scored_at, score FROM company.scores WHERE entity = %(cve)s
) AS points
ORDER BY at
