-- Why: no call is made that no limit allows. Limits are checked before the call, against what everybody has spent or
-- reserved (scars 11 to 15). What a reservation asks is written in plpgsql: Postgres plans a function in SQL at each
-- call anew, and planning took most of a reservation's time.

GRANT SELECT ON company.spend, company.model_prices, company.spending_limits, company.spending_refusals TO @staff@;

CREATE OR REPLACE FUNCTION company.spending_day() RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RETURN date_trunc('day', company.now(), 'UTC'); END $$;
GRANT EXECUTE ON FUNCTION company.spending_day() TO @staff@;

-- A day of an employee is eight whole fires of its record's budget, at most 96 fires (one a quarter of an hour), unless
-- the owner set another.
CREATE OR REPLACE FUNCTION company.usual_day(budget jsonb, unit text) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE unit WHEN 'fires' THEN 96 ELSE 8 * coalesce((budget ->> unit)::numeric, 0) END
$$;
GRANT EXECUTE ON FUNCTION company.usual_day(jsonb, text) TO @staff@;

CREATE OR REPLACE FUNCTION company.limits_of(my_role text) RETURNS TABLE (unit text, most numeric, is_set boolean)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT u.unit, coalesce(l.most, company.usual_day(r.budget, u.unit)), l.most IS NOT NULL
  FROM company.roster r CROSS JOIN unnest(ARRAY['usd', 'tokens', 'fires']) AS u (unit)
  LEFT JOIN company.spending_limits l ON l.whose = r.role AND l.unit = u.unit
  WHERE r.role = my_role;
END $$;
GRANT EXECUTE ON FUNCTION company.limits_of(text) TO @staff@;

-- Every limit on a session's next call of this size, with what is spent of it and what the call asks. scope: fire,
-- employee or company. In SQL and without settings of its own, so that it becomes a part of the statement that asks.
CREATE OR REPLACE FUNCTION company.room_of(
  my_session bigint, my_role text, asks_usd numeric, asks_tokens bigint, today timestamptz
) RETURNS TABLE (scope text, unit text, gone numeric, asks numeric, most numeric)
LANGUAGE sql STABLE AS $$
  SELECT l.scope, l.unit, l.gone, l.asks, l.most
  FROM company.roster r, (
    SELECT coalesce(sum(usd), 0) AS usd, coalesce(sum(tokens), 0) AS tokens, coalesce(sum(calls), 0) AS calls
    FROM company.spend_fires WHERE session_id = my_session
  ) AS f, (
    SELECT coalesce(sum(usd), 0) AS usd, coalesce(sum(tokens), 0) AS tokens, coalesce(sum(fires), 0) AS fires,
      coalesce(sum(usd) FILTER (WHERE role = my_role), 0) AS my_usd,
      coalesce(sum(tokens) FILTER (WHERE role = my_role), 0) AS my_tokens,
      coalesce(sum(fires) FILTER (WHERE role = my_role), 0) AS my_fires
    FROM company.spend_days WHERE day = today
  ) AS d, (
    SELECT max(most) FILTER (WHERE whose = my_role AND unit = 'usd') AS my_usd,
      max(most) FILTER (WHERE whose = my_role AND unit = 'tokens') AS my_tokens,
      max(most) FILTER (WHERE whose = my_role AND unit = 'fires') AS my_fires,
      max(most) FILTER (WHERE whose = 'company' AND unit = 'usd') AS usd,
      max(most) FILTER (WHERE whose = 'company' AND unit = 'tokens') AS tokens,
      max(most) FILTER (WHERE whose = 'company' AND unit = 'fires') AS fires
    FROM company.spending_limits WHERE whose IN (my_role, 'company')
  ) AS m, LATERAL (VALUES
    ('fire', 'usd', f.usd, asks_usd, coalesce((r.budget ->> 'usd')::numeric, 0)),
    ('fire', 'tokens', f.tokens, asks_tokens, coalesce((r.budget ->> 'tokens')::numeric, 0)),
    ('fire', 'turns', f.calls, 1, coalesce((r.budget ->> 'turns')::numeric, 0)),
    ('employee', 'usd', d.my_usd, asks_usd, coalesce(m.my_usd, company.usual_day(r.budget, 'usd'))),
    ('employee', 'tokens', d.my_tokens, asks_tokens, coalesce(m.my_tokens, company.usual_day(r.budget, 'tokens'))),
    ('employee', 'fires', d.my_fires, (f.calls = 0)::integer,
      coalesce(m.my_fires, company.usual_day(r.budget, 'fires'))),
    ('company', 'usd', d.usd, asks_usd, m.usd), ('company', 'tokens', d.tokens, asks_tokens, m.tokens),
    ('company', 'fires', d.fires, (f.calls = 0)::integer, m.fires)
  ) AS l (scope, unit, gone, asks, most)
  WHERE r.role = my_role AND l.most IS NOT NULL
