-- Why: the owner reads which fires were worked by the model and which by the book, and why; a model that fails
-- everybody is one finding, however many fires meet it (scar: everybody by the book, unseen).

CREATE OR REPLACE FUNCTION company.record_model_use(
  my_session bigint, by_whom text, my_model text, my_turns integer, my_tokens jsonb, my_cost numeric
)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_open_session(my_session);
  UPDATE company.sessions
  -- The cost is summed from the calls themselves (220_spending); my_cost is the session's own figure, and is not used.
  SET worked_by = by_whom, model = my_model, turns = my_turns, tokens = my_tokens
  WHERE id = my_session;
END $$;
GRANT EXECUTE ON FUNCTION company.record_model_use(bigint, text, text, integer, jsonb, numeric) TO @staff@;

CREATE OR REPLACE FUNCTION company.book_took_over(my_session bigint, my_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_open_session(my_session);
  UPDATE company.sessions SET worked_by = 'book', by_book_because = my_reason WHERE id = my_session;
END $$;
GRANT EXECUTE ON FUNCTION company.book_took_over(bigint, text) TO @staff@;

CREATE OR REPLACE FUNCTION company.book_replaced_part(my_session bigint, my_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_open_session(my_session);
  UPDATE company.sessions SET by_book_because = my_reason WHERE id = my_session;
END $$;
GRANT EXECUTE ON FUNCTION company.book_replaced_part(bigint, text) TO @staff@;

CREATE OR REPLACE FUNCTION company.note_model_trouble(my_session bigint, my_model text, my_why text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  is_new boolean;
BEGIN
  PERFORM company.require_open_session(my_session);
  IF company.my_kind() IN ('machine', 'owner') THEN
    PERFORM company.refuse('only_employees_note_model_trouble', company.me() || ' asks no model');
  END IF;
  INSERT INTO company.findings AS f (fingerprint, kind, subject, level, title, effect, evidence, watcher, found_by,
    by_database)
  VALUES (
    'model:misconfigured', 'model_misconfigured', left(my_model, 40), 'today',
    'the model refuses the company: everybody works by the book',
    left(my_why, 300), jsonb_build_object('first_noted_by', company.me(), 'last_noted_by', company.me()), 'ceo',
    'any_session', true
  )
  ON CONFLICT (fingerprint) WHERE closed_at IS NULL AND by_database DO UPDATE
  SET times_seen = f.times_seen + 1, last_seen_at = company.now(), effect = excluded.effect,
    evidence = f.evidence || jsonb_build_object('last_noted_by', company.me())
  RETURNING f.times_seen = 1 INTO is_new;
  RETURN is_new;
END $$;
GRANT EXECUTE ON FUNCTION company.note_model_trouble(bigint, text, text) TO @staff@;

-- Over when a call was paid for after the last refusal, or when no role uses a model any more. Closed by heartbeat,
-- which uses no model.
CREATE OR REPLACE FUNCTION company.end_model_trouble(is_asked boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  answered record;
BEGIN
  IF company.me() IS DISTINCT FROM 'heartbeat' THEN
    PERFORM company.refuse('only_heartbeat_ends_model_trouble',
      coalesce(company.me(), session_user) || ' is not heartbeat');
  END IF;
  SELECT s.role, s.ended_at INTO answered
  FROM company.spend s
  JOIN company.findings f ON f.kind = 'model_misconfigured' AND f.by_database AND f.closed_at IS NULL
  WHERE s.state = 'settled' AND s.ended_at > f.last_seen_at
  ORDER BY s.ended_at LIMIT 1;
  UPDATE company.findings f
  SET closed_at = company.now(), closed_by = company.me(),
    evidence = f.evidence || jsonb_build_object('since', f.found_at, 'until',
      coalesce(answered.ended_at, company.now())),
    resolution = format('refused %s; %s', CASE f.times_seen WHEN 1 THEN 'once' ELSE f.times_seen || ' times' END,
      CASE WHEN answered.role IS NULL THEN 'no role uses it any more' ELSE 'it answered ' || answered.role END)
  WHERE f.kind = 'model_misconfigured' AND f.by_database AND f.closed_at IS NULL
    AND (answered.role IS NOT NULL OR is_asked IS FALSE);
  RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION company.end_model_trouble(boolean) TO @staff@;
