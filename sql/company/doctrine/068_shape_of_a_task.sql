-- Why: what may stand in a row of the queue, also where its owner writes it by hand. These are triggers and no
-- CHECKs: Postgres reads a CHECK, and a trigger's WHEN, anew in each statement, and a function once in a session. As in
-- a CHECK, what is NULL breaks no rule. A function without a search path of its own is cheaper; these run with the
-- rights of who writes the row, and that is a function with a fixed one.

-- What no claim and no closing writes: an UPDATE that names none of these columns does not come here.
CREATE OR REPLACE FUNCTION company.keep_shape_of_a_task() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id <> OLD.id THEN
    PERFORM company.refuse('a_task_keeps_its_number', format('task %s would become %s', OLD.id, NEW.id));
  END IF;
  IF NEW.mode NOT IN ('data', 'scrape', 'build', 'research', 'content') THEN
    PERFORM company.refuse('a_mode_is_known', format('%s is not one', NEW.mode));
  END IF;
  IF NEW.title = '' THEN
    PERFORM company.refuse('a_task_has_a_title', format('task %s has none', NEW.id));
  END IF;
  IF NEW.priority NOT BETWEEN 1 AND 9 THEN
    PERFORM company.refuse('priority_is_one_to_nine', format('%s is not', NEW.priority));
  END IF;
  IF NEW.max_attempts NOT BETWEEN 1 AND 20 THEN
    PERFORM company.refuse('attempts_are_bounded', format('%s is not 1 to 20', NEW.max_attempts));
  END IF;
  IF NEW.superseded_by = NEW.id THEN
    PERFORM company.refuse('nothing_supersedes_itself', format('task %s would', NEW.id));
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER keep_shape_of_a_task
BEFORE INSERT OR UPDATE OF id, mode, title, priority, max_attempts, superseded_by ON company.task_queue
FOR EACH ROW EXECUTE FUNCTION company.keep_shape_of_a_task();

-- What every write must leave whole. The first question lets nearly all of them through: the common states, with
-- nothing of another state left. All else is asked rule by rule.
CREATE OR REPLACE FUNCTION company.keep_state_of_a_task() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.closed_at IS NULL AND NEW.blocked_action IS NULL AND (CASE NEW.status
      WHEN 'in_progress' THEN NEW.claimed_by IS NOT NULL AND NEW.session_id IS NOT NULL
        AND NEW.lease_until IS NOT NULL AND NEW.closed_at IS NULL
      WHEN 'complete' THEN NEW.claimed_by IS NULL AND NEW.closed_at IS NOT NULL
      WHEN 'pending' THEN NEW.claimed_by IS NULL AND NEW.closed_at IS NULL
    END) THEN
    RETURN NEW;
  END IF;
  IF OLD.closed_at IS NOT NULL THEN
    PERFORM company.refuse('terminal_is_for_ever', format('task %s ended as %s and stays so', OLD.id, OLD.status));
  END IF;
  IF NEW.status NOT IN ('pending', 'in_progress', 'blocked', 'complete', 'failed', 'superseded', 'stale') THEN
    PERFORM company.refuse('a_status_is_known', format('%s is not one', NEW.status));
  END IF;
  IF (NEW.status IN ('complete', 'failed', 'superseded', 'stale')) <> (NEW.closed_at IS NOT NULL) THEN
    PERFORM company.refuse('terminal_exactly_when_closed',
      format('task %s is %s, closed at %s', NEW.id, NEW.status, coalesce(NEW.closed_at::text, 'no time')));
  END IF;
  IF (NEW.status = 'in_progress')
    <> (NEW.claimed_by IS NOT NULL AND NEW.session_id IS NOT NULL AND NEW.lease_until IS NOT NULL) THEN
    PERFORM company.refuse('in_progress_names_its_holder', format('task %s is %s, held by %s in session %s until %s',
      NEW.id, NEW.status, coalesce(NEW.claimed_by, 'nobody'), NEW.session_id, NEW.lease_until));
  END IF;
  IF (NEW.status = 'blocked') <> (NEW.blocked_on IS NOT NULL AND coalesce(NEW.blocked_action, '') <> '') THEN
    PERFORM company.refuse('blocked_names_an_owner_and_an_action',
      format('task %s is %s, blocked on %s', NEW.id, NEW.status, coalesce(NEW.blocked_on, 'nobody')));
  END IF;
  IF NEW.status = 'superseded' AND NEW.superseded_by IS NULL THEN
    PERFORM company.refuse('superseded_names_its_successor', format('task %s names none', NEW.id));
  END IF;
  -- A text that people read is cut as company.cut_to_length() does.
  IF length(NEW.blocked_action) > 1000 THEN
    NEW.blocked_action := left(NEW.blocked_action, 997) || '...';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER keep_state_of_a_task BEFORE INSERT OR UPDATE ON company.task_queue
FOR EACH ROW EXECUTE FUNCTION company.keep_state_of_a_task();
CREATE OR REPLACE TRIGGER cut_to_length BEFORE INSERT OR UPDATE OF title ON company.task_queue
FOR EACH ROW
WHEN (length(NEW.title) > 300)
EXECUTE FUNCTION company.cut_to_length('title', '300');

CREATE OR REPLACE FUNCTION company.keep_ended_tasks() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.refuse('terminal_is_for_ever', format('task %s ended as %s and stays so', OLD.id, OLD.status));
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER keep_ended_tasks BEFORE DELETE ON company.task_queue
FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION company.keep_ended_tasks();

-- One that has a trail stays before it ended, too: 069_trail_of_a_task.sql says why.
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
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.task_queue
FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();