$$;

-- The same for those who may not read all that it asks.
CREATE OR REPLACE FUNCTION company.spending_room(
  my_session bigint, my_role text, asks_usd numeric DEFAULT 0, asks_tokens bigint DEFAULT 0
) RETURNS TABLE (scope text, unit text, gone numeric, asks numeric, most numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  today CONSTANT timestamptz := company.spending_day();
BEGIN
  RETURN QUERY SELECT * FROM company.room_of(my_session, my_role, asks_usd, asks_tokens, today);
END $$;
GRANT EXECUTE ON FUNCTION company.spending_room(bigint, text, numeric, bigint) TO @staff@;

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
    CASE r.unit WHEN 'usd' THEN '$' || round(r.asks, 4) ELSE r.asks::text END,
    CASE r.scope WHEN 'fire' THEN 'with the next fire'
      ELSE to_char((company.spending_day() + interval '1 day') AT TIME ZONE company.owner_zone(),
        'YYYY-MM-DD HH24:MI') END)
  FROM company.sessions s, company.spending_room(s.id, s.role, asks_usd, asks_tokens) r
  WHERE s.id = my_session AND r.gone + r.asks > r.most
  ORDER BY array_position(ARRAY['fire', 'employee', 'company'], r.scope), r.unit DESC
  LIMIT 1;
END $$;

-- What a call may cost at most: all of its input written to the cache.
CREATE OR REPLACE FUNCTION company.most_cost_of(my_model text, known_as text, most_input integer, most_output integer)
RETURNS numeric
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN round(company.cost_of(known_as, 0, most_output, most_input, 0) * company.surcharge_of(my_model), 6);
END $$;

