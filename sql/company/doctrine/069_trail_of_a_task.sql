-- Why: each line of the trail is of a task that is there. A foreign key would look the task up at every line; this asks
-- only where a line could lose its task, or be written without one. A task that has a trail is deleted by nobody and
-- keeps its number (068_shape_of_a_task.sql), a line stays as it was written, and nobody writes one by hand: neither
-- the staff, which has no right to, nor the tables' owner.

-- The queue's functions run as the tables' owner for a login that is another; each writes the lines of tasks that the
-- same statement made or changed, or that it holds locked. Who writes by hand is that owner, or has taken its role.
CREATE OR REPLACE FUNCTION company.only_the_queue_writes() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF current_user IN (session_user, current_setting('role')) THEN
    PERFORM company.refuse('only_the_queue_writes_its_trail', format('%s writes by hand', session_user));
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER only_the_queue_writes BEFORE INSERT ON company.task_events
FOR EACH STATEMENT EXECUTE FUNCTION company.only_the_queue_writes();
CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE OR DELETE ON company.task_events
FOR EACH ROW EXECUTE FUNCTION company.only_add();
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.task_events
FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();
