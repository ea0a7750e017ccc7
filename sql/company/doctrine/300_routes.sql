-- Why: the health of a route follows from its answers alone; nobody writes it by hand, and nobody forgets to.

GRANT SELECT ON company.routes, company.route_probes, company.fetches TO @staff@;
GRANT SELECT (source, at) ON company.fetches TO @readers@;

-- Three failures in a row open the breaker for an hour, each further one for twice as long, two hours at most: with a
-- single route a longer rest would cost more freshness than it saves requests. After it one request is let through: the
-- breaker is half open.
CREATE OR REPLACE FUNCTION company.note_route(
  my_source text, my_route text, my_result text, my_status integer, my_ms integer, worked boolean
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  moment timestamptz := company.now();
  opens_after constant integer := 3;
BEGIN
  INSERT INTO company.routes AS r (source, route, last_asked_at, last_success_at, last_result, last_status, last_ms,
    failures)
  VALUES (my_source, my_route, moment, CASE WHEN worked THEN moment END, my_result, my_status, my_ms,
    (NOT worked)::integer)
  ON CONFLICT (source, route) DO UPDATE
  SET last_asked_at = moment, last_result = my_result, last_status = my_status, last_ms = my_ms,
    last_success_at = coalesce(excluded.last_success_at, r.last_success_at),
    failures = CASE WHEN worked THEN 0 ELSE r.failures + 1 END,
    open_until = CASE
      WHEN worked OR r.failures + 1 < opens_after THEN NULL
      ELSE moment + least(interval '1 hour' * 2 ^ least(r.failures + 1 - opens_after, 8), interval '2 hours')
    END;
END $$;

CREATE OR REPLACE VIEW company.route_state AS
SELECT r.source, r.route, r.last_asked_at, r.last_success_at, r.last_result, r.last_status, r.last_ms, r.failures,
  r.open_until,
  CASE WHEN r.open_until IS NULL THEN 'closed' WHEN r.open_until > company.now() THEN 'open'
    ELSE 'half_open' END AS state
FROM company.routes r;
GRANT SELECT ON company.route_state TO @staff@;

-- One request and its answer: the route and why that one, how long it took, and the result; my_moved_to: the new home
-- of the address, where the server named one for good.
CREATE OR REPLACE FUNCTION company.record_fetch(
  my_source text, my_url text, my_route text, my_choice text, my_result text, my_status_code integer, my_ms integer,
  my_raw bigint,
  my_reason text, my_session bigint, my_moved_to text DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_writer(my_source);
  PERFORM company.require_own_session(my_session);
  INSERT INTO company.fetches (source, url, route, choice, result, status_code, ms, raw_id, reason, by_role, session_id,
    moved_to)
  VALUES (my_source, my_url, my_route, my_choice, my_result, my_status_code, my_ms, my_raw, my_reason, company.me(),
    my_session,
    CASE WHEN length(my_moved_to) <= 500 THEN my_moved_to END);
  PERFORM company.note_route(my_source, my_route, my_result, my_status_code, my_ms,
    my_result NOT IN ('failed', 'blocked', 'malformed'));
END $$;
GRANT EXECUTE ON FUNCTION company.record_fetch(text, text, text, text, text, integer, integer, bigint, text, bigint,
  text)
TO @machines@, @workers@;

-- A probe says how a route does. It may close a breaker; it opens none, since a bench that asks thrice is no reason to.
CREATE OR REPLACE FUNCTION company.record_probe(
  my_source text, my_route text, my_url text, my_status_code integer, my_size integer, my_ms integer, worked boolean,
  my_reason text,
  my_session bigint
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.me() IS DISTINCT FROM 'scraping_worker' THEN
    PERFORM company.refuse('routes_are_probed_by_scraping_worker', coalesce(company.me(), session_user) || ' does not');
  END IF;
  PERFORM company.require_own_session(my_session);
  INSERT INTO company.route_probes (source, route, url, status_code, size, ms, is_ok, reason, by_role, session_id)
  VALUES (my_source, my_route, my_url, my_status_code, my_size, my_ms, worked, my_reason, company.me(), my_session);
  IF worked THEN
    PERFORM company.note_route(my_source, my_route, 'probed', my_status_code, my_ms, true);
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.record_probe(text, text, text, integer, integer, integer, boolean, text, bigint)
TO @workers@;
