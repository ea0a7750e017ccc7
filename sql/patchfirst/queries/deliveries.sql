-- name: customer_changes
-- What changed for a customer between two moments: the known exploited list, ransomware use, exploits that came up, and
-- scores that moved.
SELECT c.cve, c.what, c.at, c.old_score, s.score, c.vendor, c.product, coalesce(k.title, r.title) AS title,
  k.date_added, k.due_date, k.ransomware,
  e.epss, e.percentile, k.cve IS NOT NULL AS is_known_exploited, r.state, coalesce(o.components, '{}') AS components
FROM patchfirst.changes_for(%(customer_id)s, %(since)s, %(until)s, patchfirst.kinds_of_change()) c
LEFT JOIN patchfirst.kev k ON k.cve = c.cve
LEFT JOIN patchfirst.epss e ON e.cve = c.cve
LEFT JOIN patchfirst.cves r ON r.cve = c.cve
LEFT JOIN company.scores s ON s.entity = c.cve
LEFT JOIN patchfirst.components_of(%(customer_id)s) o ON o.cve = c.cve
ORDER BY c.cve, c.at

-- name: important_changes
-- What does not wait for the morning: a CVE of theirs that is now known to be exploited.
SELECT c.cve, c.what, c.at, c.old_score, s.score, c.vendor, c.product, coalesce(k.title, r.title) AS title,
  k.date_added, k.due_date, k.ransomware,
  e.epss, e.percentile, k.cve IS NOT NULL AS is_known_exploited, r.state, coalesce(o.components, '{}') AS components
FROM patchfirst.changes_for(%(customer_id)s, %(since)s, %(until)s,
  ARRAY['known_exploited', 'name_corrected']) c
LEFT JOIN patchfirst.kev k ON k.cve = c.cve
LEFT JOIN patchfirst.epss e ON e.cve = c.cve
LEFT JOIN patchfirst.cves r ON r.cve = c.cve
LEFT JOIN company.scores s ON s.entity = c.cve
LEFT JOIN patchfirst.components_of(%(customer_id)s) o ON o.cve = c.cve
WHERE c.what = 'known_exploited' AND NOT c.is_of_first_edition
ORDER BY s.score DESC, c.cve

-- name: customer_list
-- A customer's two lists as far as a dashboard shows them: as many as CISA's whole list has, and as many as anybody
-- may get to. A page and a file take what leads them. since and until do not matter here.
WITH listed AS MATERIALIZED (
  SELECT * FROM patchfirst.lists_of(%(customer_id)s, 1500, 500)
)
SELECT l.cve, l.question, l.number, l.score, l.of_list, n.vendor, n.product,
  coalesce(f.title, nullif(f.cve_title, '')) AS title, f.date_added, f.due_date, f.ransomware, f.epss, f.percentile,
  f.published_at, l.state, coalesce(o.components, '{}') AS components
FROM listed l
LEFT JOIN (
  SELECT s.* FROM patchfirst.watch_of(%(customer_id)s) me,
    patchfirst.shown_names(ARRAY(SELECT cve FROM listed), me.vendors, me.products) AS s
) AS n ON n.cve = l.cve
-- Looked up for each of two thousand at most, and not joined: that read the facts of all CVEs. OFFSET keeps it so.
LEFT JOIN LATERAL (SELECT * FROM patchfirst.cve_facts f WHERE f.cve = l.cve OFFSET 0) AS f ON true
LEFT JOIN patchfirst.components_of(%(customer_id)s) o ON o.cve = l.cve
WHERE %(since)s::timestamptz <= %(until)s::timestamptz
ORDER BY l.question DESC, l.place

-- name: unmatched_names
-- The names of a filter that no CVE was ever seen under, each with the known ones that look like it.
SELECT kind, written, similar_names FROM patchfirst.unmatched_names(%(filters)s)

-- name: names_left_out
-- The known names that look like one of a filter and that it does not mean.
SELECT kind, written, similar_names FROM patchfirst.names_left_out(%(filters)s)

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

-- name: inventory_components
-- The components of a customer's inventory, each with the number of CVEs that it may have.
SELECT i.place, i.item ->> 'name' AS name, i.item ->> 'version' AS version, count(o.cve) AS entities
FROM company.inventory_items i
LEFT JOIN patchfirst.inventory_of(%(customer_id)s) o ON o.place = i.place
WHERE i.customer_id = %(customer_id)s
GROUP BY i.place, i.item
ORDER BY i.place
