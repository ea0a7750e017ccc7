-- Why: who did the work does not say that it holds, and who says it changes nothing of it: what does not hold is asked
-- for again, as new work.

GRANT SELECT ON company.verifications TO @staff@;

CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE OR DELETE ON company.verifications
FOR EACH ROW EXECUTE FUNCTION company.only_add();

CREATE OR REPLACE FUNCTION company.verify_task(
  my_session bigint, my_task bigint, my_holds boolean, my_looked_at text, my_showed text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  t company.task_queue := (SELECT q FROM company.task_queue q WHERE q.id = my_task);
BEGIN
  IF NOT EXISTS (SELECT FROM company.roster
    WHERE role = company.me() AND kind = 'manager' AND t.mode = ANY (modes)) THEN
    PERFORM company.refuse('a_manager_verifies_its_own_domain',
      format('task %s is not one of %s', my_task, coalesce(company.me(), session_user)));
  END IF;
  PERFORM company.require_open_session(my_session);
  IF t.status <> 'complete' THEN
    PERFORM company.refuse('only_what_is_complete_is_verified', format('task %s is %s', my_task, t.status));
  END IF;
  IF company.me() = (SELECT e.by_role FROM company.task_events e
    WHERE e.task_id = my_task AND e.to_status = 'complete' ORDER BY e.id DESC LIMIT 1) THEN
    PERFORM company.refuse('nobody_verifies_its_own_work', format('%s completed task %s', company.me(), my_task));
  END IF;
  INSERT INTO company.verifications (task_id, holds, looked_at, showed, verified_by, session_id)
  VALUES (my_task, my_holds, my_looked_at, my_showed, company.me(), my_session);
END $$;
GRANT EXECUTE ON FUNCTION company.verify_task(bigint, bigint, boolean, text, text) TO @staff@;
