-- Why: whoever has an idea may ask for its past, and not write it. The product says how to look, the brain looks and keeps what it saw.

CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE OR DELETE ON company.backtests
FOR EACH ROW EXECUTE FUNCTION company.only_add();

CREATE OR REPLACE FUNCTION company.require_research(my_session bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.my_kind() IS DISTINCT FROM 'worker' OR NOT EXISTS (SELECT FROM company.roster WHERE role = company.me() AND 'research' = ANY (modes)) THEN
    PERFORM company.refuse('only_research_proposes', coalesce(company.me(), session_user) || ' works no research');
  END IF;
  PERFORM company.require_living_session(my_session);
END $$;

-- A function of the product by its name, study_<name>(timestamptz) or past_of_<name>(timestamptz): made by migrate, as the product's doctrine says.
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

-- A study as of now, and beside each of its rows what the same rule was worth before. All of it is kept, proposed or not.
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
    'INSERT INTO company.backtests (study, subject, told, numbers, past, looked_at, model_version, run_by, session_id)
     SELECT $1, r.row ->> ''subject'', r.row ->> ''told'', company.figures_of(r.row),
       ''{"moments": 0}'' || coalesce((SELECT company.figures_of(p) FROM jsonb_array_elements($2) AS p
         WHERE coalesce(p ->> ''subject'', r.row ->> ''subject'') = r.row ->> ''subject'' LIMIT 1), ''{}''),
       sum(coalesce((r.row ->> ''looked_at'')::integer, 1)) OVER (), company.score_model_in_force(), company.me(), $3
     FROM (SELECT to_jsonb(t) AS row FROM %s($4) AS t) AS r
     RETURNING *', study
  ) USING my_study, past, my_session, company.now();
END $$;

-- Every scored thing as its parts stood at a moment.
CREATE OR REPLACE FUNCTION company.parts_at(moment timestamptz) RETURNS TABLE (entity text, score numeric, parts real[], model_version text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.entity, s.score, s.parts, s.model_version FROM company.scores s WHERE s.scored_at <= moment
  UNION ALL
  SELECT h.entity, h.old_score, h.old_parts, h.old_version FROM company.score_history h WHERE h.valid_from <= moment AND h.valid_to > moment
$$;

-- Where one thing stood in the order of a moment; null when it had no score. Counting those above it takes a tenth of ranking all.
CREATE OR REPLACE FUNCTION company.place_at(my_entity text, moment timestamptz) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT 1 + (SELECT count(*) FROM company.scores s WHERE s.scored_at <= moment AND s.score > mine.score)
    + (SELECT count(*) FROM company.score_history h WHERE h.valid_from <= moment AND h.valid_to > moment AND h.old_score > mine.score)
  FROM (
    SELECT s.score FROM company.scores s WHERE s.entity = my_entity AND s.scored_at <= moment
    UNION ALL
    SELECT h.old_score FROM company.score_history h WHERE h.entity = my_entity AND h.valid_from <= moment AND h.valid_to > moment
  ) AS mine
$$;

REVOKE EXECUTE ON FUNCTION company.require_research(bigint), company.product_function(text), company.score_model_in_force(), company.figures_of(jsonb),
  company.run_study(bigint, text), company.parts_at(timestamptz), company.place_at(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION company.run_study(bigint, text) TO @staff@;
GRANT SELECT ON company.backtests TO @staff@;
