-- Why: what a score is made of, and which of its moves mean something.

-- When a CVE was published, by the CVE List or NVD; else by its number: numbers are given in order, more or less, so a
-- CVE in the middle of its year's known numbers is taken for one of the middle of the year.
CREATE OR REPLACE VIEW patchfirst.publication AS
WITH today AS MATERIALIZED (SELECT (company.now() AT TIME ZONE 'UTC')::date AS day),
numbered AS (
  SELECT coalesce(e.cve, k.cve, c.cve, nv.cve) AS cve, coalesce(c.published_at, nv.published_at) AS published_at
  FROM patchfirst.epss e
  FULL JOIN patchfirst.kev k ON k.cve = e.cve
  FULL JOIN patchfirst.cves c ON c.cve = coalesce(e.cve, k.cve)
  FULL JOIN patchfirst.nvd nv ON nv.cve = coalesce(e.cve, k.cve, c.cve)
), placed AS (
  SELECT n.cve, n.published_at, substr(n.cve, 5, 4)::integer AS year, substr(n.cve, 10)::numeric AS number,
    percent_rank() OVER (PARTITION BY substr(n.cve, 5, 4) ORDER BY substr(n.cve, 10)::numeric) AS place
  FROM numbered n
)
SELECT p.cve, p.year, p.number,
  least(today.day, coalesce((p.published_at AT TIME ZONE 'UTC')::date, make_date(p.year, 1, 1)
    + (p.place * (least(make_date(p.year, 12, 31), today.day) - make_date(p.year, 1, 1)))::integer)) AS published_on
FROM placed p CROSS JOIN today;
GRANT SELECT ON patchfirst.publication TO @staff@;

-- How many entries of the known exploited list have a number near a CVE's own, the nearer and the newer the more: an
-- assigner gives a block of numbers to one product, and who attacks a product rarely stops at one flaw.
CREATE OR REPLACE VIEW patchfirst.listed_neighbours AS
SELECT substr(k.cve, 5, 4)::integer AS year, substr(k.cve, 10)::numeric + d.distance AS number,
  sum(exp(-abs(d.distance) / 50.0 - ((company.now() AT TIME ZONE 'UTC')::date - k.date_added) / 365.0)) AS nearness
FROM patchfirst.kev k CROSS JOIN generate_series(-150, 150) AS d (distance)
WHERE d.distance <> 0 AND k.date_added > (company.now() AT TIME ZONE 'UTC')::date - 1095
GROUP BY 1, 2;
GRANT SELECT ON patchfirst.listed_neighbours TO @staff@;

-- The parts of the score, each from 0 to 1, in the order of patchfirst.scores, which says what they mean. Rounded, so
-- that a score moves when something moved. A part that nobody knows is null, also where a date or flag cannot be read.
CREATE OR REPLACE VIEW patchfirst.score_features AS
WITH today AS MATERIALIZED (SELECT (company.now() AT TIME ZONE 'UTC')::date AS day),
listed AS MATERIALIZED (SELECT EXISTS (SELECT FROM patchfirst.kev) AS is_known),
lists AS MATERIALIZED (
  SELECT EXISTS (SELECT FROM patchfirst.exploitdb) OR EXISTS (SELECT FROM patchfirst.metasploit)
    OR EXISTS (SELECT FROM patchfirst.nuclei) AS are_known
), exploit AS MATERIALIZED (SELECT x.cve, max(x.strength) AS strength FROM patchfirst.exploits x GROUP BY x.cve),
ranked AS MATERIALIZED (
  SELECT cve, rank() OVER (ORDER BY epss DESC) AS place, greatest(2, count(*) OVER ()) AS total FROM patchfirst.epss
),
severity AS MATERIALIZED (
  SELECT coalesce(c.cve, nv.cve) AS cve,
    CASE WHEN patchfirst.is_nvds_cvss_taken(c.cvss_score, c.cvss_version, nv.cvss_score, nv.cvss_version)
      THEN nv.cvss_vector ELSE c.cvss_vector END AS vector,
    coalesce(nullif(c.cwes, '{}'), nullif(nv.cwes, '{}')) AS cwes
  FROM (SELECT * FROM patchfirst.cves WHERE state = 'PUBLISHED') c
  FULL JOIN (SELECT * FROM patchfirst.nvd WHERE status <> 'Rejected') nv ON nv.cve = c.cve
)
SELECT coalesce(p.cve, x.cve) AS entity,
  ARRAY[
    CASE WHEN listed.is_known THEN (k.cve IS NOT NULL)::integer END,
    CASE WHEN k.cve IS NOT NULL THEN k.ransomware::integer WHEN listed.is_known THEN 0 END,
    CASE WHEN k.date_added <= today.day THEN greatest(0, 1 - (today.day - k.date_added) / 90.0)
      WHEN listed.is_known AND (k.cve IS NULL OR k.date_added IS NOT NULL) THEN 0 END,
    CASE WHEN k.due_date >= today.day THEN greatest(0, 1 - (k.due_date - today.day) / 28.0)
      WHEN listed.is_known AND (k.cve IS NULL OR k.due_date IS NOT NULL) THEN 0 END,
    round((1 - ln(r.place) / ln(r.total))::numeric, 3),
    round((1 - ln((least(today.day - p.published_on, 14600) + 30) / 30.0) / ln(14630 / 30.0))::numeric, 3),
    CASE WHEN listed.is_known THEN round((ln(1 + least(coalesce(n.nearness, 0), 8)) / ln(9))::numeric, 2) END,
    coalesce(x.strength, CASE WHEN lists.are_known THEN 0 END),
    (v.vector LIKE '%AV:N%' AND v.vector LIKE '%PR:N%' AND v.vector LIKE '%UI:N%')::integer,
    -- Injection of commands, code, SQL and objects, paths and uploads; missing or broken authentication.
    (v.cwes && ARRAY['CWE-77', 'CWE-78', 'CWE-89', 'CWE-94', 'CWE-502', 'CWE-22', 'CWE-434', 'CWE-287', 'CWE-288',
      'CWE-306'])::integer
  ]::real[] AS parts
