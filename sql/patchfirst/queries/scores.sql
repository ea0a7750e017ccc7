-- name: backtest_candidates
-- What could still become known as exploited at the brain's time: every CVE that some source knows, without the list of
-- the known exploited and without rejected records.
SELECT f.entity, f.parts, e.epss, coalesce(c.cvss_score, n.cvss_score) AS cvss
FROM patchfirst.score_features f
LEFT JOIN patchfirst.epss e ON e.cve = f.entity
LEFT JOIN patchfirst.cves c ON c.cve = f.entity
LEFT JOIN patchfirst.nvd n ON n.cve = f.entity
WHERE NOT EXISTS (SELECT FROM patchfirst.kev k WHERE k.cve = f.entity) AND c.state IS DISTINCT FROM 'REJECTED'
