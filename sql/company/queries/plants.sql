-- name: plant
-- Marks a fault as planted, so that findings about it say so.
SELECT company.plant(%(fault)s, %(subject)s, %(note)s) AS plant_id

-- name: plants_for_audit
-- What was planted for auditors in a span of time, who was to find it and who did.
SELECT id, fault, subject, planted_at, removed_at, whose_test, found_by, found_at, note
FROM company.plants_for_audit(%(since)s)

-- name: plant_false_draft
-- One waiting draft says what is not so, if none did for a while.
SELECT company.plant_false_draft(%(session_id)s, make_interval(hours => %(hours)s)) AS draft_id

-- name: remove_plants
-- Removes what was found, or was there long enough.
SELECT company.remove_plants(%(session_id)s, make_interval(hours => %(hours)s)) AS removed
