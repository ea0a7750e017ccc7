-- Why: the two lists that a customer reads, and the facts behind each number, with who says so and since when.

-- *Fix now*: what CISA lists, by fix_now. *Next to be exploited*: what it does not list, by next. score orders a page
-- that has both. Each is 0 to 100; fix_now is null for what is not listed.
CREATE OR REPLACE VIEW patchfirst.rankings AS
SELECT s.entity AS cve, s.score, CASE WHEN k.cve IS NOT NULL THEN s.score_now END AS fix_now, s.score_next AS next,
  k.cve IS NOT NULL AS is_listed
FROM company.scores s LEFT JOIN patchfirst.kev k ON k.cve = s.entity;
GRANT SELECT ON patchfirst.rankings TO @staff@, @readers@;

-- The exploits of a CVE, each with its source, its name, and since when it is known. dated: the source's own date of
-- it, where it gives one. is_older: the first edition that we read had it, so it was there before seen_at.
CREATE OR REPLACE FUNCTION patchfirst.exploits_of(my_cve text)
RETURNS TABLE (source text, name text, strength real, dated date, seen_at timestamptz, is_older boolean)
LANGUAGE sql STABLE AS $$
  SELECT x.source, x.name, x.strength, x.dated, x.seen_at, x.seen_at = (
    SELECT min(b.promoted_at) FROM company.batches b WHERE b.source = x.source AND b.status = 'promoted')
  FROM (
    SELECT 'metasploit' AS source, m.module AS name,
      CASE WHEN m.type = 'exploit' OR m.type = '' AND m.module LIKE 'listed %' THEN 1.0 ELSE 0.7 END::real AS strength,
      NULL::date AS dated, m.first_seen_at AS seen_at
    FROM patchfirst.metasploit m WHERE m.cves @> ARRAY[my_cve]
    UNION ALL
    SELECT 'exploitdb', e.edb_id, CASE WHEN e.is_verified THEN 0.7 ELSE 0.5 END, coalesce(e.published_on, e.added_on),
      e.first_seen_at
    FROM patchfirst.exploitdb e WHERE e.cves @> ARRAY[my_cve]
    UNION ALL
    SELECT 'nuclei', coalesce(n.path, n.cve), 0.6, NULL, n.first_seen_at FROM patchfirst.nuclei n WHERE n.cve = my_cve
    UNION ALL
    SELECT 'vulncheck', 'listed as exploited', 1.0, v.date_added, v.first_seen_at
    FROM patchfirst.vulncheck v WHERE v.cves @> ARRAY[my_cve]
  ) AS x
  ORDER BY x.strength DESC, x.dated NULLS LAST, x.name
$$;
GRANT EXECUTE ON FUNCTION patchfirst.exploits_of(text) TO @staff@, @readers@;

-- For each of some CVEs, the listed ones of the last three years whose number is within 150 of its own. Joined by the
-- year, not looked up for each: a page asks of a thousand.
CREATE OR REPLACE FUNCTION patchfirst.neighbours_among(cves text[])
RETURNS TABLE (of_cve text, cve text, date_added date, distance bigint)
LANGUAGE sql STABLE AS $$
  SELECT a.cve, k.cve, k.date_added, abs(k.number - patchfirst.number_of(a.cve))
  FROM (SELECT DISTINCT u.cve FROM unnest(cves) AS u (cve)) AS a
  JOIN (
    SELECT l.cve, substr(l.cve, 1, 9) AS year, patchfirst.number_of(l.cve) AS number, l.date_added
    FROM patchfirst.kev l WHERE l.date_added > (SELECT (company.now() AT TIME ZONE 'UTC')::date - 1095)
  ) AS k ON k.year = substr(a.cve, 1, 9) AND k.cve <> a.cve
  WHERE abs(k.number - patchfirst.number_of(a.cve)) <= 150
$$;
GRANT EXECUTE ON FUNCTION patchfirst.neighbours_among(text[]) TO @staff@, @readers@;

