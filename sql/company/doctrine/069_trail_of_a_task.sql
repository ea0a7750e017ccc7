-- Why: each line of the trail is of a task that is there. A foreign key would look the task up at every line; these
-- three rules ask only where a line could lose its task, or be written without one. They hold the table's owner too.

-- A task that ended stays by its own rule; one that has a trail stays before it ended.
CREATE OR REPLACE FUNCTION company.keep_tasks_with_a_trail() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM company.task_events WHERE task_id = OLD.id) THEN
    PERFORM company.refuse('a_task_with_a_trail_stays', format('task %s has one; end it as stale', OLD.id));
  END IF;
  RETURN OLD;
END $$;
CREATE OR REPLACE TRIGGER keep_tasks_with_a_trail BEFORE DELETE ON company.task_queue
FOR EACH ROW EXECUTE FUNCTION company.keep_tasks_with_a_trail();

CREATE OR REPLACE FUNCTION company.keep_number_of_a_task() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.id <> OLD.id THEN
    PERFORM company.refuse('a_task_keeps_its_number', format('task %s would become %s', OLD.id, NEW.id));
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER keep_number_of_a_task BEFORE UPDATE OF id ON company.task_queue
FOR EACH ROW EXECUTE FUNCTION company.keep_number_of_a_task();

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
