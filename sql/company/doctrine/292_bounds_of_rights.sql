-- Why: whoever thinks may be wrong or turned for a whole day, with every right of its own. So what those rights can do at most is bounded, and
-- what takes something away is told (a model that answered at random sent the day's brief at one in the morning).

-- The owner's page is written in the fire that is its hour's, whenever that fire comes; and never before, because once sent it stays.
CREATE OR REPLACE FUNCTION company.keep_the_hour_of_the_brief() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT company.is_of_the_morning(company.now()) AND NOT EXISTS (
    SELECT FROM company.sessions WHERE role = company.me() AND finished_at IS NULL AND company.is_of_the_morning(due_at)
  ) THEN
    PERFORM company.refuse('the_brief_is_written_in_its_hour', 'it comes with the fire of the owner''s morning, from four to ten');
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER keep_the_hour_of_the_brief BEFORE INSERT OR UPDATE OF body ON company.briefs
FOR EACH ROW EXECUTE FUNCTION company.keep_the_hour_of_the_brief();

-- A finding that says nothing helps nobody, and one that waits for nobody waits for ever. Machines take words and watchers from what they see
-- and from records; who judges may write anything, and then it is something, for somebody who answers.
-- And whoever judges rings three times a day: a fourth that night is for the morning, or nobody would get up for the first.
CREATE OR REPLACE FUNCTION company.bound_a_finding() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(company.my_kind(), 'machine') NOT IN ('manager', 'auditor', 'ceo') OR NEW.found_by IS DISTINCT FROM company.me() THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'INSERT' AND (btrim(NEW.title) = '' OR btrim(NEW.kind) = '' OR btrim(NEW.subject) = '') THEN
    PERFORM company.refuse('a_finding_says_what_is_wrong', 'title, kind and subject are words that somebody else understands');
  END IF;
  IF TG_OP = 'INSERT' AND NOT EXISTS (SELECT FROM company.roster WHERE role = NEW.watcher AND left_at IS NULL AND kind <> 'machine') THEN
    PERFORM company.refuse('a_finding_waits_for_somebody_here', coalesce(NEW.watcher, 'nobody') || ' is nobody here who answers');
  END IF;
  -- It could only be answered by whom it accuses, who may not: their fires died of it one after another, and the brief with them.
  IF TG_OP = 'INSERT' AND NEW.watcher = NEW.accused THEN
    PERFORM company.refuse('nobody_watches_a_finding_about_themselves', NEW.watcher || ' is whom it is about');
  END IF;
  IF NEW.level = 'ring' AND (SELECT count(*) FROM company.findings f WHERE f.found_by = NEW.found_by AND f.level = 'ring'
      AND f.found_at > company.now() - interval '1 day' AND f.id <> NEW.id) >= 3 THEN
    NEW.level := 'today';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER bound_a_finding BEFORE INSERT OR UPDATE OF level ON company.findings
FOR EACH ROW EXECUTE FUNCTION company.bound_a_finding();

-- An auditor takes back one promotion of a source, not one after another until nothing is left; the second step is the owner's. It is told.
CREATE OR REPLACE FUNCTION company.bound_an_undoing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.my_kind() = 'owner' THEN
    RETURN NEW;
  END IF;
  IF EXISTS (
    SELECT FROM company.batches b
    WHERE b.source = NEW.source AND b.status = 'undone' AND b.id <> NEW.id
      AND NOT EXISTS (SELECT FROM company.batches n WHERE n.source = b.source AND n.promoted_at > b.undone_at)
  ) THEN
    PERFORM company.refuse('one_step_back_at_a_time', format('a promotion of %s was taken back already, and none came since', NEW.source));
  END IF;
  INSERT INTO company.findings (fingerprint, kind, subject, level, title, effect, evidence, accused, watcher, found_by)
  SELECT 'taken_back:' || NEW.id, 'taken_back', 'batch ' || NEW.id, 'today', format('batch %s of %s was taken back by %s', NEW.id, NEW.source, r.role),
    format('%s rows are as they were before it', NEW.promoted + NEW.removed),
    jsonb_build_object('batch', NEW.id, 'rows', NEW.promoted + NEW.removed, 'reason', left(NEW.reason, 500)), r.role, r.reports_to, r.role
  FROM company.roster r WHERE r.role = NEW.undone_by;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER bound_an_undoing BEFORE UPDATE OF status ON company.batches
FOR EACH ROW WHEN (NEW.status = 'undone' AND OLD.status <> 'undone') EXECUTE FUNCTION company.bound_an_undoing();

-- What people read has the length that people read: thirty thousand letters of a title once made the owner's page. The rest is cut, and seen to be.
CREATE OR REPLACE FUNCTION company.cut_to_length() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  said text;
BEGIN
  FOR n IN 0 .. TG_NARGS - 1 BY 2 LOOP
    said := to_jsonb(NEW) ->> TG_ARGV[n];
    IF length(said) > TG_ARGV[n + 1]::integer THEN
      NEW := jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[n], left(said, TG_ARGV[n + 1]::integer - 3) || '...'));
    END IF;
  END LOOP;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER cut_to_length BEFORE INSERT OR UPDATE ON company.findings FOR EACH ROW
WHEN (length(NEW.title) > 300 OR length(NEW.effect) > 300 OR length(NEW.subject) > 120 OR length(NEW.kind) > 60 OR length(NEW.answer) > 2000
  OR length(NEW.resolution) > 1000)
EXECUTE FUNCTION company.cut_to_length('title', '300', 'effect', '300', 'subject', '120', 'kind', '60', 'answer', '2000', 'resolution', '1000');
CREATE OR REPLACE TRIGGER cut_to_length BEFORE INSERT OR UPDATE ON company.decisions FOR EACH ROW
WHEN (length(NEW.question) > 300 OR length(NEW.background) > 2000 OR length(NEW.unknown) > 600 OR length(NEW.outcome) > 600)
EXECUTE FUNCTION company.cut_to_length('question', '300', 'background', '2000', 'unknown', '600', 'outcome', '600');
CREATE OR REPLACE TRIGGER cut_to_length BEFORE INSERT OR UPDATE ON company.inbox FOR EACH ROW
WHEN (length(NEW.subject) > 200 OR length(NEW.body) > 4000 OR length(NEW.answer) > 2000)
EXECUTE FUNCTION company.cut_to_length('subject', '200', 'body', '4000', 'answer', '2000');
CREATE OR REPLACE TRIGGER cut_to_length BEFORE INSERT OR UPDATE OF title, blocked_action ON company.task_queue FOR EACH ROW
WHEN (length(NEW.title) > 300 OR length(NEW.blocked_action) > 1000)
EXECUTE FUNCTION company.cut_to_length('title', '300', 'blocked_action', '1000');

-- A memory of nobody is read by nobody, and stands on the org page as somebody.
CREATE OR REPLACE FUNCTION company.keep_memories_of_the_staff() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM company.roster WHERE 'MEMORY_' || upper(role) = NEW.file_key AND kind <> 'owner') THEN
    PERFORM company.refuse('a_memory_is_of_somebody_here', NEW.file_key || ' is a page of nobody');
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER keep_memories_of_the_staff BEFORE INSERT ON company.brain FOR EACH ROW
WHEN (NEW.file_key LIKE 'MEMORY\_%') EXECUTE FUNCTION company.keep_memories_of_the_staff();

REVOKE EXECUTE ON FUNCTION company.cut_to_length(), company.keep_memories_of_the_staff(), company.keep_the_hour_of_the_brief(), company.bound_a_finding(), company.bound_an_undoing() FROM PUBLIC;
