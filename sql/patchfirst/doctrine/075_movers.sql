-- Why: a customer reads of a score that moved with its cause, and never of a move that only a new model of EPSS made.

-- When EPSS changed its model: the numbers of before and after are not compared, and customers read of it.
CREATE OR REPLACE FUNCTION patchfirst.epss_model_changes(since timestamptz, until timestamptz)
RETURNS TABLE (at timestamptz, old_model text, new_model text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT b.promoted_at, b.before, b.version
  FROM (
    SELECT promoted_at, version, lag(version) OVER (ORDER BY promoted_at, id) AS before
    FROM company.batches WHERE source = 'epss' AND status = 'promoted' AND version IS NOT NULL
  ) AS b
  WHERE b.before <> b.version AND b.promoted_at > since AND b.promoted_at <= until
$$;
GRANT EXECUTE ON FUNCTION patchfirst.epss_model_changes(timestamptz, timestamptz) TO @staff@;

-- The part that made the most of a move in its own direction, and the points of the score that it brought.
CREATE OR REPLACE FUNCTION patchfirst.cause_of_move(my_version text, old_parts real[], new_parts real[])
RETURNS TABLE (part text, points numeric)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT n.part, n.points - o.points
  FROM company.explain_parts(my_version, new_parts) AS n
  JOIN company.explain_parts(my_version, old_parts) AS o ON o.part = n.part
  ORDER BY (n.points - o.points) * sign(sum(n.points - o.points) OVER ()) DESC, n.part
  LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION patchfirst.cause_of_move(text, real[], real[]) TO @staff@;

-- The scores that moved for a customer in a span, up and down, each from the first score to the last with the part
-- that moved it. Where EPSS changed its model in between, from the change on.
CREATE OR REPLACE FUNCTION patchfirst.movers_for(my_customer bigint, since timestamptz, until timestamptz)
RETURNS TABLE (cve text, at timestamptz, old_score numeric, new_score numeric, cause text, cause_points numeric,
  vendor text, product text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH moves AS (
    SELECT c.cve, min(c.at) AS first_at, max(c.at) AS last_at, min(c.vendor) AS vendor, min(c.product) AS product
    FROM patchfirst.changes_for(my_customer, since, until, ARRAY['score_moved']) AS c
    WHERE c.at > coalesce((SELECT max(m.at) FROM patchfirst.epss_model_changes(since, until) AS m), since)
    GROUP BY c.cve
  )
  SELECT m.cve, m.last_at, f.old_score, l.new_score, cause.part, cause.points, m.vendor, m.product
  FROM moves m
  JOIN company.score_history f ON f.entity = m.cve AND f.valid_to = m.first_at
  JOIN company.score_history l ON l.entity = m.cve AND l.valid_to = m.last_at
  CROSS JOIN LATERAL patchfirst.cause_of_move(l.new_version, f.old_parts, l.new_parts) AS cause
  WHERE l.new_score <> f.old_score AND f.old_version = l.new_version
  ORDER BY abs(l.new_score - f.old_score) DESC, m.cve
$$;
GRANT EXECUTE ON FUNCTION patchfirst.movers_for(bigint, timestamptz, timestamptz) TO @staff@;
