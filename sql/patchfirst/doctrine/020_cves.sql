-- Why: what the product knows of one CVE, in one place.

-- Whether NVD's CVSS is taken rather than the record's own: the newer version is, of one version the record's. A zero
-- is no score where another stands.
CREATE OR REPLACE FUNCTION patchfirst.is_nvds_cvss_taken(own real, own_version text, nvds real, nvds_version text)
RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT nvds IS NOT NULL AND (own IS NULL OR (own = 0 AND nvds > 0)
    OR ((own = 0) = (nvds = 0) AND coalesce(nvds_version > own_version, false)))
$$;
GRANT EXECUTE ON FUNCTION patchfirst.is_nvds_cvss_taken(real, text, real, text) TO @staff@, @readers@;

-- The vendor is the name on which the spellings agree; until somebody decides an open one, the spelling itself.
-- Severity is by the rule of docs/data.md, and cvss_by says whose it is.
CREATE OR REPLACE VIEW patchfirst.cve_facts AS
SELECT n.entity AS cve, coalesce(v.name, k.vendor) AS vendor, k.product, k.title, k.date_added, k.due_date,
  k.ransomware, k.description, k.action,
  k.cve IS NOT NULL AS is_known_exploited, e.epss, e.percentile, e.model_version, s.score, s.scored_at,
  CASE WHEN taken.is_nvds THEN nv.cvss_score ELSE c.cvss_score END AS cvss,
  CASE WHEN taken.is_nvds THEN nv.cvss_by ELSE c.cvss_by END AS cvss_by,
  c.state, c.published_at, coalesce(c.title, '') AS cve_title, coalesce(c.vendor, '') AS cve_vendor,
  coalesce(c.product, '') AS cve_product
FROM company.entities n
LEFT JOIN patchfirst.kev k ON k.cve = n.entity
LEFT JOIN patchfirst.epss e ON e.cve = n.entity
LEFT JOIN patchfirst.cves c ON c.cve = n.entity
LEFT JOIN patchfirst.nvd nv ON nv.cve = n.entity
CROSS JOIN LATERAL patchfirst.is_nvds_cvss_taken(c.cvss_score, c.cvss_version, nv.cvss_score, nv.cvss_version)
  AS taken (is_nvds)
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
