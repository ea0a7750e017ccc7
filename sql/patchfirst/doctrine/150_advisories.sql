-- Why: one vulnerability has several names, and a customer's list of packages names none of them.

-- Every advisory in force, once: of two with one id GitHub's own counts. A withdrawn one is none.
CREATE OR REPLACE VIEW patchfirst.advisories AS
SELECT a.advisory, a.source, a.published_at, a.modified_at, a.title, a.aliases, a.ecosystems, a.packages, a.purls,
  a.versions
FROM (
  SELECT g.*, 'ghsa' AS source FROM patchfirst.ghsa g
  UNION ALL
  SELECT o.*, 'osv' FROM patchfirst.osv o
  WHERE NOT EXISTS (SELECT FROM patchfirst.ghsa g WHERE g.advisory = o.advisory)
) AS a
WHERE a.withdrawn_at IS NULL OR a.withdrawn_at > company.now();
GRANT SELECT ON patchfirst.advisories TO @staff@, @trials@;

-- The CVEs that an advisory names by itself: those among its aliases; of a CVE's own record, that CVE for each alias.
CREATE OR REPLACE VIEW patchfirst.named_cves AS
SELECT DISTINCT CASE WHEN is_cves THEN o.alias ELSE a.advisory END AS id,
  CASE WHEN is_cves THEN a.advisory ELSE o.alias END AS cve, a.source
FROM patchfirst.advisories a, unnest(a.aliases) AS o (alias), LATERAL (SELECT a.advisory LIKE 'CVE-%' AS is_cves) AS r
WHERE (o.alias LIKE 'CVE-%') <> is_cves;
GRANT SELECT ON patchfirst.named_cves TO @staff@, @trials@;

-- Which id is which CVE. What an advisory names by itself counts. An id that names none takes the CVE of the ids that
-- it is an alias of, from one to the next, where all of these lead to one CVE; where they lead to two it is neither. No
-- way leads through an id that names a CVE by itself, nor through a CVE: two CVEs are never one.
CREATE OR REPLACE FUNCTION patchfirst.resolved_aliases() RETURNS TABLE (id text, cve text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE named AS MATERIALIZED (
    SELECT n.id, n.cve FROM patchfirst.named_cves n GROUP BY n.id, n.cve
  ), aliased AS MATERIALIZED (
    SELECT a.advisory, o.alias FROM patchfirst.advisories a, unnest(a.aliases) AS o (alias)
    WHERE a.advisory NOT LIKE 'CVE-%' AND o.alias NOT LIKE 'CVE-%'
  ), step AS MATERIALIZED (
    SELECT s.id, s.next FROM (
      SELECT advisory AS id, alias AS next FROM aliased UNION SELECT alias, advisory FROM aliased
    ) AS s WHERE NOT EXISTS (SELECT FROM named n WHERE n.id = s.next)
  ), reached AS (
    SELECT s.next AS id, n.cve FROM named n JOIN step s ON s.id = n.id
    UNION
    SELECT s.next, r.cve FROM reached r JOIN step s ON s.id = r.id
  )
  SELECT n.id, n.cve FROM named n
  UNION ALL
  SELECT r.id, min(r.cve) FROM reached r GROUP BY r.id HAVING count(*) = 1
$$;
GRANT EXECUTE ON FUNCTION patchfirst.resolved_aliases() TO @staff@, @trials@;

-- The same as it was last linked: quick to ask, and at most an hour old.
CREATE OR REPLACE VIEW patchfirst.aliases AS
SELECT l.target AS id, l.entity AS cve FROM company.links l WHERE l.kind = 'alias';
GRANT SELECT ON patchfirst.aliases TO @staff@, @readers@;

-- The packages that have a vulnerability. versions are bounds as '>=1.0|<1.2|>=2.0|<2.1' or single versions as
-- '1.0|1.1', NULL where the advisory says none; purl is without a version, and NULL where it is not said.
CREATE OR REPLACE VIEW patchfirst.packages_of AS
SELECT c.cve, a.advisory, a.source, p.ecosystem, p.name, nullif(p.purl, '') AS purl, nullif(p.versions, '') AS versions
FROM patchfirst.advisories a
JOIN (SELECT id, cve FROM patchfirst.aliases UNION ALL SELECT entity, entity FROM company.entities) AS c
  ON c.id = a.advisory
CROSS JOIN LATERAL unnest(a.ecosystems, a.packages, a.purls, a.versions) AS p (ecosystem, name, purl, versions);
GRANT SELECT ON patchfirst.packages_of TO @staff@;

-- Who lists a CVE as exploited, since when, and whether for ransomware. CISA's list is the one with due dates; what
-- VulnCheck lists is not on it.
CREATE OR REPLACE VIEW patchfirst.exploited AS
SELECT k.cve, 'kev' AS source, k.date_added AS listed_on, k.date_added AS reported_on, k.ransomware,
  NULL::integer AS reports, k.first_seen_at
FROM patchfirst.kev k
UNION ALL
SELECT c.cve, 'vulncheck', v.date_added, coalesce(v.first_reported_on, v.date_added), v.ransomware, v.reports,
  v.first_seen_at
FROM patchfirst.vulncheck v, unnest(v.cves) AS c (cve);
GRANT SELECT ON patchfirst.exploited TO @staff@;
