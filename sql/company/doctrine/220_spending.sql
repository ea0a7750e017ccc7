-- Why: no call is made that no limit allows. Limits are checked before the call, against what everybody has spent or
-- reserved (scars 11 to 15). What a reservation asks is written in plpgsql: Postgres plans a function in SQL at each
-- call anew, and planning took most of a reservation's time.

GRANT SELECT ON company.spend, company.model_prices, company.spending_limits, company.spending_refusals TO @staff@;

CREATE OR REPLACE FUNCTION company.spending_day() RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RETURN date_trunc('day', company.now(), 'UTC'); END $$;
GRANT EXECUTE ON FUNCTION company.spending_day() TO @staff@;

-- The priced model that this id means: with its date, its version, a cloud's prefix or its ARN. NULL: nobody knows its
-- price.
CREATE OR REPLACE FUNCTION company.priced_as(my_model text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
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
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN CASE WHEN my_model ~ '^(arn:[^/]*/)?((us|us-gov|eu|jp|au|apac)\.)?anthropic\.' THEN 1.1 ELSE 1 END;
END $$;
GRANT EXECUTE ON FUNCTION company.surcharge_of(text) TO @owners@;

-- What these tokens cost today. An unknown model (NULL) costs as much as the most expensive known one, never nothing.
CREATE OR REPLACE FUNCTION company.cost_of(
  known_as text, n_input integer, n_output integer, n_cache_write integer, n_cache_read integer
)
RETURNS numeric
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  today date := company.now()::date;
BEGIN
  RETURN (
    SELECT coalesce(sum(usd * CASE kind WHEN 'input' THEN n_input WHEN 'output' THEN n_output
      WHEN 'cache_write' THEN n_cache_write ELSE n_cache_read END), 0) / 1000000
    FROM (
      SELECT kind, max(usd) AS usd FROM (
        SELECT DISTINCT ON (model, kind) kind, usd FROM company.model_prices
        WHERE (known_as IS NULL OR model = known_as)
          AND (above_prompt = 0 OR n_input::bigint + n_cache_write + n_cache_read > above_prompt)
        -- Before its first price a model costs what it cost first; a simulated year has no list of its own.
        ORDER BY model, kind, valid_from <= today DESC, CASE WHEN valid_from <= today THEN valid_from END DESC,
          valid_from, above_prompt DESC
      ) AS in_force GROUP BY kind
    ) AS price
  );
END $$;
GRANT EXECUTE ON FUNCTION company.cost_of(text, integer, integer, integer, integer) TO @owners@;

-- A day of an employee is eight whole fires of its record's budget, at most 96 fires (one a quarter of an hour), unless
-- the owner set another.
CREATE OR REPLACE FUNCTION company.limits_of(my_role text) RETURNS TABLE (unit text, most numeric, is_set boolean)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT u.unit,
    coalesce(l.most, CASE u.unit WHEN 'fires' THEN 96 ELSE 8 * coalesce((r.budget ->> u.unit)::numeric, 0) END),
    l.most IS NOT NULL
  FROM company.roster r CROSS JOIN unnest(ARRAY['usd', 'tokens', 'fires']) AS u (unit)
  LEFT JOIN company.spending_limits l ON l.whose = r.role AND l.unit = u.unit
  WHERE r.role = my_role;
END $$;
GRANT EXECUTE ON FUNCTION company.limits_of(text) TO @staff@;

-- Every limit on a session's next call, with what is spent of it. scope: fire, employee or company.
CREATE OR REPLACE FUNCTION company.spending_room(my_session bigint, my_role text)
RETURNS TABLE (scope text, unit text, gone numeric, most numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH today AS (
    SELECT session_id, role, counts_usd, counts_tokens, state FROM company.spend
    WHERE at >= company.spending_day() AND state <> 'released'
  ), fire AS (
    SELECT count(*) AS turns, coalesce(sum(counts_tokens), 0) AS tokens, coalesce(sum(counts_usd), 0) AS usd
    FROM company.spend WHERE session_id = my_session AND state <> 'released'
  ), day AS (
    SELECT coalesce(sum(counts_usd), 0) AS usd, coalesce(sum(counts_tokens), 0) AS tokens,
      count(DISTINCT session_id) AS fires,
      coalesce(sum(counts_usd) FILTER (WHERE role = my_role), 0) AS my_usd,
      coalesce(sum(counts_tokens) FILTER (WHERE role = my_role), 0) AS my_tokens,
      count(DISTINCT session_id) FILTER (WHERE role = my_role) AS my_fires
    FROM today
  ), budget AS (SELECT budget AS b FROM company.roster WHERE role = my_role)
  SELECT 'fire', 'usd', fire.usd, coalesce((b ->> 'usd')::numeric, 0) FROM fire, budget
  UNION ALL SELECT 'fire', 'tokens', fire.tokens, coalesce((b ->> 'tokens')::numeric, 0) FROM fire, budget
  UNION ALL SELECT 'fire', 'turns', fire.turns, coalesce((b ->> 'turns')::numeric, 0) FROM fire, budget
  UNION ALL SELECT 'employee', l.unit, CASE l.unit WHEN 'usd' THEN my_usd WHEN 'tokens' THEN my_tokens
    ELSE my_fires END, l.most
  FROM day, company.limits_of(my_role) AS l
  UNION ALL SELECT 'company', l.unit, CASE l.unit WHEN 'usd' THEN usd WHEN 'tokens' THEN tokens ELSE fires END, l.most
  FROM day, company.spending_limits AS l WHERE l.whose = 'company';
END $$;
GRANT EXECUTE ON FUNCTION company.spending_room(bigint, text) TO @staff@;

-- The first limit that a call of this size would exceed, and the reason as a text; no row when there is room.
CREATE OR REPLACE FUNCTION company.broken_limit(my_session bigint, asks_usd numeric, asks_tokens bigint)
RETURNS TABLE (scope text, because text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT r.scope, format('%s of %s %s spent%s, and this call may take %s; opens again %s',
    CASE r.unit WHEN 'usd' THEN '$' || round(r.gone, 4) ELSE r.gone::text END,
    CASE r.unit WHEN 'usd' THEN '$' || round(r.most, 4) ELSE trim_scale(r.most)::text END,
    CASE r.unit WHEN 'usd' THEN 'dollars' ELSE r.unit END,
    CASE r.scope WHEN 'fire' THEN ' in this fire' WHEN 'employee' THEN ' today by ' || s.role
      ELSE ' today by the company' END,
    CASE r.unit WHEN 'usd' THEN '$' || round(asks.n, 4) ELSE asks.n::text END,
    CASE r.scope WHEN 'fire' THEN 'with the next fire'
      ELSE to_char((company.spending_day() + interval '1 day') AT TIME ZONE company.owner_zone(),
        'YYYY-MM-DD HH24:MI') END)
  FROM company.sessions s, company.spending_room(s.id, s.role) r, LATERAL (
    SELECT CASE r.unit WHEN 'usd' THEN asks_usd WHEN 'tokens' THEN asks_tokens WHEN 'turns' THEN 1
      ELSE (NOT EXISTS (SELECT FROM company.spend p WHERE p.session_id = my_session AND p.state <> 'released'
        AND p.at >= company.spending_day()))::integer END AS n
  ) asks
  WHERE s.id = my_session AND r.gone + asks.n > r.most
  ORDER BY array_position(ARRAY['fire', 'employee', 'company'], r.scope), r.unit DESC
  LIMIT 1;
END $$;

-- What a call may cost at most: all of its input written to the cache.
CREATE OR REPLACE FUNCTION company.most_cost_of(my_model text, most_input integer, most_output integer) RETURNS numeric
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN round(company.cost_of(company.priced_as(my_model), 0, most_output, most_input, 0)
    * company.surcharge_of(my_model), 6);
END $$;

-- Reserves the money before the call. One lock for the whole company: two sessions cannot both take the last dollar.
CREATE OR REPLACE FUNCTION company.reserve_spend(
  my_session bigint, my_model text, my_most_input integer, my_most_output integer
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  usd numeric := company.most_cost_of(my_model, my_most_input, my_most_output);
  broken record;
  taken bigint;
BEGIN
  PERFORM company.require_open_session(my_session);
  PERFORM FROM company.spending_limits WHERE whose = 'company' AND unit = 'usd' FOR UPDATE;
  SELECT * INTO broken FROM company.broken_limit(my_session, usd, my_most_input::bigint + my_most_output);
  IF broken.scope = 'fire' THEN
    PERFORM company.refuse('a_fire_keeps_to_its_budget', broken.because);
  ELSIF broken.scope = 'employee' THEN
    PERFORM company.refuse('an_employee_keeps_to_its_day', broken.because);
  ELSIF broken.scope = 'company' THEN
    PERFORM company.refuse('the_company_keeps_to_its_day', broken.because);
  END IF;
  INSERT INTO company.spend (session_id, role, model, priced_as, most_input, most_output, reserved_usd)
  VALUES (my_session, company.me(), my_model, company.priced_as(my_model), my_most_input, my_most_output, usd)
  RETURNING id INTO taken;
  RETURN taken;
END $$;
GRANT EXECUTE ON FUNCTION company.reserve_spend(bigint, text, integer, integer) TO @staff@;

CREATE OR REPLACE FUNCTION company.require_own_reservation(my_reservation bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  mine company.spend;
BEGIN
  SELECT * INTO mine FROM company.spend WHERE id = my_reservation FOR UPDATE;
  PERFORM company.require_open_session(mine.session_id);
  IF mine.state <> 'reserved' THEN
    PERFORM company.refuse('a_call_is_settled_once', format('call %s is %s', my_reservation, mine.state));
  END IF;
END $$;

-- Whether a call can have used so many tokens: an answer is no longer than was asked for, a request is not empty, and
-- an estimate of its length is not four times too low. NULL (not reported) cannot be.
CREATE OR REPLACE FUNCTION company.is_possible_usage(
  reservation company.spend, n_input bigint, n_output bigint, n_cache_write bigint, n_cache_read bigint
) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN coalesce(n_input >= 0 AND n_output >= 0 AND n_cache_write >= 0 AND n_cache_read >= 0
    AND n_output <= reservation.most_output
    AND n_input::numeric + n_cache_write + n_cache_read BETWEEN 1 AND 4 * reservation.most_input::bigint + 4096, false);
END $$;

-- What the call really used, in tokens as the answer counts them; returns its cost in dollars. Usage that cannot be
-- (missing, negative, more than was asked for) is taken as the most that was reserved, so that nobody works for nothing
-- and no endpoint takes the day's money by a figure.
CREATE OR REPLACE FUNCTION company.settle_spend(
  my_reservation bigint, n_input bigint, n_output bigint, n_cache_write bigint, n_cache_read bigint
)
RETURNS numeric
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  cost numeric;
BEGIN
  PERFORM company.require_own_reservation(my_reservation);
  UPDATE company.spend s
  SET state = 'settled', ended_at = company.now(), input = used.input, output = used.output,
    cache_write = used.cache_write, cache_read = used.cache_read,
    cost_usd = CASE WHEN used.is_reported
      THEN company.cost_of(priced_as, used.input, used.output, used.cache_write, used.cache_read)
        * company.surcharge_of(model)
      ELSE reserved_usd END
  FROM (
    SELECT r.id, p.is_reported,
      CASE WHEN p.is_reported THEN n_input ELSE 0 END::integer AS input,
      CASE WHEN p.is_reported THEN n_output ELSE r.most_output END::integer AS output,
      CASE WHEN p.is_reported THEN n_cache_write ELSE r.most_input END::integer AS cache_write,
      CASE WHEN p.is_reported THEN n_cache_read ELSE 0 END::integer AS cache_read
    FROM company.spend r,
      LATERAL (SELECT company.is_possible_usage(r, n_input, n_output, n_cache_write, n_cache_read) AS is_reported) p
    WHERE r.id = my_reservation
  ) used
  WHERE s.id = used.id
  RETURNING s.cost_usd INTO cost;
  RETURN cost;
END $$;
GRANT EXECUTE ON FUNCTION company.settle_spend(bigint, bigint, bigint, bigint, bigint) TO @staff@;

-- Only for a call that certainly cost nothing because it was refused before it began. In doubt it stays reserved, and
-- counts.
CREATE OR REPLACE FUNCTION company.release_spend(my_reservation bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_own_reservation(my_reservation);
  UPDATE company.spend SET state = 'released', ended_at = company.now() WHERE id = my_reservation;
END $$;
GRANT EXECUTE ON FUNCTION company.release_spend(bigint) TO @staff@;

-- A refusal rolls back its own statement, so the refused session records it in a second one; only a refusal that still
-- holds is recorded.
CREATE OR REPLACE FUNCTION company.note_spending_refused(
  my_session bigint, my_model text, my_most_input integer, my_most_output integer
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_open_session(my_session);
  INSERT INTO company.spending_refusals (session_id, role, rule, because)
  SELECT my_session, company.me(), b.scope, b.because
  FROM company.broken_limit(my_session, company.most_cost_of(my_model, my_most_input, my_most_output),
    my_most_input::bigint + my_most_output) b;
  RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION company.note_spending_refused(bigint, text, integer, integer) TO @staff@;

CREATE OR REPLACE FUNCTION company.set_spending_limit(my_whose text, my_unit text, my_most numeric) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_owner('only_the_owner_sets_limits');
  IF my_whose <> 'company' AND NOT EXISTS (
    SELECT FROM company.roster WHERE role = my_whose AND left_at IS NULL AND kind NOT IN ('machine', 'owner')
  ) THEN
    PERFORM company.refuse('one_limits_who_can_spend', my_whose || ' is neither the company nor an employee');
  END IF;
  INSERT INTO company.spending_limits (whose, unit, most, changed_by) VALUES (my_whose, my_unit, my_most, company.me())
  ON CONFLICT (whose, unit) DO UPDATE SET most = excluded.most, changed_at = company.now(),
    changed_by = excluded.changed_by;
END $$;
GRANT EXECUTE ON FUNCTION company.set_spending_limit(text, text, numeric) TO @staff@;

-- A session costs what its calls cost, whatever the session says; an agent's own account was three times too low
-- elsewhere (scar 14).
CREATE OR REPLACE FUNCTION company.sum_session_cost() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE company.sessions SET cost_usd = (SELECT sum(counts_usd) FROM company.spend WHERE session_id = NEW.session_id)
  WHERE id = NEW.session_id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER sum_session_cost AFTER INSERT OR UPDATE ON company.spend
FOR EACH ROW EXECUTE FUNCTION company.sum_session_cost();

CREATE OR REPLACE FUNCTION company.keep_what_was_spent() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state <> 'reserved'
    OR (NEW.id, NEW.session_id, NEW.role, NEW.model, NEW.at, NEW.most_input, NEW.most_output, NEW.reserved_usd)
      IS DISTINCT FROM (OLD.id, OLD.session_id, OLD.role, OLD.model, OLD.at, OLD.most_input, OLD.most_output,
        OLD.reserved_usd) THEN
    PERFORM company.refuse('what_was_spent_stays_spent', format('call %s of %s', OLD.id, OLD.role));
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER keep_what_was_spent BEFORE UPDATE OR DELETE ON company.spend
FOR EACH ROW EXECUTE FUNCTION company.keep_what_was_spent();
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.spend
FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();
