-- name: pages_taken_back
-- The pages that carried what an undone batch had put into force and is not so now, with those items of each. A change
-- of a list bears the moment of its promotion; a score moves in a pass between that and the undoing, and back in the
-- next.
WITH b AS MATERIALIZED (
  SELECT * FROM company.batches WHERE id = %(batch)s AND status = 'undone'
), touched AS MATERIALIZED (
  SELECT t.cve FROM b, patchfirst.cves_taken_back(b.id) AS t (cve)
)
SELECT d.id AS delivery_id, d.customer_id, c.name, c.email, c.kind, c.is_paused, d.status, d.subject, d.written_at,
  jsonb_agg(i.item ORDER BY i.item ->> 'cve', i.item ->> 'what') AS items
FROM b
JOIN company.deliveries d ON d.written_at BETWEEN b.promoted_at AND company.carried_until(b.undone_at)
  AND d.occasion <> 'correction'
JOIN company.outbox o ON o.id = d.outbox_id
JOIN company.customers c ON c.id = d.customer_id
CROSS JOIN LATERAL jsonb_array_elements(d.items) AS i (item)
CROSS JOIN LATERAL (SELECT (i.item ->> 'at')::timestamptz AS at, i.item ->> 'what' AS what) AS said
WHERE coalesce(o.mail_status, '') NOT IN ('bounced', 'rejected') AND d.status NOT IN ('refused', 'declined')
  AND i.item ->> 'cve' IN (SELECT cve FROM touched)
  AND CASE said.what
    WHEN 'score_moved' THEN said.at BETWEEN b.promoted_at AND b.undone_at
    WHEN 'exploit_seen' THEN said.at = b.promoted_at AND b.source NOT IN ('kev', 'epss', 'nvd', 'cves')
    ELSE said.at = b.promoted_at AND b.source = 'kev' END
  AND NOT patchfirst.is_so_again(i.item)
GROUP BY d.id, c.id
ORDER BY d.id
