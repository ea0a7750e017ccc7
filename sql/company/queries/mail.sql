-- name: note_mail_event
-- What the receiving mail server, or SES, reports of a mail of ours; no entry for another mail.
SELECT outbox_id, action, by_role, to_whom, subject, customer, is_new
FROM company.note_mail_event(%(message_id)s, %(outbox_id)s, %(recipient)s, %(status)s, %(at)s, %(reason)s, %(key)s)

-- name: mail_is_awaited
-- Whether a mail of the last days has no final status yet.
SELECT EXISTS (
  SELECT FROM company.outbox
  WHERE status IN ('sent', 'unknown') AND to_whom LIKE '%%@%%' AND recorded_at > company.now() - interval '3 days'
    AND coalesce(mail_status, 'delayed') = 'delayed'
)

-- name: watcher_of_mail_by
-- Who is notified of a mail that a role sent and that did not arrive: its manager, or its watcher where that is the
-- owner.
SELECT CASE WHEN reports_to = 'owner' THEN coalesce(watched_by, 'ceo') ELSE reports_to END FROM company.roster
WHERE role = %(role)s
