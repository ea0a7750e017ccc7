-- Why: what is remembered shapes every later fire, so only one role writes it, and only with the sessions that taught it.

CREATE OR REPLACE FUNCTION company.require_memory_worker() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.me() IS DISTINCT FROM 'memory_worker' THEN
    PERFORM company.refuse('only_memory_worker_writes_lessons', coalesce(company.me(), session_user) || ' is not memory_worker');
  END IF;
END $$;

-- A lesson seen again takes its new sessions in; at most the last fifty stay cited.
CREATE OR REPLACE FUNCTION company.write_lesson(
  my_session bigint, my_role text, my_signature text, my_lesson text, my_sessions bigint[], my_task bigint DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  cited record;
  written bigint;
BEGIN
  PERFORM company.require_memory_worker();
  PERFORM company.require_living_session(my_session);
  SELECT count(*) AS n, min(started_at) AS first_at, max(started_at) AS last_at INTO cited
  FROM company.sessions WHERE id = ANY (my_sessions) AND role = my_role;
  IF cited.n < cardinality(my_sessions) THEN
    PERFORM company.refuse('a_lesson_cites_real_sessions', format('%s of %s sessions are %s''s', cited.n, cardinality(my_sessions), my_role));
  END IF;
  INSERT INTO company.lessons AS l (role, signature, lesson, sessions, first_at, last_at, written_by, task_id)
  VALUES (my_role, my_signature, my_lesson, my_sessions, coalesce(cited.first_at, company.now()), coalesce(cited.last_at, company.now()), company.me(), my_task)
  ON CONFLICT (role, signature) WHERE retired_at IS NULL DO UPDATE
  SET lesson = excluded.lesson, last_at = greatest(l.last_at, excluded.last_at), written_at = company.now(), task_id = coalesce(excluded.task_id, l.task_id),
    sessions = (SELECT array_agg(s ORDER BY s) FROM (SELECT DISTINCT s FROM unnest(l.sessions || excluded.sessions) AS s ORDER BY s DESC LIMIT 50) AS last)
  RETURNING id INTO written;
  INSERT INTO company.lesson_sightings (lesson_id, session_id) SELECT written, s FROM unnest(my_sessions) AS s ON CONFLICT DO NOTHING;
  RETURN written;
END $$;

CREATE OR REPLACE FUNCTION company.retire_lesson(my_session bigint, my_lesson bigint, my_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_memory_worker();
  PERFORM company.require_living_session(my_session);
  -- Else whoever wants a shorter page would first declare its entries untrue.
  IF company.lesson_is_over(my_lesson, company.now()) IS NULL THEN
    PERFORM company.refuse('a_lesson_stands_until_its_mistake_stopped', format('L-%s may still come back', my_lesson));
  END IF;
  UPDATE company.lessons SET retired_at = company.now(), retired_because = nullif(btrim(my_reason), '')
  WHERE id = my_lesson AND retired_at IS NULL;
END $$;

REVOKE EXECUTE ON FUNCTION company.require_memory_worker(), company.write_lesson(bigint, text, text, text, bigint[], bigint),
  company.retire_lesson(bigint, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION company.write_lesson(bigint, text, text, text, bigint[], bigint), company.retire_lesson(bigint, bigint, text) TO @staff@;
GRANT SELECT ON company.lessons TO @staff@;
