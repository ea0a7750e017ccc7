-- name: slots_by_end
-- How the slots due in a span ended.
SELECT status, count(*) AS slots FROM company.slots WHERE due_at >= %(since)s AND due_at < %(until)s GROUP BY status ORDER BY status

-- name: latest_brief
-- The last brief that was written.
SELECT brief_date, subject, body, html, facts, checklist, written_at, sent_at FROM company.briefs ORDER BY brief_date DESC LIMIT 1

-- name: briefs_since
-- Every morning's page of a span, the first one first.
SELECT brief_date, subject, body FROM company.briefs WHERE written_at >= %(since)s ORDER BY brief_date

-- name: roster_roles
-- Everybody with a login.
SELECT role FROM company.roster WHERE left_at IS NULL ORDER BY role

-- name: set_outward_act
-- The owner says how far an outward act is trusted.
SELECT company.set_outward_act(%(act)s, %(stands_at)s)
