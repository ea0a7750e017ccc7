-- name: customer_changes
-- What changed for a customer between two moments: the known exploited list, ransomware use, exploits that came up, and
-- scores that moved.
SELECT c.cve, c.what, c.at, c.old_score, s.score, c.vendor, c.product, coalesce(k.title, r.title) AS title,
  k.date_added, k.due_date, k.ransomware,
  e.epss, e.percentile, k.cve IS NOT NULL AS is_known_exploited, r.state
FROM patchfirst.changes_for(%(customer_id)s, %(since)s, %(until)s, patchfirst.kinds_of_change()) c
LEFT JOIN patchfirst.kev k ON k.cve = c.cve
LEFT JOIN patchfirst.epss e ON e.cve = c.cve
LEFT JOIN patchfirst.cves r ON r.cve = c.cve
LEFT JOIN company.scores s ON s.entity = c.cve
-- A rejected record is no vulnerability; it is named where the list names it.
WHERE r.state IS DISTINCT FROM 'REJECTED' OR k.cve IS NOT NULL OR c.what = 'left_the_list'
ORDER BY c.cve, c.at

-- name: important_changes
-- What does not wait for the morning: a CVE of theirs that is now known to be exploited.
SELECT c.cve, c.what, c.at, c.old_score, s.score, c.vendor, c.product, coalesce(k.title, r.title) AS title,
  k.date_added, k.due_date, k.ransomware,
  e.epss, e.percentile, k.cve IS NOT NULL AS is_known_exploited, r.state
FROM patchfirst.changes_for(%(customer_id)s, %(since)s, %(until)s,
  ARRAY['known_exploited', 'name_corrected']) c
LEFT JOIN patchfirst.kev k ON k.cve = c.cve
LEFT JOIN patchfirst.epss e ON e.cve = c.cve
LEFT JOIN patchfirst.cves r ON r.cve = c.cve
LEFT JOIN company.scores s ON s.entity = c.cve
WHERE c.what = 'known_exploited' AND NOT c.is_of_first_edition
ORDER BY s.score DESC, c.cve

-- name: customer_list
-- What leads a customer's list, whatever changed, without what it has handled. since and until do not matter here.
-- Keywords are looked for in the 20,000 CVEs that are the most urgent of all.
WITH me AS MATERIALIZED (
  SELECT * FROM patchfirst.watch_of(%(customer_id)s) WHERE %(since)s::timestamptz <= %(until)s::timestamptz
), urgent AS MATERIALIZED (
  SELECT s.entity AS cve FROM company.scores s, me
  WHERE s.score >= me.min_score AND (NOT me.by_name OR me.keywords <> '{}')
  ORDER BY s.score DESC, s.entity LIMIT 20000
), named AS MATERIALIZED (
  SELECT u.cve FROM urgent u, me WHERE NOT me.by_name
  UNION
  SELECT u.cve FROM urgent u, me WHERE me.by_name AND patchfirst.mentions(u.cve, me.keywords)
  UNION
  SELECT n.cve FROM me, patchfirst.cves_of(me.vendors, me.products) AS n (cve)
), theirs AS MATERIALIZED (
  SELECT s.entity AS cve, s.score FROM named n JOIN company.scores s ON s.entity = n.cve, me
  WHERE s.score >= me.min_score AND NOT patchfirst.is_handled(%(customer_id)s, s.entity)
  ORDER BY s.score DESC, s.entity LIMIT 10
)
SELECT t.cve, t.score, n.vendor, n.product, f.title, f.date_added, f.due_date, f.ransomware, f.epss, f.percentile,
  f.is_known_exploited, f.state
FROM theirs t
CROSS JOIN me
LEFT JOIN LATERAL patchfirst.shown_name(t.cve, me.vendors, me.products) n ON true
LEFT JOIN patchfirst.cve_facts f ON f.cve = t.cve
ORDER BY t.score DESC, t.cve

-- name: unmatched_names
-- The names of a filter that no CVE was ever seen under, each with the known ones that look like it.
SELECT kind, written, similar_names FROM patchfirst.unmatched_names(%(filters)s)

-- name: handled_cves
-- What a customer has handled, the last first, with the score in force; back_because says what brought it back.
SELECT h.cve, h.cve AS entity, h.handled_at AS at, h.by_whom, h.note, h.back_because, s.score, n.vendor, n.product,
  f.title, f.due_date, f.ransomware
FROM patchfirst.handled h
CROSS JOIN LATERAL patchfirst.watch_of(h.customer_id) me
LEFT JOIN LATERAL patchfirst.shown_name(h.cve, me.vendors, me.products) n ON true
LEFT JOIN patchfirst.cve_facts f ON f.cve = h.cve
LEFT JOIN company.scores s ON s.entity = h.cve
WHERE h.customer_id = %(customer_id)s
ORDER BY h.handled_at DESC, h.cve
