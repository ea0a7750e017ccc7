-- Why: other weights are an idea like any other. What came true after four moments shows what they would have been worth, by the parts as they
-- stood then: parts of today know already what came true.

-- The weights in the model's own order; a part that nobody named keeps its weight.
CREATE OR REPLACE FUNCTION company.weights_tried(my_weights jsonb, m company.score_models) RETURNS real[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  tried real[];
BEGIN
  IF jsonb_typeof(my_weights) IS DISTINCT FROM 'object' OR NOT (SELECT array_agg(key) FROM jsonb_object_keys(my_weights) AS key) <@ m.names
    OR EXISTS (SELECT FROM jsonb_each(my_weights) WHERE jsonb_typeof(value) <> 'number' OR value::text LIKE '-%' OR value::numeric > 1000) THEN
    PERFORM company.refuse('weights_are_of_the_models_parts', format('the parts are %s, each from 0 to 1000', array_to_string(m.names, ', ')));
  END IF;
  SELECT array_agg(coalesce((my_weights ->> n.name)::real, n.weight) ORDER BY n.place) INTO tried
  FROM unnest(m.names, m.weights) WITH ORDINALITY AS n (name, weight, place);
  IF tried = m.weights OR 0 >= ALL (tried) THEN
    PERFORM company.refuse('other_weights_are_others', 'these are the weights in force, or none at all');
  END IF;
  RETURN tried;
END $$;

-- What came true in the week after a moment, and how much of it stood among the first by each order. Nothing that came true before is counted.
CREATE OR REPLACE FUNCTION company.hits_after(moment timestamptz, ours real[], tried real[], came_true text,
  OUT came bigint, OUT candidates bigint, OUT ours_100 bigint, OUT ours_1000 bigint, OUT tried_100 bigint, OUT tried_1000 bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  formula text := (SELECT string_agg(format('coalesce(s.parts[%1$s], 0) * $%%1$s[%1$s]', n), ' + ') FROM generate_series(1, cardinality(ours)) AS n);
BEGIN
  EXECUTE format(
    'WITH came AS MATERIALIZED (
       SELECT c.entity FROM %1$s($4) AS c EXCEPT SELECT c.entity FROM %1$s($1) AS c
     ), placed AS MATERIALIZED (
       SELECT s.entity, row_number() OVER (ORDER BY %2$s DESC, s.entity) AS ours, row_number() OVER (ORDER BY %3$s DESC, s.entity) AS tried
       FROM company.parts_at($1) AS s
     )
     SELECT (SELECT count(*) FROM came), (SELECT count(*) FROM placed), count(*) FILTER (WHERE p.ours <= 100), count(*) FILTER (WHERE p.ours <= 1000),
       count(*) FILTER (WHERE p.tried <= 100), count(*) FILTER (WHERE p.tried <= 1000)
     FROM placed p JOIN came USING (entity)',
    came_true, format(formula, 2), format(formula, 3)
  ) INTO came, candidates, ours_100, ours_1000, tried_100, tried_1000 USING moment, ours, tried, moment + interval '7 days';
END $$;

CREATE OR REPLACE FUNCTION company.backtest_weights(my_session bigint, my_weights jsonb) RETURNS company.backtests
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET work_mem = '64MB' AS $$
DECLARE
  m company.score_models := (SELECT t FROM company.score_models t WHERE t.version = company.score_model_in_force());
  came_true text := company.product_function('came_true_until');
  tried real[];
  seen record;
  kept company.backtests;
BEGIN
  PERFORM company.require_research(my_session);
  IF m.version IS NULL OR came_true IS NULL THEN
    PERFORM company.refuse('weights_are_tried_on_what_was_scored', 'nothing is scored yet, or the product does not say what comes true');
  END IF;
  tried := company.weights_tried(my_weights, m);
  SELECT sum(h.came) AS came, sum(h.candidates) AS candidates, sum(h.ours_100) AS ours_100, sum(h.ours_1000) AS ours_1000,
    sum(h.tried_100) AS tried_100, sum(h.tried_1000) AS tried_1000, count(*) FILTER (WHERE h.candidates > 0) AS moments,
    count(*) FILTER (WHERE h.candidates > 0 AND h.came > 0) AS calls,
    count(*) FILTER (WHERE h.candidates > 0 AND h.came > 0 AND h.tried_1000 > h.ours_1000) AS held
  INTO seen
  FROM generate_series(1, 4) AS week, company.hits_after(company.now() - week * interval '7 days', m.weights, tried, came_true) AS h;
  IF seen.moments = 0 THEN
    PERFORM company.refuse('weights_are_tried_on_what_was_scored', 'no score is a week old');
  END IF;
  INSERT INTO company.backtests (study, subject, told, numbers, past, looked_at, model_version, weights, run_by, session_id)
  VALUES (
    'other_weights',
    (SELECT string_agg(n.name || ' ' || n.weight, ', ' ORDER BY n.place) FROM unnest(m.names, tried) WITH ORDINALITY AS n (name, weight, place)),
    format('other weights had %s of the %s that came true in %s weeks among the first 1,000, those in force %s',
      seen.tried_1000, seen.came, seen.moments, seen.ours_1000),
    jsonb_build_object('came', seen.came, 'tried_100', seen.tried_100, 'ours_100', seen.ours_100, 'tried_1000', seen.tried_1000,
      'ours_1000', seen.ours_1000, 'more_1000', seen.tried_1000 - seen.ours_1000),
    jsonb_build_object('moments', seen.moments, 'calls', seen.calls, 'held', seen.held),
    seen.candidates, m.version, (SELECT jsonb_object_agg(n.name, n.weight) FROM unnest(m.names, tried) AS n (name, weight)), company.me(), my_session
  ) RETURNING * INTO kept;
  RETURN kept;
END $$;

REVOKE EXECUTE ON FUNCTION company.weights_tried(jsonb, company.score_models), company.hits_after(timestamptz, real[], real[], text),
  company.backtest_weights(bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION company.backtest_weights(bigint, jsonb) TO @staff@;
