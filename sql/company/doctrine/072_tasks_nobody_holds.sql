-- Why: work that nobody holds is sorted by who manages it, and returns by itself from who crashed with it.

-- A manager of the mode sorts what nobody holds: superseded, stale, pending again, another priority. What somebody
-- works on stays theirs.
CREATE OR REPLACE FUNCTION company.sort_task(
  my_task bigint, becomes text, why text, successor bigint DEFAULT NULL, new_priority smallint DEFAULT NULL
)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  old company.task_queue;
BEGIN
  SELECT * INTO old FROM company.task_queue WHERE id = my_task FOR UPDATE;
  IF old.id IS NULL THEN
    PERFORM company.refuse('one_sorts_only_tasks_that_exist', format('there is no task %s', my_task));
  END IF;
  IF coalesce(company.my_kind(), '') NOT IN ('ceo', 'owner')
    AND NOT EXISTS (SELECT FROM company.roster
      WHERE role = company.me() AND kind = 'manager' AND old.mode = ANY (modes)) THEN
    PERFORM company.refuse('only_a_manager_of_the_mode_sorts_its_tasks',
      format('%s does not manage mode %s', company.me(), old.mode));
  END IF;
  IF old.status = 'in_progress' THEN
    PERFORM company.refuse('nobody_closes_anothers_task',
      format('task %s is held by %s until %s', my_task, old.claimed_by, old.lease_until));
  END IF;
  IF becomes NOT IN ('superseded', 'stale', 'pending') THEN
    PERFORM company.refuse('a_manager_ends_a_task_as_superseded_or_stale',
      format('%s is not for a manager to write', becomes));
  END IF;
  -- Two that name each other would be work that nobody does.
  IF EXISTS (SELECT FROM company.task_queue WHERE id = successor AND status IN ('superseded', 'stale', 'failed')) THEN
    PERFORM company.refuse('a_successor_is_done_or_still_to_do', format('task %s ended without being done', successor));
  END IF;
  UPDATE company.task_queue
  SET status = becomes, superseded_by = successor, blocked_on = NULL, blocked_action = NULL,
    priority = coalesce(new_priority, priority),
    -- What it waited for came: what was tried before that is no failure of what is tried now.
    attempts = CASE WHEN old.status = 'blocked' AND becomes = 'pending' THEN 0 ELSE attempts END,
    -- What an earlier attempt left behind stays for the next one to read.
    result = CASE WHEN becomes = 'pending' THEN result
      ELSE coalesce(result, '{}') || jsonb_build_object('reason', why) END,
    closed_at = CASE WHEN becomes IN ('superseded', 'stale') THEN company.now() END
  WHERE id = my_task;
  PERFORM company.note_task_event(my_task, NULL, old.status, becomes, why);
END $$;
GRANT EXECUTE ON FUNCTION company.sort_task(bigint, text, text, bigint, smallint) TO @staff@;

-- Expired leases return: such a task is pending again, or failed when its attempts are spent (scar: a worker keeps a
-- dead lease). What its holder never began is no attempt.
CREATE OR REPLACE FUNCTION company.return_expired_leases()
RETURNS TABLE (task_id bigint, held_by text, becomes text, problem text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  expired company.task_queue;
BEGIN
  IF company.me() IS DISTINCT FROM 'heartbeat' THEN
    PERFORM company.refuse('only_heartbeat_returns_expired_leases',
      coalesce(company.me(), session_user) || ' is not heartbeat');
  END IF;
  FOR expired IN
    SELECT * FROM company.task_queue WHERE status = 'in_progress' AND lease_until <= company.now()
    ORDER BY id FOR UPDATE SKIP LOCKED
  LOOP
    task_id := expired.id;
    held_by := expired.claimed_by;
    becomes := CASE WHEN expired.begun_at IS NULL OR expired.attempts < expired.max_attempts THEN 'pending'
      ELSE 'failed' END;
    problem := NULL;
    BEGIN
      UPDATE company.task_queue
      SET status = becomes, claimed_by = NULL, session_id = NULL, lease_until = NULL,
        attempts = attempts - (expired.begun_at IS NULL)::integer,
        result = CASE WHEN becomes = 'failed' THEN jsonb_build_object('reason', 'lease ran out and no attempt is left')
          ELSE result END,
        closed_at = CASE WHEN becomes = 'failed' THEN company.now() END
      WHERE id = expired.id;
      PERFORM company.note_task_event(expired.id, expired.session_id, 'in_progress', becomes, 'lease ran out');
    EXCEPTION WHEN OTHERS THEN
      problem := SQLERRM;  -- this task stays as it is; the others come back
    END;
    RETURN NEXT;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION company.return_expired_leases() TO @staff@;
