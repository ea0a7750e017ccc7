-- name: open_finding
-- Opens a finding, or raises the count of the open one of the same fingerprint.
SELECT finding_id, is_new
FROM company.open_finding(
  %(fingerprint)s, %(kind)s, %(subject)s, %(level)s, %(title)s, %(effect)s, %(evidence)s, %(accused)s, %(watcher)s
)

-- name: answer_finding
-- The watcher says what it found and does.
SELECT company.answer_finding(%(finding_id)s, %(answer)s)

-- name: close_finding
-- The finding is over; says how.
SELECT company.close_finding(%(finding_id)s, %(resolution)s) AS closed

-- name: mute_finding
-- The owner hears no more of an open finding until then.
SELECT company.mute_finding(%(finding_id)s, %(until)s)

-- name: open_finding_of
-- The open finding of one fingerprint.
SELECT id, times_seen, found_at, answered_at, evidence FROM company.findings WHERE fingerprint = %(fingerprint)s AND closed_at IS NULL

-- name: my_findings
-- Open findings that wait for me as their watcher; for the ceo also those that climbed, because their watchers said nothing. Never one about me.
SELECT id, fingerprint, kind, subject, level, title, effect, evidence, accused, watcher, found_by, found_at, last_seen_at, times_seen,
  planted, woken_at, answered_at, answered_by, answer, muted_until, closed_at, closed_by, resolution
FROM company.findings
WHERE closed_at IS NULL
  AND accused IS DISTINCT FROM company.me()
  AND (watcher = company.me() OR (climbed > 0 AND answered_at IS NULL AND company.my_kind() = 'ceo'))
ORDER BY id

-- name: list_findings
-- Findings as the owner reads them: open ones first.
SELECT id, fingerprint, kind, subject, level, title, effect, evidence, accused, watcher, found_by, found_at, last_seen_at, times_seen,
  planted, woken_at, answered_at, answered_by, answer, muted_until, closed_at, closed_by, resolution
FROM company.findings
WHERE (%(only_open)s IS FALSE OR closed_at IS NULL)
ORDER BY closed_at DESC NULLS FIRST, id
LIMIT %(limit)s

-- name: plant
-- Marks a fault as planted, so that findings about it say so.
SELECT company.plant(%(fault)s, %(subject)s, %(note)s) AS plant_id
