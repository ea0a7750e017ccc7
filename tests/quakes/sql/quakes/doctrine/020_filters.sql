-- Why: what a customer may choose is said once, and checked when it is taken.
CREATE OR REPLACE FUNCTION quakes.filters() RETURNS TABLE (name text, takes text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  VALUES ('at_least', 'a number from 0 to 10')
$$;
GRANT EXECUTE ON FUNCTION quakes.filters() TO @staff@;

-- What is wrong with a filter, a sentence each.
CREATE OR REPLACE FUNCTION quakes.filter_faults(filters jsonb) RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('there is no filter %s', w.key) FROM jsonb_each(filters) AS w
  WHERE NOT EXISTS (SELECT FROM quakes.filters() f WHERE f.name = w.key)
  UNION ALL
  SELECT format('at_least is %s, and not a number from 0 to 10', filters -> 'at_least') WHERE filters ? 'at_least'
    AND CASE jsonb_typeof(filters -> 'at_least')
      WHEN 'number' THEN (filters -> 'at_least')::numeric NOT BETWEEN 0 AND 10 ELSE true END
$$;
GRANT EXECUTE ON FUNCTION quakes.filter_faults(jsonb) TO @staff@;
