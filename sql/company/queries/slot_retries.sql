-- name: ask_retry
-- Asks to have a slot fired again; verdict is 'asked', or the reason why that would not be safe.
SELECT verdict, slot_role, slot_status FROM company.ask_retry(%(schedule)s, %(due_at)s, %(finding_id)s)

-- name: retry_what_was_held_up
-- Asks for what found another fire of its role at work, once that has ended; how many.
SELECT company.retry_what_was_held_up() AS asked

-- name: slots_of_many
-- The newest slot of each of these schedules, where it may be fired again and no other fires soon.
SELECT (s.slot).schedule, (s.slot).due_at FROM unnest(%(names)s::text[]) AS n (schedule)
CROSS JOIN LATERAL (SELECT o AS slot FROM company.slots o
  WHERE o.schedule = n.schedule AND o.due_at <= company.now() ORDER BY o.due_at DESC LIMIT 1) AS s
WHERE (s.slot).role <> company.me() AND company.why_not_fired_again(s.slot) IS NULL
  AND NOT company.fires_soon(n.schedule)
ORDER BY (s.slot).due_at, n.schedule

-- name: retries_waiting
-- Slots that their watchers asked to have fired again.
SELECT q.schedule, q.due_at, s.role FROM company.slot_retries q
JOIN company.slots s ON s.schedule = q.schedule AND s.due_at = q.due_at
WHERE q.fired_at IS NULL
ORDER BY q.asked_at
LIMIT %(at_most)s

-- name: note_retry_fired
-- The slot's one-off is made.
SELECT company.note_retry_fired(%(schedule)s, %(due_at)s)

-- name: lost_retries
-- Retries of the last day that were fired and never came, of schedules that have not worked since.
SELECT q.schedule, q.due_at, s.role, r.reports_to AS watcher, q.fired_at FROM company.slot_retries q
JOIN company.slots s ON s.schedule = q.schedule AND s.due_at = q.due_at
JOIN company.roster r ON r.role = s.role
WHERE q.fired_at < company.now() - interval '20 minutes' AND q.fired_at > company.now() - interval '1 day'
  AND NOT EXISTS (
    SELECT FROM company.sessions x WHERE x.schedule = q.schedule AND x.due_at = q.due_at
      AND x.started_at >= q.fired_at - interval '1 minute'
  )
  AND NOT EXISTS (
    SELECT FROM company.sessions x WHERE x.schedule = q.schedule AND x.started_at > q.fired_at
      AND x.outcome IN ('done', 'skipped')
  )

-- name: retries_of_slot
-- Who asked to have a slot fired again, and whether it was.
SELECT asked_by, asked_at, fired_at, finding_id FROM company.slot_retries
WHERE schedule = %(schedule)s AND due_at = %(due_at)s
