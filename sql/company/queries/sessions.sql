-- name: open_session
-- Takes the slot's attempt.
SELECT session_id, verdict, continues, is_late
FROM company.open_session(%(schedule)s, %(due_at)s, %(request_id)s, make_interval(secs => %(lasts_seconds)s))

-- name: close_session
-- Ends the attempt and, where no other can come, its slot; lets the next fire of this role begin.
SELECT company.close_session(%(session_id)s, %(outcome)s, %(evidence)s, %(reason)s), pg_advisory_unlock_all()

-- name: record_thinking
-- What the session's thinking was done by, and what it cost.
SELECT company.record_thinking(%(session_id)s, %(worked_by)s, %(model)s, %(turns)s, %(tokens)s, %(cost_usd)s::numeric)

-- name: log_learned
-- One discovery, kept at once.
SELECT company.log_learned(%(session_id)s, %(kind)s, %(body)s, %(facts)s, %(task_id)s)

-- name: boot
-- Everything an employee or machine must know before it works, in one round trip.
SELECT company.now() AS now,
  r.is_paused,
  (SELECT value FROM company.switches WHERE switch = 'company') AS company_is,
  (SELECT count(*) FROM company.inbox i WHERE i.to_role = r.role AND i.read_at IS NULL) AS unread,
  -- Two fires of one role never overlap: the lock goes with the connection, so a killed fire cannot keep it.
  pg_try_advisory_lock(7741002, hashtext(r.role)) AS is_alone,
  -- Nobody watches the watch while it is silent, except whoever happens to start (scar: the detector stopped).
  (SELECT max(b.at) < company.now() - interval '15 minutes' FROM company.beats b) AS beat_is_stale
FROM company.roster r
WHERE r.login = session_user

-- name: read_brain_pages
-- Some pages of the brain by key.
SELECT file_key, content FROM company.brain WHERE file_key = ANY (%(keys)s)

-- name: write_brain
-- Writes a page; each page has its writer.
SELECT company.write_brain(%(key)s, %(content)s)
