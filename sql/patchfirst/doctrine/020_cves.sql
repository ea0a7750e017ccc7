-- Why: what the product knows of one CVE, in one place.

-- The vendor is the name on which the spellings agree; until somebody decides an open one, the spelling itself.
-- Severity is the assigner's or CISA's word, and NVD's only where neither gave one.
CREATE OR REPLACE VIEW patchfirst.cve_facts AS
SELECT n.entity AS cve, coalesce(v.name, k.vendor) AS vendor, k.product, k.title, k.date_added, k.due_date,
  k.ransomware, k.description, k.action,
  k.cve IS NOT NULL AS is_known_exploited, e.epss, e.percentile, e.model_version, s.score, s.scored_at,
  coalesce(c.cvss_score, nv.cvss_score) AS cvss, CASE WHEN c.cvss_score IS NOT NULL THEN c.cvss_by
    WHEN nv.cvss_score IS NOT NULL THEN 'nvd' END AS cvss_by,
  c.state, c.published_at, coalesce(c.title, '') AS cve_title, coalesce(c.vendor, '') AS cve_vendor,
  coalesce(c.product, '') AS cve_product
FROM company.entities n
LEFT JOIN patchfirst.kev k ON k.cve = n.entity
LEFT JOIN patchfirst.epss e ON e.cve = n.entity
LEFT JOIN patchfirst.cves c ON c.cve = n.entity
LEFT JOIN patchfirst.nvd nv ON nv.cve = n.entity
LEFT JOIN company.spellings v ON v.kind = 'vendor' AND v.spelling = k.vendor
LEFT JOIN company.scores s ON s.entity = n.entity;
GRANT SELECT ON patchfirst.cve_facts TO @staff@;

-- The entries of the list of which a sentence can be written: each has its names, and its record is not rejected.
CREATE OR REPLACE VIEW patchfirst.kev_to_write_about AS
SELECT k.cve, k.vendor, k.product, k.date_added, k.due_date
FROM patchfirst.kev k
WHERE btrim(coalesce(k.vendor, '')) <> '' AND btrim(coalesce(k.product, '')) <> ''
  AND NOT EXISTS (SELECT FROM patchfirst.cves r WHERE r.cve = k.cve AND r.state = 'REJECTED');
GRANT SELECT ON patchfirst.kev_to_write_about TO @staff@;
