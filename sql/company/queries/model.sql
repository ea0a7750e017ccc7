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

-- name: may_ask_model
-- How this session may ask the model: ask, check, probe or book, and why.
SELECT how, because FROM company.may_ask_model(%(session_id)s)

-- name: note_model_down
-- The model gave no answer, or refuses the company; whether everybody works by the book now.
SELECT company.note_model_down(%(session_id)s, %(model)s, %(is_refusal)s, %(why)s) AS is_known

-- name: note_model_answered
-- The model answered this session; false when that is the prober's to say.
SELECT company.note_model_answered(%(session_id)s) AS is_taken

-- name: end_model_trouble
-- Heartbeat closes the finding about the model when no role uses one.
SELECT company.end_model_trouble() AS ended