FROM patchfirst.publication p
LEFT JOIN ranked r ON r.cve = p.cve
LEFT JOIN patchfirst.kev k ON k.cve = p.cve
LEFT JOIN severity v ON v.cve = p.cve
LEFT JOIN patchfirst.listed_neighbours n ON n.year = p.year AND n.number = p.number
FULL JOIN exploit x ON x.cve = p.cve
LEFT JOIN patchfirst.cves rejected ON rejected.cve = p.cve AND rejected.state = 'REJECTED'
CROSS JOIN today CROSS JOIN listed CROSS JOIN lists
-- A rejected record is no vulnerability; while CISA lists it, it is named all the same.
WHERE rejected.cve IS NULL OR k.cve IS NOT NULL;
GRANT SELECT ON patchfirst.score_features TO @staff@;

-- What the first edition of each list of exploits holds of a CVE: it was in the world before we read it.
CREATE OR REPLACE VIEW patchfirst.first_read_exploits AS
SELECT x.cve, x.first_seen_at AS at
FROM patchfirst.exploits x
JOIN (SELECT source, min(promoted_at) AS at FROM company.batches WHERE status = 'promoted' GROUP BY source) AS first
  ON first.source = x.source AND first.at = x.first_seen_at;
GRANT SELECT ON patchfirst.first_read_exploits TO @staff@;

-- Scores whose move means something: neither the first score of a CVE, nor a move across two ways of computing it or
-- across two EPSS models, nor one of which half or more comes from what we read for the first time (parts that nobody
-- knew before, exploits (part 8) of a list's first edition) or from recency (part 6, which jumps when a date that was
-- estimated is read): the world had not changed, we had.
CREATE OR REPLACE VIEW patchfirst.score_moves AS
SELECT h.entity AS cve, h.old_score, h.new_score, h.old_parts, h.new_parts, h.valid_to AS at
FROM company.score_history h
JOIN company.score_models m ON m.version = h.new_version
-- Joined, not looked up for each row: a first edition moves ten thousand scores at once.
LEFT JOIN (SELECT cve, array_agg(at) AS moments FROM patchfirst.first_read_exploits GROUP BY cve) f ON f.cve = h.entity
WHERE h.old_version = h.new_version AND h.new_score IS NOT NULL AND h.new_score <> h.old_score
  AND (array_position(h.old_parts, NULL) IS NULL AND h.old_parts[6] = h.new_parts[6]
    OR abs(h.new_score - h.old_score) > 2 * (
    SELECT coalesce(100 * abs(sum(w.weight * (w.new - coalesce(w.old, w.unknown)))
      FILTER (WHERE w.old IS NULL OR w.n = 6)) / sum(w.weight), 0)
    FROM unnest(m.weights, m.if_unknown, h.old_parts, h.new_parts)
      WITH ORDINALITY AS w (weight, unknown, old, new, n)))
  AND (coalesce(h.new_parts[8], 0) <= coalesce(h.old_parts[8], 0)
    OR NOT EXISTS (SELECT FROM unnest(f.moments) AS m (at) WHERE m.at > h.valid_from AND m.at <= h.valid_to))
  AND NOT EXISTS (
    SELECT FROM patchfirst.epss_history eh
    JOIN patchfirst.epss e ON e.cve = eh.cve
    WHERE eh.cve = h.entity AND eh.valid_to BETWEEN h.valid_to - interval '1 day' AND h.valid_to
      AND eh.model_version IS DISTINCT FROM e.model_version
  );
GRANT SELECT ON patchfirst.score_moves TO @staff@;
