-- Why: pages that somebody waits for count the slots of a day. What ended is counted where it ends, so they read a row
-- for each moment and not for each slot, however many schedules there are.

GRANT SELECT ON company.slot_ends TO @staff@;

CREATE OR REPLACE FUNCTION company.count_slot_ends() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.ended_at IS NOT NULL THEN
    DELETE FROM company.slot_ends e
    WHERE e.due_at = OLD.due_at AND e.status = OLD.status AND e.late = OLD.late AND e.slots = 1;
    IF NOT FOUND THEN
      UPDATE company.slot_ends e SET slots = e.slots - 1
      WHERE e.due_at = OLD.due_at AND e.status = OLD.status AND e.late = OLD.late;
    END IF;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.ended_at IS NOT NULL THEN
    INSERT INTO company.slot_ends AS e (due_at, status, late, slots) VALUES (NEW.due_at, NEW.status, NEW.late, 1)
    ON CONFLICT (due_at, status, late) DO UPDATE SET slots = e.slots + 1;
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER count_new_end AFTER INSERT ON company.slots
FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL) EXECUTE FUNCTION company.count_slot_ends();
-- Once in a slot's life, and again where what ended is expected again or was late.
CREATE OR REPLACE TRIGGER count_end AFTER UPDATE ON company.slots
FOR EACH ROW WHEN (coalesce(OLD.ended_at, NEW.ended_at) IS NOT NULL
  AND (OLD.ended_at IS NULL, OLD.due_at, OLD.status, OLD.late)
    IS DISTINCT FROM (NEW.ended_at IS NULL, NEW.due_at, NEW.status, NEW.late))
EXECUTE FUNCTION company.count_slot_ends();
CREATE OR REPLACE TRIGGER count_end_no_more AFTER DELETE ON company.slots
FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION company.count_slot_ends();

-- The counts are written by the triggers of their slots and by nobody else.
CREATE OR REPLACE FUNCTION company.keep_slot_ends() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.refuse('the_ends_of_a_moment_are_those_of_its_slots', 'they are counted where a slot ends');
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER keep_slot_ends BEFORE INSERT OR UPDATE OR DELETE ON company.slot_ends
FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION company.keep_slot_ends();
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.slot_ends
FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();

-- Every slot: those that ended as they are counted, and each that did not end yet.
CREATE OR REPLACE VIEW company.slots_by_moment AS
SELECT due_at, status, late, slots FROM company.slot_ends
UNION ALL SELECT due_at, status, late, 1 FROM company.slots WHERE status = 'expected'
UNION ALL SELECT due_at, status, late, 1 FROM company.slots WHERE status = 'running';
GRANT SELECT ON company.slots_by_moment TO @staff@;

-- When each schedule is due next, of all in one reading: asked for each by itself, its ledger was looked for among the
-- expected slots of everybody.
CREATE OR REPLACE VIEW company.next_slots AS
SELECT schedule, min(due_at) AS due_at FROM company.slots
WHERE status = 'expected' AND due_at > (SELECT company.now()) GROUP BY schedule;
GRANT SELECT ON company.next_slots TO @staff@;
