-- name: topic_added_lately
-- The entries that joined the known exploited list last, the highest score first.
SELECT cve, vendor, product, date_added, score FROM (
  SELECT k.cve, k.vendor, k.product, k.date_added, s.score
  FROM patchfirst.kev_to_write_about k JOIN company.scores s ON s.entity = k.cve
  WHERE k.date_added IS NOT NULL
  ORDER BY k.date_added DESC, s.score DESC, k.cve
  LIMIT 5
) AS latest
ORDER BY score DESC, cve

-- name: topic_due_soon
-- Entries of the list whose date comes up next.
SELECT k.cve, k.vendor, k.product, k.due_date, s.score
FROM patchfirst.kev_to_write_about k JOIN company.scores s ON s.entity = k.cve
WHERE k.due_date BETWEEN (company.now() AT TIME ZONE 'UTC')::date AND (company.now() AT TIME ZONE 'UTC')::date + 14
ORDER BY k.due_date, s.score DESC, k.cve
LIMIT 5

-- name: topic_letter
-- The most urgent entries of the one vendor that has most of the urgent ones.
WITH urgent AS MATERIALIZED (
  SELECT k.cve, k.vendor, k.product, s.score
  FROM patchfirst.kev_to_write_about k JOIN company.scores s ON s.entity = k.cve
  ORDER BY s.score DESC, k.cve
  LIMIT 100
)
SELECT cve, vendor, product, score FROM urgent
WHERE vendor = (SELECT vendor FROM urgent GROUP BY vendor ORDER BY count(*) DESC, vendor LIMIT 1)
ORDER BY score DESC, cve
LIMIT 5
