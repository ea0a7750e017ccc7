-- name: customer_changes
-- What changed for a customer between two moments: the known exploited list, ransomware use, exploits that came up, and
-- scores that moved.
WITH me AS MATERIALIZED (
  SELECT ARRAY(SELECT jsonb_array_elements_text(filters -> 'vendors')) AS vendors, filters ? 'vendors' AS by_vendor,
    coalesce((filters ->> 'min_score')::numeric, 0) AS min_score,
    coalesce((filters ->> 'min_move')::numeric, 5) AS min_move
  FROM company.customers WHERE id = %(customer_id)s
), first_load AS MATERIALIZED (
  SELECT min(id) AS batch_id FROM company.batches WHERE source = 'kev' AND status = 'promoted'
), changes AS (
  SELECT k.cve, 'known_exploited' AS what, k.first_seen_at AS at, NULL::numeric AS old_score
  FROM patchfirst.kev k, first_load
  WHERE k.first_seen_at > %(since)s AND k.first_seen_at <= %(until)s
    -- Of the very first edition only what the list itself dates into the span is news.
    AND (k.first_seen_at > (SELECT promoted_at FROM company.batches b WHERE b.id = first_load.batch_id)
      OR k.date_added >= %(since)s::date)
  UNION ALL
  SELECT k.cve, 'ransomware', h.valid_to, NULL
  FROM patchfirst.kev_history h JOIN patchfirst.kev k ON k.cve = h.cve
  WHERE h.valid_to > %(since)s AND h.valid_to <= %(until)s AND h.ended_how = 'changed' AND k.ransomware
    -- What was last known of the flag; in between it may have been unreadable.
    AND h.ransomware IS NOT TRUE AND (SELECT e.ransomware FROM patchfirst.kev_history e
      WHERE e.cve = h.cve AND e.ransomware IS NOT NULL AND e.valid_to <= h.valid_to
      ORDER BY e.valid_to DESC LIMIT 1) IS FALSE
  UNION ALL
  SELECT h.cve, 'left_the_list', h.valid_to, NULL
  FROM patchfirst.kev_history h
  WHERE h.valid_to > %(since)s AND h.valid_to <= %(until)s AND h.ended_how = 'removed'
    AND NOT EXISTS (SELECT FROM patchfirst.kev k WHERE k.cve = h.cve)
  UNION ALL
  -- Of the first edition of a list of exploits nothing is news: it may be twenty years old.
  SELECT x.cve, 'exploit_seen', x.first_seen_at, NULL
  FROM patchfirst.exploits x
  WHERE x.first_seen_at > %(since)s AND x.first_seen_at <= %(until)s AND x.source <> 'cves'
    AND x.first_seen_at > (SELECT min(b.promoted_at) FROM company.batches b WHERE b.source = x.source)
  UNION ALL
  SELECT m.cve, 'score_moved', m.at, m.old_score
  FROM patchfirst.score_moves m, me
  WHERE m.at > %(since)s AND m.at <= %(until)s AND abs(m.new_score - m.old_score) >= me.min_move
)
SELECT DISTINCT ON (c.cve, c.what, CASE c.what WHEN 'score_moved' THEN c.at END)
  c.cve, c.what, c.at, c.old_score, f.score, f.vendor, f.product, f.title, f.date_added,
  f.due_date, f.ransomware, f.epss,
  f.percentile, f.is_known_exploited, f.state
FROM changes c
CROSS JOIN me
LEFT JOIN patchfirst.cve_facts f ON f.cve = c.cve
WHERE (NOT me.by_vendor OR f.vendor = ANY (me.vendors)) AND coalesce(f.score, 100) >= me.min_score
ORDER BY c.cve, c.what, CASE c.what WHEN 'score_moved' THEN c.at END, c.at DESC

-- name: important_changes
-- What does not wait for the morning: a CVE of theirs that is now known to be exploited.
SELECT k.cve, 'known_exploited' AS what, k.first_seen_at AS at, NULL::numeric AS old_score, f.score, f.vendor,
  f.product, f.title, f.date_added, f.due_date,
  f.ransomware, f.epss, f.percentile, f.is_known_exploited, f.state
FROM patchfirst.kev k
JOIN patchfirst.cve_facts f ON f.cve = k.cve
JOIN company.customers c ON c.id = %(customer_id)s
WHERE k.first_seen_at > %(since)s AND k.first_seen_at <= %(until)s
  AND k.first_seen_at > (SELECT min(promoted_at) FROM company.batches WHERE source = 'kev' AND status = 'promoted')
  AND (NOT c.filters ? 'vendors' OR c.filters -> 'vendors' ? f.vendor)
  AND f.score >= coalesce((c.filters ->> 'min_score')::numeric, 0)
ORDER BY f.score DESC, k.cve

-- name: customer_list
-- What leads a customer's list, whatever changed. since and until do not matter here.
WITH me AS MATERIALIZED (
  SELECT ARRAY(SELECT jsonb_array_elements_text(filters -> 'vendors')) AS vendors, filters ? 'vendors' AS by_vendor,
    coalesce((filters ->> 'min_score')::numeric, 0) AS min_score
  FROM company.customers
  WHERE id = %(customer_id)s AND %(since)s::timestamptz <= %(until)s::timestamptz
), theirs AS MATERIALIZED (
  -- Who chose vendors reads the list of the known exploited, where alone a vendor stands; who did not reads from the
  -- top of all.
  (SELECT s.entity AS cve FROM company.scores s, me WHERE NOT me.by_vendor AND s.score >= me.min_score
    ORDER BY s.score DESC, s.entity LIMIT 10)
  UNION ALL
  (SELECT k.cve FROM patchfirst.kev k
  JOIN company.scores s ON s.entity = k.cve
  LEFT JOIN company.spellings v ON v.kind = 'vendor' AND v.spelling = k.vendor
  CROSS JOIN me
  WHERE me.by_vendor AND coalesce(v.name, k.vendor) = ANY (me.vendors) AND s.score >= me.min_score
  ORDER BY s.score DESC, s.entity LIMIT 10)
)
SELECT f.cve, f.score, f.vendor, f.product, f.title, f.date_added, f.due_date, f.ransomware, f.epss, f.percentile,
  f.is_known_exploited, f.state
FROM theirs
JOIN patchfirst.cve_facts f ON f.cve = theirs.cve
ORDER BY f.score DESC, f.cve
