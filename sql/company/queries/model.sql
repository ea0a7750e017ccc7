-- name: record_model_use
-- Whether the book or a model worked in the session, and what it cost.
SELECT company.record_model_use(%(session_id)s, %(worked_by)s, %(model)s, %(turns)s, %(tokens)s, %(cost_usd)s::numeric)

-- name: book_took_over
-- The model ended without an outcome; the book goes on in the same session.
SELECT company.book_took_over(%(session_id)s, %(reason)s)

-- name: book_replaced_part
-- The model goes on; one piece of its work is the book's, and why.
SELECT company.book_replaced_part(%(session_id)s, %(reason)s)

-- name: my_session
-- Why the book works in this session, if a model was to, and which pages of the model were rejected in it.
SELECT s.by_book_because,
  ARRAY(SELECT l.body FROM company.session_log l WHERE l.session_id = s.id AND l.kind = 'page_rejected'
    ORDER BY l.id) AS rejected
FROM company.sessions s
WHERE s.id = %(session_id)s

-- name: brief_by_the_book_because
-- Why the book worked in a model's place, and how often.
SELECT by_book_because AS because, count(*) AS fires
FROM company.sessions
WHERE by_book_because IS NOT NULL AND started_at >= %(since)s AND started_at < %(until)s
GROUP BY by_book_because
ORDER BY count(*) DESC, by_book_because

-- name: note_model_trouble
-- The model refused the company, not the ask; true when nobody had said so yet.
SELECT company.note_model_trouble(%(session_id)s, %(model)s, %(why)s) AS is_new

-- name: end_model_trouble
-- Heartbeat closes that finding when a model answered since, or when no role uses one.
SELECT company.end_model_trouble(%(is_asked)s) AS ended