-- Says why this call is not allowed.
CREATE OR REPLACE FUNCTION company.refuse_call(my_session bigint, asks_usd numeric, asks_tokens bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  broken record;
BEGIN
  PERFORM company.require_open_session(my_session);
  SELECT * INTO broken FROM company.broken_limit(my_session, asks_usd, asks_tokens);
  IF broken.scope = 'fire' THEN
    PERFORM company.refuse('a_fire_keeps_to_its_budget', broken.because);
  ELSIF broken.scope = 'employee' THEN
    PERFORM company.refuse('an_employee_keeps_to_its_day', broken.because);
  ELSE
    PERFORM company.refuse('the_company_keeps_to_its_day', broken.because);
  END IF;
END $$;

-- Reserves the money before the call. One lock for the whole company: two sessions cannot both take the last dollar.
-- Nearly every model is named as it is listed; what else an id may mean is asked only where it is not. Where somebody
-- keeps a transaction open that holds the lock, no call is made, and the book works.
CREATE OR REPLACE FUNCTION company.reserve_spend(
  my_session bigint, my_model text, my_most_input integer, my_most_output integer
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET lock_timeout = '2s' AS $$
DECLARE
  moment timestamptz := company.now();
  usd numeric := company.listed_cost(my_model, moment::date, 0, my_most_output, my_most_input, 0);
  today CONSTANT timestamptz := date_trunc('day', moment, 'UTC');
  known text := my_model;
  taken bigint;
BEGIN
  IF usd IS NULL THEN
    known := company.priced_as(my_model);
    usd := company.cost_of(known, 0, my_most_output, my_most_input, 0);
  END IF;
  usd := round(usd * company.surcharge_of(my_model), 6);
  PERFORM FROM company.spending_limits WHERE whose = 'company' AND unit = 'usd' FOR UPDATE;
  INSERT INTO company.spend (session_id, role, model, priced_as, at, most_input, most_output, reserved_usd)
  SELECT s.id, s.role, my_model, known, moment, my_most_input, my_most_output, usd
  FROM company.sessions s JOIN company.roster r ON r.role = s.role
  WHERE s.id = my_session AND s.finished_at IS NULL AND r.login = session_user
    AND NOT EXISTS (
      SELECT FROM company.room_of(s.id, s.role, usd, my_most_input::bigint + my_most_output, today) l
      WHERE l.gone + l.asks > l.most
    )
  RETURNING id INTO taken;
  IF NOT FOUND THEN
    PERFORM company.refuse_call(my_session, usd, my_most_input::bigint + my_most_output);
  END IF;
  RETURN taken;
END $$;
GRANT EXECUTE ON FUNCTION company.reserve_spend(bigint, text, integer, integer) TO @staff@;

-- Says why this reservation cannot be ended.
CREATE OR REPLACE FUNCTION company.refuse_reservation(my_reservation bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  mine company.spend;
BEGIN
  SELECT * INTO mine FROM company.spend WHERE id = my_reservation;
  PERFORM company.require_open_session(mine.session_id);
  PERFORM company.refuse('a_call_is_settled_once', format('call %s is %s', my_reservation, mine.state));
END $$;

-- What is counted of a call, and its cost in dollars. Usage that cannot be (missing, negative, more than was asked for)
-- is taken as the most that was reserved, so that nobody works for nothing and no endpoint takes the day's money by a
-- figure. An answer is no longer than was asked for, a request is not empty, and an estimate of its length is not four
-- times too low. NULL (not reported) cannot be.
CREATE OR REPLACE FUNCTION company.counted_usage(
  reservation company.spend, today date, n_input bigint, n_output bigint, n_cache_write bigint, n_cache_read bigint,
  OUT input integer, OUT output integer, OUT cache_write integer, OUT cache_read integer, OUT cost_usd numeric
)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF n_input >= 0 AND n_output >= 0 AND n_cache_write >= 0 AND n_cache_read >= 0
    AND n_output <= reservation.most_output
    AND n_input::numeric + n_cache_write + n_cache_read BETWEEN 1 AND 4 * reservation.most_input::bigint + 4096 THEN
    input := n_input;
    output := n_output;
    cache_write := n_cache_write;
    cache_read := n_cache_read;
    cost_usd := company.surcharge_of(reservation.model)
      * coalesce(company.listed_cost(reservation.priced_as, today, input, output, cache_write, cache_read),
        company.cost_of(reservation.priced_as, input, output, cache_write, cache_read));
  ELSE
    input := 0;
    output := reservation.most_output;
    cache_write := reservation.most_input;
    cache_read := 0;
    cost_usd := reservation.reserved_usd;
  END IF;
END $$;

-- What the call really used, in tokens as the answer counts them; returns its cost in dollars.
CREATE OR REPLACE FUNCTION company.settle_spend(
  my_reservation bigint, n_input bigint, n_output bigint, n_cache_write bigint, n_cache_read bigint
)
RETURNS numeric
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  moment timestamptz := company.now();
  cost numeric;
BEGIN
  UPDATE company.spend p
  SET state = 'settled', ended_at = moment, (input, output, cache_write, cache_read, cost_usd) = (
    SELECT u.* FROM company.counted_usage(p, moment::date, n_input, n_output, n_cache_write, n_cache_read) AS u
  )
  FROM company.sessions s JOIN company.roster r ON r.role = s.role
  WHERE p.id = my_reservation AND p.state = 'reserved' AND s.id = p.session_id AND s.finished_at IS NULL
    AND r.login = session_user
  RETURNING p.cost_usd INTO cost;
  IF NOT FOUND THEN
    PERFORM company.refuse_reservation(my_reservation);
  END IF;
  RETURN cost;
END $$;
GRANT EXECUTE ON FUNCTION company.settle_spend(bigint, bigint, bigint, bigint, bigint) TO @staff@;

-- Only for a call that certainly cost nothing because it was refused before it began. In doubt it stays reserved, and
-- counts.
CREATE OR REPLACE FUNCTION company.release_spend(my_reservation bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE company.spend p SET state = 'released', ended_at = company.now()
  FROM company.sessions s JOIN company.roster r ON r.role = s.role
  WHERE p.id = my_reservation AND p.state = 'reserved' AND s.id = p.session_id AND s.finished_at IS NULL
    AND r.login = session_user;
  IF NOT FOUND THEN
    PERFORM company.refuse_reservation(my_reservation);
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.release_spend(bigint) TO @staff@;

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
  FROM company.broken_limit(my_session,
    company.most_cost_of(my_model, company.priced_as(my_model), my_most_input, my_most_output),
    my_most_input::bigint + my_most_output) b;
  RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION company.note_spending_refused(bigint, text, integer, integer) TO @staff@;
