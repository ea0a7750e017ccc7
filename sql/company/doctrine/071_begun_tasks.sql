-- Why: a fire that claims ten tasks may die at the first, or run out of time at the fourth. Only what was begun is an
-- attempt; else one task that ends each fire would use up the attempts of nine others.

CREATE OR REPLACE FUNCTION company.begin_task(my_task bigint, my_session bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.hold_task(my_task, my_session);
  UPDATE company.task_queue SET begun_at = company.now() WHERE id = my_task AND begun_at IS NULL;
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
