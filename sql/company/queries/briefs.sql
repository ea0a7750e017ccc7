-- name: brief_frame
-- What the brief is of: the clock it is read by, when the last one ended, and the state of the company.
SELECT c.is_simulated, company.now() AS now,
  (SELECT max(covers_to) FROM company.briefs WHERE brief_date < %(brief_date)s) AS last_brief_to,
  (SELECT min(due_at) FROM company.slots) AS first_slot_at,
  (SELECT value FROM company.switches WHERE switch = 'company') AS company_is,
  (SELECT coalesce(jsonb_object_agg(action, level), '{}') FROM company.approvals
    WHERE level <> 'open') AS not_open,
  (SELECT coalesce(array_agg(action ORDER BY action), '{}') FROM company.approvals
    WHERE level = 'ask' AND changed_by = 'heartbeat') AS held,
  company.awaits_scores() AS awaits_scores
FROM company.clock c

-- name: write_brief
-- Keeps the page; a second writing of the same day replaces the first.
SELECT company.write_brief(
  %(brief_date)s, %(covers_from)s, %(covers_to)s, %(subject)s, %(body)s, %(html)s, %(facts)s, %(checklist)s
) AS brief_id

-- name: note_brief_sent
-- The brief was sent.
SELECT company.note_brief_sent(%(brief_id)s)

-- name: brief_is_late
-- Whether the owner still waits for the morning's brief.
SELECT count(*) > 0 AS is_late FROM company.brief_check()

-- name: briefs_to_mail
-- Briefs that the owner allowed to be mailed.
SELECT b.id, b.brief_date, b.subject, b.body, b.html, b.facts, o.id AS outbox_id
FROM company.outbox o JOIN company.briefs b ON b.id = (o.payload ->> 'brief_id')::bigint
WHERE o.action = 'brief' AND o.status = 'allowed' AND o.by_role = company.me()
ORDER BY b.id

-- name: read_brief
-- The brief of a day, or the newest.
SELECT id, brief_date, covers_from, covers_to, subject, body, html, facts, checklist, written_by, written_at, sent_at
FROM company.briefs
WHERE %(brief_date)s::date IS NULL OR brief_date = %(brief_date)s
ORDER BY brief_date DESC
LIMIT 1

-- name: latest_brief
-- The last brief that was written.
SELECT brief_date, subject, body, html, facts, checklist, written_at, sent_at FROM company.briefs
ORDER BY brief_date DESC LIMIT 1

-- name: briefs_since
-- Every morning's page of a span, the first one first.
SELECT brief_date, subject, body FROM company.briefs WHERE written_at >= %(since)s ORDER BY brief_date

-- name: last_brief_before
-- The facts of the brief before this one: what it said would happen.
SELECT brief_date, covers_to, facts FROM company.briefs WHERE brief_date < %(brief_date)s ORDER BY brief_date DESC
LIMIT 1

-- name: brief_set_aside
-- Who said more than a day holds, of what how much, and the last of each; the loudest first.
SELECT role, jsonb_object_agg(what, jsonb_build_object('of', said, 'set_aside', beyond) ORDER BY beyond DESC) AS kinds,
  jsonb_object_agg(what, last_text) AS last
FROM (
  SELECT role, what, sum(taken + set_aside)::int AS said, sum(set_aside)::int AS beyond,
    (array_agg(last_text ORDER BY day DESC))[1] AS last_text
  FROM company.outputs
  WHERE set_aside > 0 AND what NOT LIKE 'alert about %%' AND what <> 'ring'
    AND last_at >= %(since)s AND last_at < %(until)s
  GROUP BY role, what
) AS kinds
GROUP BY role
ORDER BY sum(beyond) DESC, role

-- name: console_last_brief
-- The newest brief, and its verdict.
SELECT brief_date, subject, facts -> 'page' ->> 'verdict' AS verdict FROM company.briefs
ORDER BY brief_date DESC LIMIT 1

-- name: console_briefs
-- Every brief by its day, the last first.
SELECT brief_date, subject, facts -> 'page' ->> 'verdict' AS verdict, written_by, sent_at FROM company.briefs
WHERE brief_date < coalesce(%(before)s::date, 'infinity')
ORDER BY brief_date DESC LIMIT %(limit)s
