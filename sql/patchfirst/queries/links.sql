-- name: link_cve_ids
-- The hub: every CVE that a feed knows, and which feeds those are. Only what differs is written.
WITH known AS (
  SELECT coalesce(e.cve, k.cve) AS cve,
    CASE WHEN e.cve IS NULL THEN '{kev}'::text[] WHEN k.cve IS NULL THEN '{epss}' ELSE '{epss,kev}' END AS sources
  FROM patchfirst.epss e FULL JOIN patchfirst.kev k ON k.cve = e.cve
), different AS (
  SELECT known.cve, known.sources FROM known
  LEFT JOIN company.entities n ON n.entity = known.cve
  WHERE n.entity IS NULL OR n.sources <> known.sources
)
INSERT INTO company.entities AS n (entity, sources, first_seen_at)
SELECT cve, sources, (SELECT company.now()) FROM different
ON CONFLICT (entity) DO UPDATE SET sources = excluded.sources

-- name: unlink_gone_cves
-- A CVE that left every feed keeps its place in the hub, with no source: its story can still be told.
UPDATE company.entities n
SET sources = '{}'
WHERE n.sources <> '{}'
  AND NOT EXISTS (SELECT FROM patchfirst.epss e WHERE e.cve = n.entity)
  AND NOT EXISTS (SELECT FROM patchfirst.kev k WHERE k.cve = n.entity)

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
SELECT vendor AS spelling, count(*) AS uses, (array_agg(DISTINCT product))[1:10] AS seen_with
FROM patchfirst.kev
WHERE vendor <> ''
GROUP BY vendor
