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

-- A finding that waits for nobody waits for ever. Machines name watchers from records; who judges may name anybody, and then somebody real.
-- And whoever judges rings three times a day: a fourth that night is for the morning, or nobody would get up for the first.
CREATE OR REPLACE FUNCTION company.bound_a_finding() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(company.my_kind(), 'machine') NOT IN ('manager', 'auditor', 'ceo') OR NEW.found_by IS DISTINCT FROM company.me() THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'INSERT' AND NOT EXISTS (SELECT FROM company.roster WHERE role = NEW.watcher AND left_at IS NULL) THEN
    PERFORM company.refuse('a_finding_waits_for_somebody_here', coalesce(NEW.watcher, 'nobody') || ' is not one of us');
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
  PERFORM company.tell_wrong(
    'undone:' || NEW.id, 'taken_back', 'batch ' || NEW.id, 'today', format('batch %s of %s was taken back by %s', NEW.id, NEW.source, NEW.undone_by),
    format('%s rows are as they were before it', NEW.promoted + NEW.removed),
    jsonb_build_object('batch', NEW.id, 'rows', NEW.promoted + NEW.removed, 'reason', left(NEW.reason, 500)),
    (SELECT reports_to FROM company.roster WHERE role = NEW.undone_by), NEW.undone_by);
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER bound_an_undoing BEFORE UPDATE OF status ON company.batches
FOR EACH ROW WHEN (NEW.status = 'undone' AND OLD.status <> 'undone') EXECUTE FUNCTION company.bound_an_undoing();

REVOKE EXECUTE ON FUNCTION company.keep_the_hour_of_the_brief(), company.bound_a_finding(), company.bound_an_undoing() FROM PUBLIC;
