-- Why: a dashboard shows what a customer's pages are about, and its past as it was kept: what was not read is missing.

-- The CVEs that a customer watches: those under its names and of its inventory, or all that have a score. Keywords are
-- looked for in the 20,000 CVEs that are the most urgent of all.
CREATE OR REPLACE FUNCTION patchfirst.watched_by(my_customer bigint) RETURNS SETOF text
-- Planned once in a session, not at each call.
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH me AS MATERIALIZED (
    SELECT * FROM patchfirst.watch_of(my_customer)
  ), urgent AS MATERIALIZED (
    SELECT s.entity AS cve FROM company.scores s, me WHERE me.keywords <> '{}'
    ORDER BY s.score DESC, s.entity LIMIT 20000
  )
  SELECT s.entity FROM company.scores s, me WHERE NOT me.by_name
  UNION
  SELECT n.cve FROM me, patchfirst.cves_of(me.vendors, me.products) AS n (cve) WHERE me.by_name
  UNION
  SELECT o.cve FROM patchfirst.inventory_of(my_customer) o
  UNION
  SELECT u.cve FROM urgent u, me WHERE patchfirst.mentions(u.cve, me.keywords);
END $$;
GRANT EXECUTE ON FUNCTION patchfirst.watched_by(bigint) TO @staff@;

-- How many of a customer's CVEs were known to be exploited, and scored 50 or more, at the ends of the last weeks
-- (Mondays at 0:00 UTC), five years of them at most, by what was known then. A week in which nothing was scored has no
-- figures: nobody looked.
CREATE OR REPLACE FUNCTION patchfirst.exposure_of(my_customer bigint, last_day timestamptz, weeks integer)
RETURNS TABLE (until timestamptz, listed bigint, above bigint, version text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH theirs AS MATERIALIZED (
    SELECT w.cve FROM patchfirst.watched_by(my_customer) AS w (cve)
  ), mondays AS MATERIALIZED (
    -- By number: a series of moments up to infinity has no end.
    SELECT date_trunc('week', last_day, 'UTC') - make_interval(weeks => n) AS until
    FROM generate_series(0, least(weeks, 260) - 1) AS n
  ), ends AS MATERIALIZED (
    SELECT e.until, p.model_version FROM mondays e
    LEFT JOIN LATERAL (
      SELECT s.model_version FROM company.score_passes s
      WHERE s.at <= e.until AND s.at > e.until - interval '1 week' ORDER BY s.at DESC LIMIT 1
    ) p ON true
  ), steps AS (
    -- One more from the moment on at which a CVE was listed or scored so much, one less from when it was no more.
    SELECT k.valid_from AS at, 1 AS listed, 0 AS above FROM patchfirst.kev k JOIN theirs t ON t.cve = k.cve
    UNION ALL
    SELECT m.at, m.step, 0 FROM patchfirst.kev_history h JOIN theirs t ON t.cve = h.cve
    CROSS JOIN LATERAL (VALUES (h.valid_from, 1), (h.valid_to, -1)) AS m (at, step)
    UNION ALL
    SELECT s.scored_at, 0, 1 FROM company.scores s JOIN theirs t ON t.cve = s.entity WHERE s.score >= 50
    UNION ALL
    SELECT m.at, 0, m.step FROM company.score_history h JOIN theirs t ON t.cve = h.entity
    CROSS JOIN LATERAL (VALUES (h.valid_from, 1), (h.valid_to, -1)) AS m (at, step)
    -- One old score in a hundred is so high, and these have an index: it must be said in its words.
    WHERE h.old_score >= 50 AND h.valid_to > (SELECT min(e.until) FROM ends e)
  ), by_end AS (
    -- Each step counts from the first end at or after it. So the history is read once, and not once for each week.
    SELECT greatest(f.until, date_bin('7 days', s.at - interval '1 microsecond', f.until) + interval '7 days') AS until,
      sum(s.listed) AS listed, sum(s.above) AS above
    FROM steps s CROSS JOIN (SELECT min(e.until) AS until FROM ends e) AS f GROUP BY 1
  )
  SELECT e.until,
    CASE WHEN e.model_version IS NOT NULL THEN coalesce(sum(b.listed) OVER so_far, 0)::bigint END,
    CASE WHEN e.model_version IS NOT NULL THEN coalesce(sum(b.above) OVER so_far, 0)::bigint END,
    e.model_version
  FROM ends e LEFT JOIN by_end b ON b.until = e.until
  WINDOW so_far AS (ORDER BY e.until)
  ORDER BY e.until
$$;
GRANT EXECUTE ON FUNCTION patchfirst.exposure_of(bigint, timestamptz, integer) TO @staff@;
