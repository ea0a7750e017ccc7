-- name: cve_timeline
-- The story of one CVE: when each feed knew what, and how its score moved.
SELECT at, who, what FROM (
  SELECT valid_from AS at, 'kev' AS who,
    'batch ' || batch_id || ': ' || (was ->> 'vendor') || ' ' || (was ->> 'product')
    || ', ransomware ' || coalesce(was ->> 'ransomware', 'unknown') AS what
      FROM company.entity_history('kev', %(entity)s)
  UNION ALL
  SELECT valid_to, 'kev', 'batch ' || ended_by || ': ' || ended_how FROM company.entity_history('kev', %(entity)s)
  WHERE ended_how <> 'changed'
  UNION ALL
  SELECT valid_from, 'epss', 'batch ' || batch_id || ': ' || (was ->> 'epss') || ' (model '
    || coalesce(was ->> 'model_version', 'unknown') || ')'
  FROM company.entity_history('epss', %(entity)s)
  UNION ALL
  SELECT h.valid_to, 'score', h.old_score || ' -> ' || coalesce(h.new_score::text, 'none') FROM company.score_history h
  WHERE h.entity = %(entity)s
  UNION ALL
  SELECT valid_from, 'cves', 'batch ' || batch_id || ': ' || lower(was ->> 'state')
    || coalesce(', CVSS ' || (was ->> 'cvss_score') || ' by ' || (was ->> 'cvss_by'), '')
    || coalesce(', exploitation ' || (was ->> 'exploitation'), '') FROM company.entity_history('cves', %(entity)s)
  UNION ALL
  SELECT valid_from, 'nvd', 'batch ' || batch_id || ': ' || (was ->> 'status')
    || coalesce(', CVSS ' || (was ->> 'cvss_score'), '')
  FROM company.entity_history('nvd', %(entity)s)
  UNION ALL
  SELECT x.first_seen_at, x.source, 'exploit seen: ' || x.name FROM patchfirst.exploits x
  WHERE x.cve = %(entity)s AND x.source <> 'cves'
  UNION ALL
  SELECT s.scored_at, 'score', s.score || ' by ' || s.model_version
    || coalesce('; unknown: ' || (SELECT string_agg(p.part, ', ') FROM company.explain_score(s.entity) p
      WHERE NOT p.is_known), '')
  FROM company.scores s WHERE s.entity = %(entity)s
  UNION ALL
  SELECT coalesce(d.ended_at, d.written_at), 'deliver', c.name || ': ' || d.status
  FROM company.deliveries d JOIN company.customers c ON c.id = d.customer_id
  WHERE d.items @> jsonb_build_array(jsonb_build_object('cve', %(entity)s::text))
) AS story
WHERE at IS NOT NULL
ORDER BY at, who
