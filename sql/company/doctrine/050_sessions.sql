-- Why: one slot is worked once. An attempt is opened, retried and ended through these, under one lock on the slot.

GRANT SELECT ON company.sessions, company.session_log TO @staff@;

CREATE OR REPLACE FUNCTION company.require_open_session(my_session bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM company.sessions WHERE id = my_session AND role = company.me() AND finished_at IS NULL
  ) THEN
    PERFORM company.refuse('a_fenced_session_writes_nothing',
      format('session %s is not an open session of %s', my_session, company.me()));
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.require_open_session(bigint) TO @staff@;

-- For what may be written outside a fire too: a session that is named is one's own, and open.
CREATE OR REPLACE FUNCTION company.require_own_session(my_session bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF my_session IS NOT NULL THEN
    PERFORM company.require_open_session(my_session);
  END IF;
END $$;

-- The slot that a fire is for. What Scheduler hands over may differ from the ledger by seconds, and a rate without a
-- start date is due somewhere in its period: without this each such fire would be a stranger, and its slot a miss.
CREATE OR REPLACE FUNCTION company.slot_of_fire(my_schedule text, my_due_at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce(
      (SELECT s.due_at FROM company.slots s WHERE s.schedule = my_schedule AND s.due_at = my_due_at),
      (
        SELECT s.due_at
        FROM company.schedules d
        CROSS JOIN LATERAL (SELECT CASE WHEN d.expression LIKE 'rate(%' AND d.starts_at IS NULL
          THEN substring(d.expression FROM '\(([^)]*)\)')::interval / 2
            ELSE interval '29 seconds' END AS tolerance) AS may_differ
        JOIN company.slots s ON s.schedule = d.schedule AND s.was_expected
          AND s.due_at BETWEEN my_due_at - may_differ.tolerance AND my_due_at + may_differ.tolerance
        WHERE d.schedule = my_schedule
        ORDER BY abs(extract(epoch FROM s.due_at - my_due_at))
        LIMIT 1
      ),
      my_due_at
    )
  );
END $$;

-- What a fire of a slot that was attempted before is. It continues an earlier attempt of the same request, which it
-- fences where that is still open: Lambda's own retry of a session that crashed, which may write no more.
CREATE OR REPLACE FUNCTION company.judge_further_fire(
  my_schedule text, my_due_at timestamptz, my_request_id text, OUT verdict text, OUT continues bigint
)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  current company.sessions;
BEGIN
  verdict := 'work';
  SELECT s.id INTO continues FROM company.sessions s
  WHERE s.schedule = my_schedule AND s.due_at = my_due_at AND s.request_id = my_request_id
    AND s.outcome IS DISTINCT FROM 'duplicate'
  ORDER BY s.id DESC LIMIT 1;
  SELECT * INTO current FROM company.sessions s
  WHERE s.schedule = my_schedule AND s.due_at = my_due_at AND s.finished_at IS NULL;
  IF current.request_id = my_request_id THEN
    UPDATE company.sessions SET finished_at = company.now(), outcome = 'fenced', reason = 'retried by Lambda'
    WHERE id = current.id;
  ELSIF current.id IS NOT NULL OR EXISTS (
    SELECT FROM company.sessions s
    WHERE s.schedule = my_schedule AND s.due_at = my_due_at AND s.outcome IN ('done', 'skipped')
      AND s.held_up_by IS NULL
  ) THEN
    -- Asked of the attempts, not of the slot: a missed one stays missed, even when a late attempt has done its work.
    -- An attempt that found another fire of its role at work did nothing.
    verdict := 'duplicate';
  END IF;
END $$;

-- Takes the slot's attempt. verdict is 'work' or 'duplicate'; a duplicate is recorded and must do nothing.
CREATE OR REPLACE FUNCTION company.open_session(
  my_schedule text, my_due_at timestamptz, my_request_id text, lasts interval,
  OUT session_id bigint, OUT verdict text, OUT continues bigint, OUT is_late boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  my_role CONSTANT text := company.me();
  moment CONSTANT timestamptz := company.now();
  slot company.slots;
  tries bigint;
BEGIN
  my_schedule := company.own_schedule(my_schedule, my_due_at, my_role);
  SELECT * INTO slot FROM company.slots WHERE schedule = my_schedule AND due_at = my_due_at FOR UPDATE;
  IF NOT FOUND THEN
    my_due_at := company.slot_of_fire(my_schedule, my_due_at);
    SELECT * INTO slot FROM company.slots WHERE schedule = my_schedule AND due_at = my_due_at FOR UPDATE;
  END IF;
  tries := (SELECT count(*) FROM company.sessions WHERE schedule = my_schedule AND due_at = my_due_at);
  IF tries >= 24 OR slot.role IS NULL AND company.is_flooding(my_role) THEN
    session_id := company.count_fire(slot, my_role);
    verdict := 'duplicate';
    is_late := false;
    RETURN;
  END IF;
  -- Lambda's own limit, and a margin.
  IF lasts > interval '16 minutes' THEN
    PERFORM company.refuse('a_session_ends_with_its_function', format('no function runs for %s', lasts));
  END IF;
  IF slot.role IS NULL THEN
    -- Another fire may make it at this moment, and its session counts.
    INSERT INTO company.slots (schedule, due_at, role, watcher, grace, was_expected)
    SELECT my_schedule, my_due_at, role, watched_by, grace, false FROM company.roster WHERE role = my_role
    ON CONFLICT DO NOTHING;
    SELECT * INTO slot FROM company.slots WHERE schedule = my_schedule AND due_at = my_due_at FOR UPDATE;
    tries := (SELECT count(*) FROM company.sessions WHERE schedule = my_schedule AND due_at = my_due_at);
  END IF;
  IF slot.role IS DISTINCT FROM my_role THEN
    PERFORM company.refuse('nobody_fires_as_another',
      format('slot %s belongs to %s, not to %s', my_schedule, slot.role, my_role));
  END IF;

  verdict := 'work';
  IF tries > 0 THEN
    SELECT * INTO verdict, continues FROM company.judge_further_fire(my_schedule, my_due_at, my_request_id);
  END IF;
  is_late := slot.status NOT IN ('expected', 'running') OR moment > slot.due_at + slot.grace;

  INSERT INTO company.sessions (role, schedule, due_at, request_id, attempt, continues, deadline_at, finished_at,
    outcome, reason)
  SELECT my_role, my_schedule, my_due_at, my_request_id, slot.attempts + 1, open_session.continues,
    moment + lasts,
    CASE WHEN verdict = 'duplicate' THEN moment END,
    CASE WHEN verdict = 'duplicate' THEN 'duplicate' END,
    CASE WHEN verdict = 'duplicate' THEN 'this slot is already worked or being worked' END
  RETURNING id INTO session_id;

  IF verdict = 'work' THEN
    UPDATE company.slots s
    SET attempts = s.attempts + 1,
      started_at = coalesce(s.started_at, moment),
      status = CASE WHEN s.status = 'expected' THEN 'running' ELSE s.status END,
      late = s.late OR is_late
    WHERE s.schedule = my_schedule AND s.due_at = my_due_at;
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.open_session(text, timestamptz, text, interval) TO @staff@;

-- Ends an attempt and, when no other can still come, its slot. A missed slot stays missed; a late attempt only adds its
-- evidence.
CREATE OR REPLACE FUNCTION company.close_session(my_session bigint, my_outcome text, my_evidence jsonb, my_reason text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  mine company.sessions;
BEGIN
  SELECT * INTO mine FROM company.sessions WHERE id = my_session;
  PERFORM FROM company.slots WHERE schedule = mine.schedule AND due_at = mine.due_at FOR UPDATE;
  PERFORM company.require_open_session(my_session);
  -- Also when the slot has already ended: 'ok' without a number is how doing nothing looks (scar: fires but does
  -- nothing).
  IF my_outcome = 'done' AND jsonb_path_exists(my_evidence, '$.* ? (@.type() == "number")') IS NOT TRUE THEN
    PERFORM company.refuse('success_has_evidence_in_numbers',
      format('there is no number in %s', coalesce(my_evidence, 'null')));
  END IF;
  IF my_outcome = 'done' THEN
    PERFORM company.require_note_of(my_session);
  END IF;
  UPDATE company.sessions
  SET finished_at = company.now(), outcome = my_outcome, evidence = my_evidence, reason = my_reason
  WHERE id = my_session;
  UPDATE company.slots s
  SET status = CASE WHEN s.status <> 'running' OR my_outcome = 'crashed' THEN s.status
      WHEN my_outcome = 'done' THEN 'succeeded' ELSE my_outcome END,
    ended_at = CASE WHEN s.status <> 'running' OR my_outcome = 'crashed' THEN s.ended_at ELSE company.now() END,
    evidence = coalesce(my_evidence, s.evidence),
    reason = CASE WHEN s.status = 'running' THEN my_reason ELSE s.reason END,
    finished_at = company.now()
  WHERE s.schedule = mine.schedule AND s.due_at = mine.due_at;
END $$;
GRANT EXECUTE ON FUNCTION company.close_session(bigint, text, jsonb, text) TO @staff@;

-- What is kept on a task is what its next holder goes on from, so it is taken only from its holder.
CREATE OR REPLACE FUNCTION company.require_task_of_session(my_task bigint, my_session bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM company.task_queue
    WHERE id = my_task AND status = 'in_progress' AND session_id = my_session) THEN
    PERFORM company.refuse('a_note_on_a_task_is_its_holders',
      format('session %s of %s does not hold task %s', my_session, company.me(), my_task));
  END IF;
END $$;

CREATE OR REPLACE FUNCTION company.log_learned(
  my_session bigint, my_kind text, my_body text, my_facts jsonb, my_task bigint
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  line bigint;
BEGIN
  PERFORM company.require_open_session(my_session);
  IF my_task IS NOT NULL THEN
    PERFORM company.require_task_of_session(my_task, my_session);
  END IF;
  INSERT INTO company.session_log (session_id, role, kind, body, facts, task_id)
  VALUES (my_session, company.me(), my_kind, my_body, coalesce(my_facts, '{}'), my_task)
  RETURNING id INTO line;
  RETURN line;
END $$;
GRANT EXECUTE ON FUNCTION company.log_learned(bigint, text, text, jsonb, bigint) TO @staff@;

-- Sessions past their deadline are ended: nothing they still try to write is taken. Each apart: one that cannot be
-- ended says why in problem.
CREATE OR REPLACE FUNCTION company.end_overdue_sessions()
RETURNS TABLE (session_id bigint, role text, schedule text, due_at timestamptz, problem text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_heartbeat();
  -- One that froze in the middle of its closing holds its row until its connection ends.
  PERFORM company.end_connection(l)
  FROM company.role_leases l
  WHERE (SELECT s.deadline_at FROM company.sessions s WHERE s.id = l.session_id) < company.now();
  FOR session_id, role, schedule, due_at IN
    SELECT s.id, s.role, s.schedule, s.due_at FROM company.sessions s
    WHERE s.finished_at IS NULL AND s.deadline_at < company.now()
    ORDER BY s.id
    -- Where it may not be ended, the watch does not wait for it.
    FOR UPDATE SKIP LOCKED
  LOOP
    BEGIN
      problem := NULL;
      UPDATE company.sessions s SET finished_at = company.now(), outcome = 'timed_out',
        reason = 'ran past its deadline and never closed'
      WHERE s.id = session_id;
    EXCEPTION WHEN OTHERS THEN
      problem := SQLERRM;
      PERFORM company.wait_less(SQLSTATE);
    END;
    RETURN NEXT;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION company.end_overdue_sessions() TO @login:heartbeat@;

-- However a session ends, its lease ends with it; and when others ended it, its connection too.
CREATE OR REPLACE FUNCTION company.end_role_lease() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ended company.role_leases;
BEGIN
  DELETE FROM company.role_leases WHERE role = NEW.role AND session_id = NEW.id RETURNING * INTO ended;
  IF ended.role IS NOT NULL AND NEW.outcome IN ('fenced', 'timed_out') THEN
    PERFORM company.end_connection(ended);
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER end_role_lease AFTER UPDATE OF finished_at ON company.sessions
FOR EACH ROW WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL) EXECUTE FUNCTION company.end_role_lease();
-- What a session read and did not live to deal with is unread again. Twice: a letter that ends each session that reads
-- it must not end all of them.
CREATE OR REPLACE FUNCTION company.give_mail_back() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE company.inbox SET read_at = NULL, read_in = NULL, lost_readings = lost_readings + 1
  WHERE read_in = NEW.id AND answered_at IS NULL AND lost_readings < 2;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER give_mail_back AFTER UPDATE OF finished_at ON company.sessions
FOR EACH ROW WHEN (OLD.finished_at IS NULL AND NEW.outcome IN ('failed', 'crashed', 'timed_out', 'fenced'))
EXECUTE FUNCTION company.give_mail_back();
-- Its lines go with it, after a month at the earliest (112_retiring).
CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE OR DELETE ON company.session_log
FOR EACH ROW EXECUTE FUNCTION company.only_add_for_a_month();
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.session_log
FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();
