-- Why: what a score is made of, and which of its moves mean something.

-- The parts of the score, each from 0 to 1, in the order of patchfirst.scores. Days are whole, so that a score moves at
-- most once a day by itself. A part that nobody knows is null: EPSS or a severity that no source gave, a date or flag
-- that cannot be read, and every list of which no edition has come.
CREATE OR REPLACE VIEW patchfirst.score_features AS
WITH today AS MATERIALIZED (SELECT (company.now() AT TIME ZONE 'UTC')::date AS day),
listed AS MATERIALIZED (SELECT EXISTS (SELECT FROM patchfirst.kev) AS is_known),
lists AS MATERIALIZED (
  SELECT EXISTS (SELECT FROM patchfirst.exploitdb) OR EXISTS (SELECT FROM patchfirst.metasploit)
    OR EXISTS (SELECT FROM patchfirst.nuclei) AS are_known
), exploit AS MATERIALIZED (SELECT x.cve, max(x.strength) AS strength FROM patchfirst.exploits x GROUP BY x.cve),
severity AS MATERIALIZED (
  SELECT coalesce(c.cve, nv.cve) AS cve, 
    CASE WHEN patchfirst.is_nvds_cvss_taken(c.cvss_score, c.cvss_version, nv.cvss_score, nv.cvss_version)
      THEN nv.cvss_score ELSE c.cvss_score END AS cvss
  FROM (SELECT cve, cvss_score, cvss_version FROM patchfirst.cves WHERE state = 'PUBLISHED') c
  FULL JOIN (SELECT cve, cvss_score, cvss_version FROM patchfirst.nvd WHERE status <> 'Rejected') nv ON nv.cve = c.cve
)
SELECT coalesce(e.cve, k.cve, v.cve, x.cve) AS entity,
  ARRAY[
    CASE WHEN listed.is_known THEN (k.cve IS NOT NULL)::integer END,
    CASE WHEN k.cve IS NOT NULL THEN k.ransomware::integer WHEN listed.is_known THEN 0 END,
    e.epss,
    e.percentile,
    CASE WHEN k.date_added <= today.day THEN greatest(0, 1 - (today.day - k.date_added) / 90.0)
      WHEN listed.is_known AND (k.cve IS NULL OR k.date_added IS NOT NULL) THEN 0 END,
    CASE WHEN k.due_date >= today.day THEN greatest(0, 1 - (k.due_date - today.day) / 28.0)
      WHEN listed.is_known AND (k.cve IS NULL OR k.due_date IS NOT NULL) THEN 0 END,
    coalesce(x.strength, CASE WHEN lists.are_known THEN 0 END),
    v.cvss / 10
  ]::real[] AS parts
FROM patchfirst.epss e
FULL JOIN patchfirst.kev k ON k.cve = e.cve
FULL JOIN severity v ON v.cve = coalesce(e.cve, k.cve)
FULL JOIN exploit x ON x.cve = coalesce(e.cve, k.cve, v.cve)
LEFT JOIN patchfirst.cves r ON r.cve = coalesce(e.cve, k.cve, v.cve, x.cve) AND r.state = 'REJECTED'
CROSS JOIN today CROSS JOIN listed CROSS JOIN lists
-- A rejected record is no vulnerability; while CISA lists it, it is named all the same.
WHERE r.cve IS NULL OR k.cve IS NOT NULL;
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
-- knew before, exploits (part 7) of a list's first edition): the world had not changed, we had.
CREATE OR REPLACE VIEW patchfirst.score_moves AS
SELECT h.entity AS cve, h.old_score, h.new_score, h.old_parts, h.new_parts, h.valid_to AS at
FROM company.score_history h
JOIN company.score_models m ON m.version = h.new_version
-- Joined, not looked up for each row: a first edition moves ten thousand scores at once.
LEFT JOIN (SELECT cve, array_agg(at) AS moments FROM patchfirst.first_read_exploits GROUP BY cve) f ON f.cve = h.entity
WHERE h.old_version = h.new_version AND h.new_score IS NOT NULL AND h.new_score <> h.old_score
  AND (array_position(h.old_parts, NULL) IS NULL OR abs(h.new_score - h.old_score) > 2 * (
    SELECT coalesce(100 * sum(w.weight * w.new) FILTER (WHERE w.old IS NULL) / sum(w.weight), 0)
    FROM unnest(m.weights, h.old_parts, h.new_parts) AS w (weight, old, new)))
  AND (coalesce(h.new_parts[7], 0) <= coalesce(h.old_parts[7], 0)
    OR NOT EXISTS (SELECT FROM unnest(f.moments) AS m (at) WHERE m.at > h.valid_from AND m.at <= h.valid_to))
  AND NOT EXISTS (
    SELECT FROM patchfirst.epss_history eh
    JOIN patchfirst.epss e ON e.cve = eh.cve
    WHERE eh.cve = h.entity AND eh.valid_to BETWEEN h.valid_to - interval '1 day' AND h.valid_to
      AND eh.model_version IS DISTINCT FROM e.model_version
  );
GRANT SELECT ON patchfirst.score_moves TO @staff@;
