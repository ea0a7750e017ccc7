-- Why: an endpoint that is dead, slow or refuses us is found out once, for everybody. Then the company works by the
-- book at once, one fire at a time tries the endpoint again, and there is one finding, however many fires met it
-- (scar: everybody by the book, unseen; each fire waited for itself). A circuit breaker, with its rules held here: one
-- role alone can neither open it nor keep it open.

CREATE OR REPLACE FUNCTION company.require_model_user(my_session bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_open_session(my_session);
  IF company.my_kind() IN ('machine', 'owner') THEN
    PERFORM company.refuse('only_employees_use_the_model', company.me() || ' asks no model');
  END IF;
END $$;

-- How this session may ask the model. ask: at once. check: nobody had an answer for an hour, or somebody asked in vain
-- since, so it first looks whether the endpoint answers at all. probe: the same, for everybody. book: not at all.
CREATE OR REPLACE FUNCTION company.may_ask_model(my_session bigint, OUT how text, OUT because text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  e company.model_endpoint;
BEGIN
  PERFORM company.require_model_user(my_session);
  SELECT * INTO e FROM company.model_endpoint;
  because := e.why;
  IF e.down_at IS NULL THEN
    how := CASE WHEN e.failed_since IS NULL AND e.answered_at > company.now() - interval '1 hour' THEN 'ask'
      ELSE 'check' END;
  ELSIF e.next_probe_at > company.now()
    -- Who probed last lets others go first: its word alone keeps the breaker open no longer.
    OR (company.me() = e.last_prober AND e.next_probe_at > company.now() - interval '1 hour') THEN
    how := 'book';
  ELSE
    -- Of two who come at the same moment, the second finds the row locked or the time changed.
    PERFORM FROM company.model_endpoint WHERE next_probe_at = e.next_probe_at FOR UPDATE SKIP LOCKED;
    how := CASE WHEN FOUND THEN 'probe' ELSE 'book' END;
  END IF;
  IF how = 'probe' THEN
    -- A prober that is killed, or finds its budget spent, reports nothing: the next one tries five minutes later.
    UPDATE company.model_endpoint SET probing_session = my_session, last_prober = company.me(),
      next_probe_at = company.now() + interval '5 minutes';
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.may_ask_model(bigint) TO @staff@;

-- A session got no answer. A second role, or the prober, makes it known; true while it is known. is_refusal: the
-- endpoint answered, and refuses the company (key, rights, the model's name): the first says so.
CREATE OR REPLACE FUNCTION company.note_model_down(
  my_session bigint, my_model text, is_refusal boolean, my_why text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  e company.model_endpoint;
  is_probe boolean;
BEGIN
  PERFORM company.require_model_user(my_session);
  -- Here and below: somebody who keeps the row locked must not keep a fire waiting. A report is then lost.
  SELECT * INTO e FROM company.model_endpoint FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  is_probe := e.probing_session IS NOT DISTINCT FROM my_session;
  IF NOT company.me() = ANY (e.failed_roles) THEN
    e.failed_roles := e.failed_roles || company.me();
  END IF;
  IF e.down_at IS NULL AND cardinality(e.failed_roles) > 1 THEN
    e.down_at := company.now();
  END IF;
  UPDATE company.model_endpoint
  SET failed_roles = e.failed_roles, failed_since = coalesce(e.failed_since, company.now()), down_at = e.down_at,
    why = CASE WHEN e.down_at < company.now() THEN e.why ELSE left(my_why, 300) END,
    probing_session = CASE WHEN is_probe THEN NULL ELSE e.probing_session END,
    next_probe_at = CASE
      WHEN e.down_at IS NULL OR NOT (is_probe OR e.next_probe_at IS NULL) THEN e.next_probe_at
      -- A refusal costs no time and is cured by a person, who wants to see it; silence is tried again after as long
      -- as it has lasted.
      WHEN is_refusal THEN company.now() + interval '30 minutes'
      ELSE company.now() + least(greatest(company.now() - e.down_at, interval '30 minutes'), interval '4 hours')
    END;
  IF is_refusal OR e.down_at IS NOT NULL THEN
    PERFORM company.find_model_down(my_model, is_refusal, my_why, e.failed_roles);
  END IF;
  RETURN e.down_at IS NOT NULL;
END $$;
GRANT EXECUTE ON FUNCTION company.note_model_down(bigint, text, boolean, text) TO @staff@;

CREATE OR REPLACE FUNCTION company.find_model_down(my_model text, is_refusal boolean, my_why text, who text[])
RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO company.findings AS f (fingerprint, kind, subject, level, title, effect, evidence, watcher, found_by,
    by_database)
  VALUES (
    'model:endpoint', 'model_endpoint', left(my_model, 40), 'today',
    CASE WHEN is_refusal THEN 'the model refuses the company: everybody works by the book'
      ELSE 'the model''s endpoint does not answer: everybody works by the book' END,
    left(my_why, 300), jsonb_build_object('reported_by', who), 'ceo', 'any_session', true
  )
  ON CONFLICT (fingerprint) WHERE closed_at IS NULL AND by_database DO UPDATE
  SET times_seen = f.times_seen + 1, last_seen_at = company.now(), title = excluded.title, effect = excluded.effect,
    evidence = f.evidence || excluded.evidence
$$;

-- A session got a whole answer. While the endpoint is known to be down, only the prober's answer ends that: what others
-- say then could send everybody back to a dead endpoint.
CREATE OR REPLACE FUNCTION company.note_model_answered(my_session bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  e company.model_endpoint;
BEGIN
  PERFORM company.require_model_user(my_session);
  IF NOT EXISTS (SELECT FROM company.spend WHERE session_id = my_session AND state = 'settled') THEN
    PERFORM company.refuse('an_answer_of_the_model_was_paid_for', format('session %s settled no call', my_session));
  END IF;
  SELECT * INTO e FROM company.model_endpoint FOR UPDATE SKIP LOCKED;
  IF NOT FOUND OR e.down_at IS NOT NULL AND e.probing_session IS DISTINCT FROM my_session THEN
    RETURN false;
  END IF;
  PERFORM company.forget_model_trouble('it answered ' || company.me());
  UPDATE company.model_endpoint SET answered_at = company.now();
  RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION company.note_model_answered(bigint) TO @staff@;

CREATE OR REPLACE FUNCTION company.forget_model_trouble(because text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE company.model_endpoint SET failed_roles = '{}', failed_since = NULL, why = NULL, down_at = NULL,
    next_probe_at = NULL, probing_session = NULL, last_prober = NULL
  WHERE failed_since IS NOT NULL;
  UPDATE company.findings f
  SET closed_at = company.now(), closed_by = company.me(),
    evidence = f.evidence || jsonb_build_object('since', f.found_at, 'until', company.now()),
    resolution = format('seen %s; %s', CASE f.times_seen WHEN 1 THEN 'once' ELSE f.times_seen || ' times' END, because)
  WHERE f.kind = 'model_endpoint' AND f.by_database AND f.closed_at IS NULL;
  RETURN FOUND;
END $$;

-- Heartbeat uses no model, and sees in its settings when nobody does any more.
CREATE OR REPLACE FUNCTION company.end_model_trouble() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.me() IS DISTINCT FROM 'heartbeat' THEN
    PERFORM company.refuse('only_heartbeat_ends_model_trouble',
      coalesce(company.me(), session_user) || ' is not heartbeat');
  END IF;
  PERFORM FROM company.model_endpoint FOR UPDATE SKIP LOCKED;
  RETURN FOUND AND company.forget_model_trouble('no role uses it any more');
END $$;
GRANT EXECUTE ON FUNCTION company.end_model_trouble() TO @staff@;
