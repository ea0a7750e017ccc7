-- name: book_took_over
-- The model came to no outcome; the book goes on in the same session.
SELECT company.book_took_over(%(session_id)s, %(reason)s)

-- name: book_stood_in
-- The model goes on; one piece of its work is the book's, and why.
SELECT company.book_stood_in(%(session_id)s, %(reason)s)

-- name: my_session
-- Why the book works in this session, if a model was to, and which pages of the model were rejected in it.
SELECT s.by_book_because,
  ARRAY(SELECT l.body FROM company.session_log l WHERE l.session_id = s.id AND l.kind = 'page_rejected' ORDER BY l.id) AS rejected
FROM company.sessions s
WHERE s.id = %(session_id)s

-- name: give_back_tasks
-- What the model claimed and did not end is workable again, for the book as for others.
SELECT company.close_task(t.id, %(session_id)s, 'pending', '{}', false, NULL, NULL, interval '0')
FROM company.task_queue t
WHERE t.session_id = %(session_id)s AND t.status = 'in_progress'

-- name: brief_by_the_book_because
-- Why the book worked in a model's place, and how often.
SELECT by_book_because AS because, count(*) AS fires
FROM company.sessions
WHERE by_book_because IS NOT NULL AND started_at >= %(since)s AND started_at < %(until)s
GROUP BY by_book_because
ORDER BY count(*) DESC, by_book_because