-- The same of one CVE, the nearest first.
CREATE OR REPLACE FUNCTION patchfirst.neighbours_of(my_cve text)
RETURNS TABLE (cve text, date_added date, distance bigint)
LANGUAGE sql STABLE AS $$
  SELECT n.cve, n.date_added, n.distance FROM patchfirst.neighbours_among(ARRAY[my_cve]) AS n
  ORDER BY n.distance, n.cve
$$;
GRANT EXECUTE ON FUNCTION patchfirst.neighbours_of(text) TO @staff@, @readers@;

-- The facts behind the parts of a score. epss_place costs a look at the whole of EPSS for each row; ask for it where
-- there are few. epss_week_ago: what stood seven days ago under the model that is in force; null under another, and
-- where nothing was read yet.
CREATE OR REPLACE VIEW patchfirst.evidence AS
SELECT s.entity AS cve, coalesce(c.published_at, nv.published_at) AS published_at,
  CASE WHEN c.published_at IS NOT NULL THEN 'cves' WHEN nv.published_at IS NOT NULL THEN 'nvd' END AS published_by,
  e.epss, e.percentile AS epss_percentile,
  CASE WHEN e.epss IS NOT NULL THEN 1 + (SELECT count(*) FROM patchfirst.epss b WHERE b.epss > e.epss) END
    AS epss_place,
  e.model_version AS epss_model, e.valid_from AS epss_since, week.epss AS epss_week_ago,
  k.cve IS NOT NULL AS is_listed, k.date_added, k.due_date, k.ransomware, k.first_seen_at AS listed_seen_at,
  coalesce((SELECT jsonb_agg(to_jsonb(x)) FROM patchfirst.exploits_of(s.entity) AS x), '[]') AS exploits,
  CASE WHEN taken.is_nvds THEN nv.cvss_score ELSE c.cvss_score END AS cvss,
  CASE WHEN taken.is_nvds THEN nv.cvss_vector ELSE c.cvss_vector END AS vector,
  CASE WHEN taken.is_nvds THEN nv.cvss_by ELSE c.cvss_by END AS vector_by,
  CASE WHEN taken.is_nvds THEN 'nvd' ELSE 'cves' END AS vector_from,
  coalesce(nullif(c.cwes, '{}'), nullif(nv.cwes, '{}')) AS weaknesses,
  CASE WHEN nullif(c.cwes, '{}') IS NOT NULL THEN 'cves' ELSE 'nvd' END AS weaknesses_from,
  c.exploitation, c.automatable, c.technical_impact, c.updated_at AS record_updated_at,
  nv.modified_at AS analysis_modified_at,
  coalesce((SELECT jsonb_agg(to_jsonb(n)) FROM patchfirst.neighbours_of(s.entity) AS n), '[]') AS neighbours,
  c.is_disputed
FROM company.scores s
LEFT JOIN patchfirst.kev k ON k.cve = s.entity
LEFT JOIN patchfirst.epss e ON e.cve = s.entity
LEFT JOIN patchfirst.cves c ON c.cve = s.entity AND c.state = 'PUBLISHED'
LEFT JOIN patchfirst.nvd nv ON nv.cve = s.entity AND nv.status <> 'Rejected'
CROSS JOIN LATERAL patchfirst.is_nvds_cvss_taken(c.cvss_score, c.cvss_version, nv.cvss_score, nv.cvss_version)
  AS taken (is_nvds)
LEFT JOIN LATERAL (
  SELECT was.epss FROM (
    SELECT e.epss, e.model_version WHERE e.valid_from <= company.now() - interval '7 days'
    UNION ALL
    SELECT h.epss, h.model_version FROM patchfirst.epss_history h
    WHERE h.cve = s.entity AND h.valid_from <= company.now() - interval '7 days'
      AND h.valid_to > company.now() - interval '7 days'
  ) AS was
  WHERE was.model_version = e.model_version
  LIMIT 1
) AS week ON true;
GRANT SELECT ON patchfirst.evidence TO @staff@, @readers@;
