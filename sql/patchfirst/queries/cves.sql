-- name: cve_timeline
-- The story of one CVE: when each feed knew what, and how its score moved.
SELECT at, who, event, facts FROM (
  SELECT valid_from AS at, 'kev' AS who, 'listed' AS event,
    jsonb_build_object('batch', batch_id, 'vendor', was ->> 'vendor', 'product', was ->> 'product',
      'ransomware', was ->> 'ransomware') AS facts
  FROM company.entity_history('kev', %(entity)s)
  UNION ALL
  SELECT valid_to, 'kev', 'no_longer_listed', jsonb_build_object('batch', ended_by, 'how', ended_how)
  FROM company.entity_history('kev', %(entity)s)
  WHERE ended_how <> 'changed'
  UNION ALL
  SELECT valid_from, 'epss', 'estimated',
    jsonb_build_object('batch', batch_id, 'epss', was ->> 'epss', 'model', was ->> 'model_version')
  FROM company.entity_history('epss', %(entity)s)
  UNION ALL
  SELECT h.valid_to, 'score', 'moved', jsonb_build_object('was', h.old_score, 'is', h.new_score)
  FROM company.score_history h
  WHERE h.entity = %(entity)s
  UNION ALL
  SELECT valid_from, 'cves', 'recorded',
    jsonb_build_object('batch', batch_id, 'state', lower(was ->> 'state'), 'cvss', was ->> 'cvss_score',
      'cvss_by', was ->> 'cvss_by', 'cvss_version', was ->> 'cvss_version', 'exploitation', was ->> 'exploitation')
  FROM company.entity_history('cves', %(entity)s)
  UNION ALL
  SELECT valid_from, 'nvd', 'analysed',
    jsonb_build_object('batch', batch_id, 'status', was ->> 'status', 'cvss', was ->> 'cvss_score',
      'cvss_by', was ->> 'cvss_by', 'cvss_version', was ->> 'cvss_version')
  FROM company.entity_history('nvd', %(entity)s)
  UNION ALL
  SELECT x.first_seen_at, x.source, 'exploit_seen', jsonb_build_object('name', x.name) FROM patchfirst.exploits x
  WHERE x.cve = %(entity)s AND x.source NOT IN ('cves', 'vulncheck')
  UNION ALL
  SELECT x.first_seen_at, x.source, 'reported_exploited',
    jsonb_build_object('since', x.listed_on, 'reports', x.reports, 'reported_on', x.reported_on)
  FROM patchfirst.exploited x WHERE x.cve = %(entity)s AND x.source = 'vulncheck'
  UNION ALL
  SELECT h.valid_to, 'vulncheck', 'no_longer_listed', jsonb_build_object('batch', h.ended_by, 'how', h.ended_how)
  FROM patchfirst.vulncheck_history h
  WHERE %(entity)s = ANY (h.cves) AND h.ended_how <> 'changed'
  UNION ALL
  SELECT min(l.linked_at), 'link', 'also_known_as',
    jsonb_build_object('names', string_agg(l.target, ', ' ORDER BY l.target))
  FROM company.links l WHERE l.kind = 'alias' AND l.entity = %(entity)s
  UNION ALL
  SELECT s.scored_at, 'score', 'scored',
    jsonb_build_object('score', s.score, 'model', s.model_version,
      'unknown', (SELECT string_agg(p.part, ', ') FROM company.explain_score(s.entity) p WHERE NOT p.is_known))
  FROM company.scores s WHERE s.entity = %(entity)s
  UNION ALL
  SELECT coalesce(d.ended_at, d.written_at), 'deliver', 'delivery',
    jsonb_build_object('customer', c.name, 'status', d.status)
  FROM company.deliveries d JOIN company.customers c ON c.id = d.customer_id
  WHERE d.items @> jsonb_build_array(jsonb_build_object('cve', %(entity)s::text))
) AS story
WHERE at IS NOT NULL
ORDER BY at, who

-- name: cves_named
-- The CVEs that another database's id names, by its one spelling or in other letters.
SELECT DISTINCT cve AS entity FROM patchfirst.aliases
WHERE id = %(name)s OR upper(id) = upper(%(name)s)
ORDER BY cve
