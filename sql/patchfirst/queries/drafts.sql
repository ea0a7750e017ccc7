-- name: topic_added_lately
-- The entries that joined the known exploited list last, the highest score first.
SELECT cve, vendor, product, date_added, score FROM (
  SELECT k.cve, k.vendor, k.product, k.date_added, s.score
