-- Why: what the product asks its own data each day. study_<name> is asked as of a moment, past_of_<name> tries the same
-- rule on earlier ones, by what was known then: moments tried, calls made, and how many of them held. The brain runs
-- both and keeps what they give; nobody types it.

-- What had come true by a moment: what other weights are tried on. The first edition that we ever read is no news at
-- any moment.
CREATE OR REPLACE FUNCTION patchfirst.happened_until(moment timestamptz) RETURNS TABLE (entity text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.cve FROM patchfirst.kev k
  WHERE k.first_seen_at <= greatest(moment,
    (SELECT min(promoted_at) FROM company.batches WHERE source = 'kev' AND status = 'promoted'))
$$;

CREATE OR REPLACE FUNCTION patchfirst.vendors_rising(days date[])
RETURNS TABLE (day date, vendor text, recent bigint, expected numeric, after bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  -- date_added is CISA's own date of an entry: what it says of an earlier day was so on that day, whenever we began to
  -- read.
  SELECT d.day, coalesce(v.name, k.vendor),
    count(*) FILTER (WHERE k.date_added > d.day - 60 AND k.date_added <= d.day),
    count(*) FILTER (WHERE k.date_added <= d.day - 60) * 60 / 730.0,
    count(*) FILTER (WHERE k.date_added > d.day)
  FROM patchfirst.kev k
  JOIN unnest(days) AS d (day) ON k.date_added BETWEEN d.day - 790 AND d.day + 60
  LEFT JOIN company.spellings v ON v.kind = 'vendor' AND v.spelling = k.vendor
  WHERE k.vendor <> ''
  GROUP BY 1, 2
$$;

-- Each vendor's entries of the last 60 days beside what its two years before would lead one to expect. One that was
-- never seen before would be infinitely many times as often: half an entry is the least that is expected of anybody.
CREATE OR REPLACE FUNCTION patchfirst.study_rising_vendors(until timestamptz)
RETURNS TABLE (subject text, title text, recent bigint, expected numeric, times numeric)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.vendor, format('%s: %s entries added to KEV in 60 days where %s were usual', r.vendor, r.recent,
    trim_scale(round(r.expected, 2))),
    r.recent, round(r.expected, 2), round(r.recent / greatest(r.expected, 0.5), 2)
  FROM patchfirst.vendors_rising(ARRAY[(until AT TIME ZONE 'UTC')::date]) AS r
  WHERE r.recent > 0 OR r.expected > 0
  ORDER BY 5 DESC, 1
$$;

-- Six earlier moments, 60 days apart: which vendors would have been reported as rising, and were at twice their usual
-- pace in the 60 days that followed.
CREATE OR REPLACE FUNCTION patchfirst.past_of_rising_vendors(until timestamptz)
RETURNS TABLE (moments bigint, calls bigint, held bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH days AS (
    SELECT (until AT TIME ZONE 'UTC')::date - 60 * n AS day FROM generate_series(1, 6) AS n
    WHERE EXISTS (SELECT FROM patchfirst.kev WHERE date_added <= (until AT TIME ZONE 'UTC')::date - 60 * n - 60)
  ), named AS (
    SELECT r.after >= 2 * greatest(r.expected, 0.5) AS held
    FROM patchfirst.vendors_rising((SELECT array_agg(day) FROM days)) AS r
    WHERE r.recent >= 3 AND r.recent >= 2 * greatest(r.expected, 0.5)
  )
  SELECT (SELECT count(*) FROM days), count(*), count(*) FILTER (WHERE named.held) FROM named
$$;

-- CVEs that became known exploited in a span: its place in our order at the moment before, by what was known
-- then.
CREATE OR REPLACE FUNCTION patchfirst.places_of_misses(since timestamptz, until timestamptz)
RETURNS TABLE (cve text, place bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  -- A CVE without a score had no place.
  SELECT k.cve, company.place_at(k.cve, k.first_seen_at,
    ARRAY(SELECT h.entity FROM patchfirst.happened_until(k.first_seen_at - interval '1 microsecond') AS h))
  FROM patchfirst.kev k
  WHERE k.first_seen_at > since AND k.first_seen_at <= until
    -- The first edition that we ever read is no news.
    AND k.first_seen_at > (SELECT min(promoted_at) FROM company.batches WHERE source = 'kev' AND status = 'promoted')
  ORDER BY k.first_seen_at DESC, k.cve
  LIMIT 200
$$;

CREATE OR REPLACE FUNCTION patchfirst.study_score_misses(until timestamptz)
RETURNS TABLE (subject text, title text, came bigint, missed bigint, share numeric, median_place bigint,
  looked_at bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH seen AS (
    SELECT to_char(until - interval '7 days', 'FMDD Mon') || ' to ' || to_char(until, 'FMDD Mon') AS week,
      count(*) AS came,
      count(*) FILTER (WHERE place IS NULL OR place > 1000) AS missed,
      coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY place), 0) AS median_place
    FROM patchfirst.places_of_misses(until - interval '7 days', until)
  )
  -- One pattern in all weeks: by its week it would be new, and asked about, each day.
  SELECT 'newly exploited',
    format('%s of %s CVEs that became known exploited in %s ranked below 1,000 before', missed, came, week),
    came, missed, round(missed::numeric / came, 3), median_place, came
  FROM seen WHERE came > 0
$$;

-- Eight earlier weeks: in how many of them something came that stood below place 1,000, and again in the week after. A
-- single bad week is chance.
CREATE OR REPLACE FUNCTION patchfirst.past_of_score_misses(until timestamptz)
RETURNS TABLE (moments bigint, calls bigint, held bigint, came numeric, missed numeric)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH weeks AS MATERIALIZED (
    SELECT n, count(p.cve) AS came, count(p.cve) FILTER (WHERE p.place IS NULL OR p.place > 1000) AS missed
    FROM generate_series(1, 8) AS n
    LEFT JOIN LATERAL patchfirst.places_of_misses(until - (n + 1) * interval '7 days',
      until - n * interval '7 days') AS p ON true
    WHERE until - n * interval '7 days' > (SELECT min(promoted_at) FROM company.batches
      WHERE source = 'kev' AND status = 'promoted')
    GROUP BY n
  ), now AS (
    SELECT exists(SELECT FROM patchfirst.places_of_misses(until - interval '7 days', until) AS p
      WHERE p.place IS NULL OR p.place > 1000) AS is_missed
  )
  SELECT count(*), count(*) FILTER (WHERE w.missed > 0),
    count(*) FILTER (WHERE w.missed > 0 AND coalesce(later.missed > 0, (SELECT is_missed FROM now))),
    coalesce(sum(w.came), 0), coalesce(sum(w.missed), 0)
  FROM weeks w LEFT JOIN weeks later ON later.n = w.n - 1
$$;

-- What the study below adds up: it writes twelve parts out, and with a thirteenth its order would not be ours.
CREATE OR REPLACE FUNCTION patchfirst.require_parts_written_out(names text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cardinality(names) > 12 THEN
    PERFORM company.refuse('a_study_adds_up_all_parts',
      format('the score has %s parts, and worth_of_sources adds up 12', cardinality(names)));
  END IF;
  RETURN true;
END $$;

-- For each feed, how many of our first hundred would have stood there without it, at some moments. Among what was not
-- listed: the listed lead in any case, and a question that they answer would be asked each week.
CREATE OR REPLACE FUNCTION patchfirst.worth_of_sources(moments timestamptz[])
RETURNS TABLE (moment timestamptz, source text, replaceable bigint, top bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH model AS (
    SELECT m.weights, m.names, m.if_unknown FROM company.score_models m
    WHERE m.version = company.score_model_in_force() AND patchfirst.require_parts_written_out(m.names)
  ), parts (part, source) AS (
    VALUES ('known_exploited', 'kev'), ('ransomware', 'kev'), ('added_lately', 'kev'), ('due_soon', 'kev'),
      ('neighbours', 'kev'), ('epss_place', 'epss'), ('exploit_at_hand', 'exploits'), ('open_to_all', 'cves'),
      ('weakness', 'cves'), ('automatable', 'cves'), ('technical_impact', 'cves')
  ), without AS (
    SELECT s.source, array_agg(CASE WHEN p.source = s.source THEN 0 ELSE n.weight END ORDER BY n.place) AS weights,
      model.if_unknown
    FROM (SELECT DISTINCT source FROM parts) s
    CROSS JOIN model
    CROSS JOIN LATERAL unnest(model.names, model.weights) WITH ORDINALITY AS n (name, weight, place)
    LEFT JOIN parts p ON p.part = n.name
    GROUP BY s.source, model.if_unknown
  ), happened AS MATERIALIZED (  -- once for a moment, not once for each entity
    SELECT m.moment, h.entity FROM unnest(moments) AS m (moment)
    CROSS JOIN LATERAL patchfirst.happened_until(m.moment) AS h
  ), known AS MATERIALIZED (
    SELECT m.moment, s.entity, s.score, s.parts FROM unnest(moments) AS m (moment)
    CROSS JOIN LATERAL company.parts_at(m.moment) AS s
    WHERE NOT EXISTS (SELECT FROM happened h WHERE h.moment = m.moment AND h.entity = s.entity)
  ), first AS MATERIALIZED (
    SELECT m.moment, f.entity FROM unnest(moments) AS m (moment)
    CROSS JOIN LATERAL (SELECT k.entity FROM known k WHERE k.moment = m.moment ORDER BY k.score DESC, k.entity
      LIMIT 100) AS f
  ), left_over AS (
    SELECT m.moment, w.source, f.entity
    FROM unnest(moments) AS m (moment)
    CROSS JOIN without w
    CROSS JOIN LATERAL (
      SELECT k.entity FROM known k WHERE k.moment = m.moment
      -- Written out: a sum over unnest() took two and a half times as long over a third of a million rows. A score has
      -- twelve parts at most.
      ORDER BY round((
        coalesce(coalesce(k.parts[1], w.if_unknown[1]) * w.weights[1], 0)
        + coalesce(coalesce(k.parts[2], w.if_unknown[2]) * w.weights[2], 0)
        + coalesce(coalesce(k.parts[3], w.if_unknown[3]) * w.weights[3], 0)
        + coalesce(coalesce(k.parts[4], w.if_unknown[4]) * w.weights[4], 0)
        + coalesce(coalesce(k.parts[5], w.if_unknown[5]) * w.weights[5], 0)
        + coalesce(coalesce(k.parts[6], w.if_unknown[6]) * w.weights[6], 0)
        + coalesce(coalesce(k.parts[7], w.if_unknown[7]) * w.weights[7], 0)
        + coalesce(coalesce(k.parts[8], w.if_unknown[8]) * w.weights[8], 0)
        + coalesce(coalesce(k.parts[9], w.if_unknown[9]) * w.weights[9], 0)
        + coalesce(coalesce(k.parts[10], w.if_unknown[10]) * w.weights[10], 0)
        + coalesce(coalesce(k.parts[11], w.if_unknown[11]) * w.weights[11], 0)
        + coalesce(coalesce(k.parts[12], w.if_unknown[12]) * w.weights[12], 0)
      )::numeric, 1) DESC, k.entity
      LIMIT 100
    ) again
    JOIN first f ON f.moment = m.moment AND f.entity = again.entity
  ), tops AS (
    SELECT f.moment, count(*) AS top FROM first f GROUP BY f.moment
  )
  SELECT t.moment, w.source, count(l.entity), t.top
  FROM tops t CROSS JOIN without w LEFT JOIN left_over l ON l.moment = t.moment AND l.source = w.source
  GROUP BY t.moment, w.source, t.top
$$;

CREATE OR REPLACE FUNCTION patchfirst.study_marginal_sources(until timestamptz)
RETURNS TABLE (subject text, title text, replaceable bigint, alone bigint, top bigint, replaceable_share numeric)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.source, format('without %s, %s of the first %s would be the same; %s would not', w.source, w.replaceable,
    w.top, w.top - w.replaceable),
    w.replaceable, w.top - w.replaceable, w.top, round(w.replaceable::numeric / w.top, 3)
  FROM patchfirst.worth_of_sources(ARRAY[until]) AS w
  ORDER BY w.source
$$;

-- Four earlier weeks: when a feed would have been reported as not needed, and was not needed a week later either.
CREATE OR REPLACE FUNCTION patchfirst.past_of_marginal_sources(until timestamptz)
RETURNS TABLE (subject text, moments bigint, calls bigint, held bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH seen AS MATERIALIZED (
    SELECT w.source, w.moment, w.replaceable >= 0.9 * w.top AS is_spare
    FROM patchfirst.worth_of_sources((SELECT array_agg(until - n * interval '7 days')
      FROM generate_series(0, 4) AS n
      -- Before the first score there is no week to try, nor one to compare it with: today is not added up twice.
      WHERE EXISTS (SELECT FROM company.score_passes p WHERE p.at <= until - greatest(n, 1) * interval '7 days')
    )) AS w
  )
  SELECT s.source, count(*), count(*) FILTER (WHERE s.is_spare), count(*) FILTER (WHERE s.is_spare AND later.is_spare)
  FROM seen s JOIN seen later ON later.source = s.source AND later.moment = s.moment + interval '7 days'
  GROUP BY s.source
$$;
