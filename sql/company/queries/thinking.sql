-- name: book_took_over
-- The model came to no outcome; the book goes on in the same session.
SELECT company.book_took_over(%(session_id)s, %(reason)s)

-- name: held_tasks
-- What a session has claimed and not ended.
SELECT id FROM company.task_queue WHERE session_id = %(session_id)s AND status = 'in_progress' ORDER BY id

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
