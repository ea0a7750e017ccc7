-- name: study_rising_vendors
-- Each vendor's entries of the last 60 days beside what its two years before would lead one to expect.
WITH today AS (SELECT (%(until)s::timestamptz AT TIME ZONE 'UTC')::date AS day),
counted AS (
  SELECT coalesce(v.name, k.vendor) AS vendor,
    count(*) FILTER (WHERE k.date_added > today.day - 60) AS recent,
    count(*) FILTER (WHERE k.date_added <= today.day - 60) * 60 / 730.0 AS expected
  FROM patchfirst.kev k
  CROSS JOIN today
  LEFT JOIN company.spellings v ON v.kind = 'vendor' AND v.spelling = k.vendor
  WHERE k.date_added BETWEEN today.day - 790 AND today.day AND k.vendor <> ''
  GROUP BY 1
)
-- Whoever was never seen before would be infinitely many times as often: half an entry is the least that is expected of anybody.
SELECT vendor AS subject, recent, round(expected, 2) AS expected, round(recent / greatest(expected, 0.5), 2) AS times
FROM counted
ORDER BY times DESC, vendor

-- name: study_score_misses
-- CVEs that became known exploited in the last seven days: where each stood in our order at the moment before, by what was known then.
WITH came AS MATERIALIZED (
  SELECT k.cve, k.first_seen_at AS at
  FROM patchfirst.kev k
  WHERE k.first_seen_at > %(until)s::timestamptz - interval '7 days' AND k.first_seen_at <= %(until)s
    -- The first edition that we ever read is no news.
    AND k.first_seen_at > (SELECT min(promoted_at) FROM company.batches WHERE source = 'kev' AND status = 'promoted')
  ORDER BY k.first_seen_at DESC, k.cve
  LIMIT 200
), moments AS (
  SELECT DISTINCT at FROM came
), ranked AS MATERIALIZED (
  SELECT m.at, s.entity, s.score, rank() OVER (PARTITION BY m.at ORDER BY s.score DESC) AS place
  FROM moments m CROSS JOIN LATERAL (
    SELECT entity, score FROM company.scores WHERE scored_at <= m.at
    UNION ALL
    SELECT entity, old_score FROM company.score_history WHERE valid_from <= m.at AND valid_to > m.at
  ) s
), placed AS (
  SELECT c.cve, r.place FROM came c LEFT JOIN ranked r ON r.at = c.at AND r.entity = c.cve
)
-- Whoever had no score at all stood nowhere.
SELECT to_char(%(until)s::timestamptz - interval '7 days', 'FMDD Mon') || ' to ' || to_char(%(until)s::timestamptz, 'FMDD Mon') AS subject,
  count(*) AS came, count(*) FILTER (WHERE place IS NULL OR place > 1000) AS missed,
  round(count(*) FILTER (WHERE place IS NULL OR place > 1000)::numeric / count(*), 3) AS share,
  coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY place), 0) AS median_place, count(*) AS looked_at
FROM placed
HAVING count(*) > 0

-- name: study_marginal_sources
-- For each feed, how many of our first hundred would stand there without it.
WITH model AS (
  SELECT m.weights, m.names FROM company.score_models m WHERE m.version = (SELECT model_version FROM company.scores LIMIT 1) AND %(until)s::timestamptz IS NOT NULL
), parts (part, source) AS (
  VALUES ('known_exploited', 'kev'), ('ransomware', 'kev'), ('added_lately', 'kev'), ('due_soon', 'kev'), ('epss', 'epss'), ('percentile', 'epss'),
    ('exploit_at_hand', 'exploits'), ('cvss', 'cves')
), without AS (
  SELECT s.source, array_agg(CASE WHEN p.source = s.source THEN 0 ELSE n.weight END ORDER BY n.place) AS weights
  FROM (SELECT DISTINCT source FROM parts) s
  CROSS JOIN model
  CROSS JOIN LATERAL unnest(model.names, model.weights) WITH ORDINALITY AS n (name, weight, place)
  LEFT JOIN parts p ON p.part = n.name
  GROUP BY s.source
), first AS MATERIALIZED (
  SELECT entity FROM company.scores ORDER BY score DESC, entity LIMIT 100
), left_over AS (
  SELECT w.source, f.entity
  FROM without w
  CROSS JOIN LATERAL (
    SELECT s.entity FROM company.scores s
    -- Written out: a sum over unnest() took two and a half times as long over a third of a million rows. A score has eight parts at most.
    ORDER BY coalesce(s.parts[1] * w.weights[1], 0) + coalesce(s.parts[2] * w.weights[2], 0) + coalesce(s.parts[3] * w.weights[3], 0)
      + coalesce(s.parts[4] * w.weights[4], 0) + coalesce(s.parts[5] * w.weights[5], 0) + coalesce(s.parts[6] * w.weights[6], 0)
      + coalesce(s.parts[7] * w.weights[7], 0) + coalesce(s.parts[8] * w.weights[8], 0) DESC, s.entity
    LIMIT 100
  ) again
  JOIN first f ON f.entity = again.entity
)
SELECT w.source AS subject, count(l.entity) AS replaceable, (SELECT count(*) FROM first) - count(l.entity) AS alone,
  (SELECT count(*) FROM first) AS top, round(count(l.entity)::numeric / greatest((SELECT count(*) FROM first), 1), 3) AS replaceable_share
FROM without w
LEFT JOIN left_over l ON l.source = w.source
WHERE EXISTS (SELECT FROM first)
GROUP BY w.source
ORDER BY w.source
