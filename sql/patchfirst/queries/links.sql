-- name: link_cve_ids
-- The hub: every CVE that a feed knows, and which feeds those are. Only what differs is written.
WITH further AS MATERIALIZED (
  SELECT cve, array_agg(DISTINCT source) AS sources FROM (
    SELECT cve, source FROM patchfirst.named_cves
    UNION ALL
    SELECT c.cve, 'vulncheck' FROM patchfirst.vulncheck v, unnest(v.cves) AS c (cve)
  ) AS f GROUP BY cve
), exploits AS MATERIALIZED (
  SELECT cve, bool_or(source = 'exploitdb') AS exploitdb, bool_or(source = 'metasploit') AS metasploit,
    bool_or(source = 'nuclei') AS nuclei
  FROM patchfirst.exploits GROUP BY cve
), listed AS MATERIALIZED (
  SELECT coalesce(c.cve, n.cve, x.cve, f.cve, k.cve) AS cve, f.sources AS further, c.cve IS NOT NULL AS cves,
    n.cve IS NOT NULL AS nvd, k.cve IS NOT NULL AS kev,
    coalesce(x.exploitdb, false) AS exploitdb,
    coalesce(x.metasploit, false) AS metasploit, coalesce(x.nuclei, false) AS nuclei
  FROM patchfirst.cves c FULL JOIN patchfirst.nvd n ON n.cve = c.cve
  FULL JOIN exploits x ON x.cve = coalesce(c.cve, n.cve)
  FULL JOIN further f ON f.cve = coalesce(c.cve, n.cve, x.cve)
  FULL JOIN patchfirst.kev k ON k.cve = coalesce(c.cve, n.cve, x.cve, f.cve)
), known AS (
  -- By one plain column each: for a join by coalesce of two columns Postgres guesses ten times the rows, and sorts all.
  SELECT coalesce(e.cve, t.cve) AS cve,
    -- Nearly all stand in one feed alone: an array written out costs nothing, one put together costs half a second in
    -- all.
    CASE WHEN t.cve IS NULL THEN '{epss}'::text[]
      ELSE array_remove(ARRAY[CASE WHEN t.cves THEN 'cves' END, CASE WHEN e.cve IS NOT NULL THEN 'epss' END,
        CASE WHEN t.exploitdb THEN 'exploitdb' END,
        CASE WHEN t.kev THEN 'kev' END, CASE WHEN t.metasploit THEN 'metasploit' END,
          CASE WHEN t.nuclei THEN 'nuclei' END,
        CASE WHEN t.nvd THEN 'nvd' END], NULL) || coalesce(t.further, '{}') END AS sources
  FROM patchfirst.epss e FULL JOIN listed t ON t.cve = e.cve
), different AS (
  -- A CVE that left every feed keeps its place, with no source: its history can still be shown.
  SELECT coalesce(known.cve, n.entity) AS cve, coalesce(known.sources, '{}') AS sources FROM known
  FULL JOIN company.entities n ON n.entity = known.cve
  WHERE n.entity IS NULL OR n.sources <> coalesce(known.sources, '{}')
)
INSERT INTO company.entities AS n (entity, sources, first_seen_at)
SELECT cve, sources, (SELECT company.now()) FROM different
ON CONFLICT (entity) DO UPDATE SET sources = excluded.sources

-- name: link_aliases
-- Each other name of a CVE to it.
INSERT INTO company.links (kind, entity, target)
SELECT 'alias', r.cve, r.id FROM patchfirst.resolved_aliases() r
ON CONFLICT DO NOTHING

-- name: unlink_aliases
-- Names that no advisory in force supports any more.
DELETE FROM company.links l
WHERE l.kind = 'alias'
  AND NOT EXISTS (SELECT FROM patchfirst.resolved_aliases() r WHERE r.id = l.target AND r.cve = l.entity)

-- name: link_vendors
-- Each known exploited CVE to the settled name of its vendor.
INSERT INTO company.links (kind, entity, target)
SELECT 'vendor', k.cve, v.name
FROM patchfirst.kev k
JOIN company.spellings v ON v.kind = 'vendor' AND v.spelling = k.vendor AND v.name IS NOT NULL
ON CONFLICT DO NOTHING

-- name: unlink_vendors
-- Links that no feed or decision supports any more.
DELETE FROM company.links l
WHERE l.kind = 'vendor' AND NOT EXISTS (
  SELECT FROM patchfirst.kev k
  JOIN company.spellings v ON v.kind = 'vendor' AND v.spelling = k.vendor
  WHERE k.cve = l.entity AND v.name = l.target
)

-- name: vendor_spellings
-- How the feeds spell vendors: how often, and with which products.
SELECT k.vendor AS spelling, coalesce(n.key, k.vendor) AS key, count(*) AS uses,
  (array_agg(DISTINCT k.product))[1:10] AS seen_with
FROM patchfirst.kev k
LEFT JOIN company.names n ON n.kind = 'vendor' AND n.spelling = k.vendor
WHERE k.vendor <> ''
GROUP BY k.vendor, n.key

-- name: link_inventories
-- What came up for the components of customers' inventories.
INSERT INTO patchfirst.inventory_cves (customer_id, cve, place, verdict)
SELECT m.customer_id, m.cve, m.place, m.verdict FROM patchfirst.matched_inventories(NULL) m
EXCEPT
SELECT l.customer_id, l.cve, l.place, l.verdict FROM patchfirst.inventory_cves l

-- name: unlink_inventories
-- What no record or advisory supports any more.
DELETE FROM patchfirst.inventory_cves l
WHERE NOT EXISTS (
  SELECT FROM patchfirst.matched_inventories(NULL) m
  WHERE (m.customer_id, m.cve, m.place, m.verdict) = (l.customer_id, l.cve, l.place, l.verdict)
)
