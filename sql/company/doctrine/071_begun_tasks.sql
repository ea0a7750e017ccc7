-- Why: a fire that claims ten tasks may die at the first, or run out of time at the fourth. Only what was begun is an
-- attempt; else one task that ends each fire would use up the attempts of nine others.

-- One statement for nearly all; where it began nothing, the task was begun before, or hold_task says why it may not be.
CREATE OR REPLACE FUNCTION company.begin_task(my_task bigint, my_session bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  moment timestamptz := company.now();
BEGIN
  UPDATE company.task_queue AS t
  SET begun_at = moment
  FROM company.sessions s JOIN company.roster r ON r.role = s.role
  WHERE s.id = my_session AND s.finished_at IS NULL AND r.login = session_user
    AND t.id = my_task AND t.status IS NOT DISTINCT FROM 'in_progress' AND t.claimed_by = s.role
    AND t.session_id = my_session AND t.lease_until > moment AND t.begun_at IS NULL;
  IF NOT FOUND THEN
    PERFORM company.hold_task(my_task, my_session);
    UPDATE company.task_queue SET begun_at = moment WHERE id = my_task AND begun_at IS NULL;
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.begin_task(bigint, bigint) TO @staff@;

-- Gives back tasks that this session holds and never began, all or none of them: they are pending as if nobody had
-- claimed them. Only the trail says that somebody did.
CREATE OR REPLACE FUNCTION company.release_tasks(my_session bigint, my_tasks bigint[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  my_task bigint;
  held company.task_queue;
BEGIN
  FOREACH my_task IN ARRAY my_tasks LOOP
    held := company.hold_task(my_task, my_session);
    IF held.begun_at IS NOT NULL THEN
      PERFORM company.refuse('one_releases_only_what_one_never_began',
        format('task %s was begun at %s', my_task, held.begun_at));
    END IF;
    UPDATE company.task_queue
    SET status = 'pending', claimed_by = NULL, session_id = NULL, lease_until = NULL, attempts = attempts - 1
    WHERE id = my_task;
    PERFORM company.note_task_event(my_task, my_session, 'in_progress', 'pending', 'never begun');
  END LOOP;
  RETURN cardinality(my_tasks);
END $$;
GRANT EXECUTE ON FUNCTION company.release_tasks(bigint, bigint[]) TO @staff@;
