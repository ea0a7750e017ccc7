-- Why: opening a session asked twice whose a schedule is, and looked three times at its slot. Both are asked once now,
-- by functions of other names (doctrine/045_slots_of_a_role.sql, which the same migrate makes).

DROP FUNCTION IF EXISTS company.require_own_slot(text, timestamptz);
DROP FUNCTION IF EXISTS company.schedule_to_record(text);
DROP FUNCTION IF EXISTS company.count_fire(text, timestamptz);
