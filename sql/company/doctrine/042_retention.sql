-- Why: a ledger that only grows ends as one that nobody dares to ask. Old slots become sums a day; what could still matter is never taken.

CREATE OR REPLACE FUNCTION company.retire_old_slots(keep interval, at_most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  retired integer;
BEGIN
  PERFORM company.require_heartbeat();
  -- Otherwise the quietest way to lose a miss would be to call it old.
  IF keep < interval '30 days' THEN
    PERFORM company.refuse('a_slot_is_kept_for_a_month', format('%s is too short a memory', keep));
  END IF;
  WITH old AS (
    SELECT schedule, due_at FROM company.slots
    WHERE due_at < company.now() - keep AND ended_at IS NOT NULL
    ORDER BY due_at
    LIMIT at_most
    FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM company.slots s USING old WHERE s.schedule = old.schedule AND s.due_at = old.due_at
    RETURNING s.schedule, (s.due_at AT TIME ZONE 'UTC')::date AS day, s.status, s.late
  ), summed AS (
    INSERT INTO company.slot_days AS d (schedule, day, status, slots, late)
    SELECT schedule, day, status, count(*), count(*) FILTER (WHERE late) FROM gone GROUP BY schedule, day, status
    ON CONFLICT (schedule, day, status) DO UPDATE SET slots = d.slots + excluded.slots, late = d.late + excluded.late
  )
  SELECT count(*) INTO retired FROM gone;
  RETURN retired;
END $$;

REVOKE EXECUTE ON FUNCTION company.retire_old_slots(interval, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION company.retire_old_slots(interval, integer) TO @login:heartbeat@;
