-- Why: pages that somebody waits for count the slots of a day. What ended is counted where it ends, so they read a row
-- for each moment and not for each slot, however many schedules there are. Of a moment there are several where several
-- slots ended at once: they are added up.

GRANT SELECT ON company.slot_ends TO @staff@;

-- Adds one, or takes one away, in any row of that moment that no other transaction holds; where there is none, in the
-- role's own, which may be less than none. So nobody waits for another role's transaction, and without two at once a
-- moment keeps its one row.
CREATE OR REPLACE FUNCTION company.add_to_ends(slot company.slots, by integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  counted company.slot_ends;
BEGIN
  UPDATE company.slot_ends e SET slots = e.slots + by
  WHERE e.due_at = slot.due_at AND e.status = slot.status AND e.late = slot.late AND e.role = (
    SELECT x.role FROM company.slot_ends x
    WHERE x.due_at = slot.due_at AND x.status = slot.status AND x.late = slot.late
    LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING * INTO counted;
  IF NOT FOUND THEN
    INSERT INTO company.slot_ends AS e (due_at, status, late, role, slots)
    VALUES (slot.due_at, slot.status, slot.late, slot.role, by)
    ON CONFLICT (due_at, status, late, role) DO UPDATE SET slots = e.slots + by
    RETURNING * INTO counted;
  END IF;
  IF counted.slots = 0 THEN
    DELETE FROM company.slot_ends e
    WHERE (e.due_at, e.status, e.late, e.role) = (counted.due_at, counted.status, counted.late, counted.role);
  END IF;
END $$;

CREATE OR REPLACE FUNCTION company.count_slot_ends() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.ended_at IS NOT NULL THEN
    PERFORM company.add_to_ends(OLD, -1);
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.ended_at IS NOT NULL THEN
    PERFORM company.add_to_ends(NEW, 1);
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
SELECT due_at, status, late, sum(slots)::integer AS slots FROM company.slot_ends
GROUP BY due_at, status, late HAVING sum(slots) <> 0
UNION ALL SELECT due_at, status, late, 1 FROM company.slots WHERE status = 'expected'
UNION ALL SELECT due_at, status, late, 1 FROM company.slots WHERE status = 'running';
GRANT SELECT ON company.slots_by_moment TO @staff@;

-- When each schedule is due next, of all in one reading: asked for each by itself, its ledger was looked for among the
-- expected slots of everybody.
CREATE OR REPLACE VIEW company.next_slots AS
SELECT schedule, min(due_at) AS due_at FROM company.slots
WHERE status = 'expected' AND due_at > (SELECT company.now()) GROUP BY schedule;
GRANT SELECT ON company.next_slots TO @staff@;
