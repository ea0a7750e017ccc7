-- Why: a call is priced by the list of its day, whatever a cloud calls its model; what nobody knows is never free.

-- The priced model that this id means: with its date, its version, a cloud's prefix or its ARN. NULL: nobody knows its
-- price.
CREATE OR REPLACE FUNCTION company.priced_as(my_model text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM company.model_prices WHERE model = my_model) THEN
    RETURN my_model;
  END IF;
  RETURN (
    SELECT model FROM company.model_prices
    WHERE strpos(my_model, model) > 0  -- first: a pattern of each model is compiled anew, this is not
      AND my_model ~ ('^(arn:[^/]*/)?([a-z-]+[./])*' || model || '(-latest)?([-@]20[0-9]{6})?(-v[0-9]+(:[0-9]+)?)?$')
    ORDER BY length(model) DESC LIMIT 1
  );
END $$;
GRANT EXECUTE ON FUNCTION company.priced_as(text) TO @staff@;

-- A cloud's profile that stays in one part of the world costs a tenth more than the global one, and so does a single
-- region.
CREATE OR REPLACE FUNCTION company.surcharge_of(my_model text) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  -- Looked for first, for a pattern takes longer.
  RETURN CASE WHEN strpos(my_model, 'anthropic.') > 0
    AND my_model ~ '^(arn:[^/]*/)?((us|us-gov|eu|jp|au|apac)\.)?anthropic\.' THEN 1.1 ELSE 1 END;
END $$;
GRANT EXECUTE ON FUNCTION company.surcharge_of(text) TO @owners@;

-- Of the tokens of a call those of one kind. Without a search_path of its own, so that it costs a call nothing.
CREATE OR REPLACE FUNCTION company.tokens_of(
  kind text, n_input integer, n_output integer, n_cache_write integer, n_cache_read integer
)
RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE kind WHEN 'input' THEN n_input WHEN 'output' THEN n_output WHEN 'cache_write' THEN n_cache_write
    ELSE n_cache_read END
$$;
GRANT EXECUTE ON FUNCTION company.tokens_of(text, integer, integer, integer, integer) TO @owners@;

-- What these tokens cost by the list of a day, for a model of that list; NULL: it is not on it. Where each of the four
-- kinds has its price by then, as for nearly every call, the prices come in the order of their key and need no sorting.
CREATE OR REPLACE FUNCTION company.listed_cost(
  my_model text, today date, n_input integer, n_output integer, n_cache_write integer, n_cache_read integer
)
RETURNS numeric
LANGUAGE plpgsql STABLE AS $$
DECLARE
  cost numeric;
  kinds integer;
BEGIN
  SELECT sum(usd * company.tokens_of(kind, n_input, n_output, n_cache_write, n_cache_read)) / 1000000, count(*)
  INTO cost, kinds
  FROM (
    SELECT DISTINCT ON (kind) kind, usd FROM company.model_prices
    WHERE model = my_model AND valid_from <= today
      AND (above_prompt = 0 OR n_input::bigint + n_cache_write + n_cache_read > above_prompt)
    ORDER BY kind DESC, valid_from DESC, above_prompt DESC
  ) AS in_force;
  IF kinds = 4 THEN
    RETURN cost;
  END IF;
  RETURN (
    SELECT sum(usd * company.tokens_of(kind, n_input, n_output, n_cache_write, n_cache_read)) / 1000000
    FROM (
      SELECT DISTINCT ON (kind) kind, usd FROM company.model_prices
      WHERE model = my_model AND (above_prompt = 0 OR n_input::bigint + n_cache_write + n_cache_read > above_prompt)
      -- Before its first price a model costs what it cost first; a simulated year has no list of its own.
      ORDER BY kind, valid_from <= today DESC, CASE WHEN valid_from <= today THEN valid_from END DESC,
        valid_from, above_prompt DESC
    ) AS in_force
  );
END $$;
GRANT EXECUTE ON FUNCTION company.listed_cost(text, date, integer, integer, integer, integer) TO @owners@;

-- What these tokens cost today. An unknown model (NULL) costs, kind by kind, what the most expensive known one does.
CREATE OR REPLACE FUNCTION company.cost_of(
  known_as text, n_input integer, n_output integer, n_cache_write integer, n_cache_read integer
)
RETURNS numeric
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  today date := company.now()::date;
BEGIN
  IF known_as IS NOT NULL THEN
    RETURN coalesce(company.listed_cost(known_as, today, n_input, n_output, n_cache_write, n_cache_read), 0);
  END IF;
  RETURN (
    SELECT coalesce(sum(usd * company.tokens_of(kind, n_input, n_output, n_cache_write, n_cache_read)), 0) / 1000000
    FROM (
      SELECT kind, max(usd) AS usd FROM (
        SELECT DISTINCT ON (model, kind) kind, usd FROM company.model_prices
        WHERE above_prompt = 0 OR n_input::bigint + n_cache_write + n_cache_read > above_prompt
        ORDER BY model, kind, valid_from <= today DESC, CASE WHEN valid_from <= today THEN valid_from END DESC,
          valid_from, above_prompt DESC
      ) AS in_force GROUP BY kind
    ) AS price
  );
END $$;
GRANT EXECUTE ON FUNCTION company.cost_of(text, integer, integer, integer, integer) TO @owners@;
