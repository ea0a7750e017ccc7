-- Why: a proposer may ask how an idea would have done in the past, and cannot write the result. The product says how to
-- look; the brain runs it and keeps the result. Other weights of the score are such an idea too.

GRANT SELECT ON company.backtests TO @staff@;

CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE OR DELETE ON company.backtests
FOR EACH ROW EXECUTE FUNCTION company.only_add();

CREATE OR REPLACE FUNCTION company.require_research(my_session bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.my_kind() IS DISTINCT FROM 'worker'
    OR NOT EXISTS (SELECT FROM company.roster WHERE role = company.me() AND 'research' = ANY (modes)) THEN
    PERFORM company.refuse('only_research_proposes', coalesce(company.me(), session_user) || ' works no research');
  END IF;
  PERFORM company.require_open_session(my_session);
END $$;

-- A function of the product by its name, study_<name>(timestamptz) or past_of_<name>(timestamptz): made by migrate, as
-- the product's doctrine says.
CREATE OR REPLACE FUNCTION company.product_function(my_name text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('%I.%I', n.nspname, p.proname)
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE p.proname = my_name AND p.pronargs = 1 AND p.proargtypes[0] = 'timestamptz'::regtype
    AND p.proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
$$;

CREATE OR REPLACE FUNCTION company.score_model_in_force() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT model_version FROM company.score_passes ORDER BY id DESC LIMIT 1
$$;

-- The figures of a row, three decimals at most; texts and looked_at are none of them.
CREATE OR REPLACE FUNCTION company.figures_of(my_row jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(jsonb_object_agg(key, trim_scale(round(value::numeric, 3))), '{}')
  FROM jsonb_each_text(my_row - 'looked_at') WHERE jsonb_typeof(my_row -> key) = 'number'
$$;

-- A study as of now, and for each of its rows what the same rule was worth before. All of it is kept, proposed or not.
CREATE OR REPLACE FUNCTION company.run_study(my_session bigint, my_study text) RETURNS SETOF company.backtests
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET work_mem = '64MB' AS $$
DECLARE
  study text := company.product_function('study_' || my_study);
  past_of text := company.product_function('past_of_' || my_study);
  past jsonb := '[]';
BEGIN
  PERFORM company.require_research(my_session);
  IF study IS NULL THEN
    PERFORM company.refuse('a_study_is_the_products', format('there is no study %s', my_study));
  END IF;
  IF past_of IS NOT NULL THEN
    EXECUTE format('SELECT coalesce(jsonb_agg(t), ''[]'') FROM %s($1) AS t', past_of) INTO past USING company.now();
  END IF;
  RETURN QUERY EXECUTE format(
    'INSERT INTO company.backtests (study, subject, title, numbers, past, looked_at, model_version, run_by, session_id)
     SELECT $1, r.row ->> ''subject'', r.row ->> ''title'', company.figures_of(r.row),
       ''{"moments": 0}'' || coalesce((SELECT company.figures_of(p) FROM jsonb_array_elements($2) AS p
         WHERE coalesce(p ->> ''subject'', r.row ->> ''subject'') = r.row ->> ''subject'' LIMIT 1), ''{}''),
       sum(coalesce((r.row ->> ''looked_at'')::integer, 1)) OVER (), company.score_model_in_force(), company.me(), $3
     FROM (SELECT to_jsonb(t) AS row FROM %s($4) AS t) AS r
     RETURNING *', study
  ) USING my_study, past, my_session, company.now();
END $$;
GRANT EXECUTE ON FUNCTION company.run_study(bigint, text) TO @staff@;

-- Every scored thing with its parts at a moment.
CREATE OR REPLACE FUNCTION company.parts_at(moment timestamptz)
RETURNS TABLE (entity text, score numeric, parts real[], model_version text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.entity, s.score, s.parts, s.model_version FROM company.scores s WHERE s.scored_at <= moment
  UNION ALL
  SELECT h.entity, h.old_score, h.old_parts, h.old_version FROM company.score_history h
  WHERE h.valid_from <= moment AND h.valid_to > moment
$$;

-- The rank of one thing at a moment among all but the settled ones; null when it had no score. Counting those above it
-- takes a tenth of ranking all; the settled are few and are subtracted.
CREATE OR REPLACE FUNCTION company.place_at(my_entity text, moment timestamptz, settled text[]) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT 1 + (SELECT count(*) FROM company.scores s WHERE s.scored_at <= moment AND s.score > mine.score)
    + (SELECT count(*) FROM company.score_history h
      WHERE h.valid_from <= moment AND h.valid_to > moment AND h.old_score > mine.score)
    - (SELECT count(*) FROM company.scores s
      WHERE s.entity = ANY (settled) AND s.scored_at <= moment AND s.score > mine.score)
    - (SELECT count(*) FROM company.score_history h
      WHERE h.entity = ANY (settled) AND h.valid_from <= moment AND h.valid_to > moment AND h.old_score > mine.score)
  FROM (
    SELECT s.score FROM company.scores s WHERE s.entity = my_entity AND s.scored_at <= moment
    UNION ALL
    SELECT h.old_score FROM company.score_history h
    WHERE h.entity = my_entity AND h.valid_from <= moment AND h.valid_to > moment
  ) AS mine
$$;

-- The weights in the model's own order; a part that nobody named keeps its weight.
CREATE OR REPLACE FUNCTION company.weights_tried(my_weights jsonb, m company.score_models) RETURNS real[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  tried real[];
BEGIN
  IF jsonb_typeof(my_weights) IS DISTINCT FROM 'object'
    OR NOT (SELECT array_agg(key) FROM jsonb_object_keys(my_weights) AS key) <@ m.names
    OR EXISTS (SELECT FROM jsonb_each(my_weights)
      WHERE jsonb_typeof(value) <> 'number' OR value::text LIKE '-%' OR value::numeric > 1000) THEN
    PERFORM company.refuse('weights_are_of_the_models_parts',
      format('the parts are %s, each from 0 to 1000', array_to_string(m.names, ', ')));
  END IF;
  SELECT array_agg(coalesce((my_weights ->> n.name)::real, n.weight) ORDER BY n.place) INTO tried
  FROM unnest(m.names, m.weights) WITH ORDINALITY AS n (name, weight, place);
  IF tried = m.weights OR 0 >= ALL (tried) THEN
    PERFORM company.refuse('tried_weights_differ', 'these are the weights in force, or none at all');
  END IF;
  RETURN tried;
END $$;

-- What happened in the week after a moment, and how much of it was among the first by each order. What had happened
-- before is no candidate: it would fill the first places of every order.
CREATE OR REPLACE FUNCTION company.hits_after(
  moment timestamptz, ours real[], tried real[], if_unknown real[], came_true text,
  OUT came bigint, OUT candidates bigint, OUT ours_100 bigint, OUT ours_1000 bigint, OUT tried_100 bigint,
    OUT tried_1000 bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  formula text := (SELECT string_agg(format('coalesce(s.parts[%1$s], $5[%1$s]) * $%%1$s[%1$s]', n), ' + ')
    FROM generate_series(1, cardinality(ours)) AS n);
BEGIN
  EXECUTE format(
    'WITH came AS MATERIALIZED (
       SELECT c.entity FROM %1$s($4) AS c EXCEPT SELECT c.entity FROM %1$s($1) AS c
     ), placed AS MATERIALIZED (
       SELECT s.entity, row_number() OVER (ORDER BY %2$s DESC, s.entity) AS ours,
         row_number() OVER (ORDER BY %3$s DESC, s.entity) AS tried
       FROM company.parts_at($1) AS s
       WHERE NOT EXISTS (SELECT FROM %1$s($1) AS c WHERE c.entity = s.entity)
     )
     SELECT (SELECT count(*) FROM came), (SELECT count(*) FROM placed), count(*) FILTER (WHERE p.ours <= 100),
       count(*) FILTER (WHERE p.ours <= 1000),
       count(*) FILTER (WHERE p.tried <= 100), count(*) FILTER (WHERE p.tried <= 1000)
     FROM placed p JOIN came USING (entity)',
    came_true, format(formula, 2), format(formula, 3)
  ) INTO came, candidates, ours_100, ours_1000, tried_100, tried_1000
    USING moment, ours, tried, moment + interval '7 days', if_unknown;
END $$;

CREATE OR REPLACE FUNCTION company.backtest_weights(my_session bigint, my_weights jsonb) RETURNS company.backtests
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET work_mem = '64MB' AS $$
DECLARE
  m company.score_models := (SELECT t FROM company.score_models t WHERE t.version = company.score_model_in_force());
  came_true text := company.product_function('happened_until');
  tried real[];
  seen record;
  kept company.backtests;
BEGIN
  PERFORM company.require_research(my_session);
  IF m.version IS NULL OR came_true IS NULL THEN
    PERFORM company.refuse('weights_are_tried_on_what_was_scored',
      'nothing is scored yet, or the product does not say what comes true');
  END IF;
  tried := company.weights_tried(my_weights, m);
  SELECT sum(h.came) AS came, sum(h.candidates) AS candidates, sum(h.ours_100) AS ours_100,
    sum(h.ours_1000) AS ours_1000,
    sum(h.tried_100) AS tried_100, sum(h.tried_1000) AS tried_1000, count(*) FILTER (WHERE h.candidates > 0) AS moments,
    count(*) FILTER (WHERE h.candidates > 0 AND h.came > 0) AS calls,
    count(*) FILTER (WHERE h.candidates > 0 AND h.came > 0 AND h.tried_1000 > h.ours_1000) AS held
  INTO seen
  FROM generate_series(1, 4) AS week,
    company.hits_after(company.now() - week * interval '7 days', m.weights, tried, m.if_unknown, came_true) AS h;
  IF seen.moments = 0 THEN
    PERFORM company.refuse('weights_are_tried_on_what_was_scored', 'no score is a week old');
  END IF;
  INSERT INTO company.backtests (study, subject, title, numbers, past, looked_at, model_version, weights, run_by,
    session_id)
  VALUES (
    'other_weights',
    (SELECT string_agg(n.name || ' ' || n.weight, ', ' ORDER BY n.place)
      FROM unnest(m.names, tried) WITH ORDINALITY AS n (name, weight, place)),
    format('other weights had %s of the %s that came true in %s weeks among the first 1,000, those in force %s',
      seen.tried_1000, seen.came, seen.moments, seen.ours_1000),
    jsonb_build_object('came', seen.came, 'tried_100', seen.tried_100, 'ours_100', seen.ours_100, 'tried_1000',
      seen.tried_1000,
      'ours_1000', seen.ours_1000, 'more_1000', seen.tried_1000 - seen.ours_1000),
    jsonb_build_object('moments', seen.moments, 'calls', seen.calls, 'held', seen.held),
    seen.candidates, m.version, (SELECT jsonb_object_agg(n.name, n.weight)
      FROM unnest(m.names, tried) AS n (name, weight)), company.me(), my_session
  ) RETURNING * INTO kept;
  RETURN kept;
END $$;
GRANT EXECUTE ON FUNCTION company.backtest_weights(bigint, jsonb) TO @staff@;
