-- name: ask_decision
-- Asks the owner; an open question of the same fingerprint is not asked twice.
SELECT decision_id, is_new
FROM company.ask_decision(
  %(fingerprint)s, %(question)s, %(background)s, %(unknown)s, %(options)s, %(recommendation)s, %(default_option)s,
  %(answer_by)s, %(finding_id)s, %(subject)s
)

-- name: answer_decision
-- The owner's answer; gives the asker who must hear of it.
SELECT company.answer_decision(%(decision_id)s, %(option)s, %(words)s) AS asked_by

-- name: let_silence_answer
-- Decisions past their hour take their safe default.
SELECT company.let_silence_answer() AS decision_id

-- name: my_answered_decisions
-- Decisions I asked that are answered and not yet acted upon.
SELECT id, question, background, unknown, options, recommendation, default_option, asked_by, asked_at, answer_by, minutes,
  finding_id, subject, answer, answer_text, answered_by, answered_at, acted_at, outcome
FROM company.decisions
WHERE asked_by = company.me() AND answered_at IS NOT NULL AND acted_at IS NULL
ORDER BY id

-- name: note_decision_acted
-- What came of the owner's answer.
SELECT company.note_decision_acted(%(decision_id)s, %(outcome)s)

-- name: list_decisions
-- Questions to the owner: open ones first.
SELECT id, question, background, unknown, options, recommendation, default_option, asked_by, asked_at, answer_by, minutes,
  finding_id, subject, answer, answer_text, answered_by, answered_at, acted_at, outcome
FROM company.decisions
WHERE (%(only_open)s IS FALSE OR answered_at IS NULL)
ORDER BY answered_at DESC NULLS FIRST, id
