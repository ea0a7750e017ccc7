-- name: ask_decision
-- Asks the owner; an open question of the same fingerprint is not asked twice.
SELECT decision_id, is_new
FROM company.ask_decision(
  %(fingerprint)s, %(question)s, %(background)s, %(unknown)s, %(options)s, %(recommendation)s, %(default_option)s,
  %(answer_by)s, %(finding_id)s, %(subject)s
)

-- name: answer_decision
-- The owner's answer; returns the asker, who must be notified.
SELECT company.answer_decision(%(decision_id)s, %(option)s, %(words)s) AS asked_by

-- name: let_silence_answer
-- Questions past their hour expire without an answer.
SELECT company.let_silence_answer() AS decision_id

-- name: my_answered_decisions
-- Decisions I asked that the owner answered and that were not yet acted upon.
SELECT id, question, background, unknown, options, recommendation, default_option, asked_by, asked_at, answer_by,
  minutes, finding_id, subject, answer, answer_text, answered_by, answered_at, acted_at, used, outcome
FROM company.answers_to_act_on()

-- name: note_decision_acted
-- What came of the owner's answer.
SELECT company.note_decision_acted(%(decision_id)s, %(outcome)s)

-- name: last_decision
-- My newest question of one fingerprint.
SELECT id, question, background, unknown, options, recommendation, default_option, asked_by, asked_at, answer_by,
  minutes, finding_id, subject, answer, answer_text, answered_by, answered_at, acted_at, used, outcome
FROM company.decisions
WHERE fingerprint = %(fingerprint)s AND asked_by = company.me()
ORDER BY id DESC
LIMIT 1

-- name: use_yes
-- Takes the owner's yes for one schedule, once; refused where there is none in force.
SELECT company.use_yes(%(decision_id)s, %(schedule)s)

-- name: list_decisions
-- Questions to the owner: open ones first.
SELECT id, question, background, unknown, options, recommendation, default_option, asked_by, asked_at, answer_by,
  minutes, finding_id, subject, answer, answer_text, answered_by, answered_at, acted_at, used, outcome
FROM company.decisions
WHERE (%(only_open)s IS FALSE OR answered_at IS NULL)
ORDER BY answered_at DESC NULLS FIRST, id

-- name: brief_decisions
-- Questions that wait for the owner, and how often the same was asked before. The first of each asker comes before the
-- second of any; then what cannot wait, then the nearest hour.
SELECT d.id, d.question, d.background, d.unknown, d.options, d.recommendation, d.default_option, d.asked_by, d.asked_at,
  d.answer_by,
  d.minutes, d.finding_id, EXISTS (SELECT FROM company.planted_findings p WHERE p.finding_id = f.id) AS planted,
  (SELECT count(*) FROM company.decisions p WHERE p.fingerprint = d.fingerprint AND p.asked_by = d.asked_by
    AND p.id < d.id
    AND (p.finding_id, p.subject) IS NOT DISTINCT FROM (d.finding_id, d.subject))::int AS asked_before
FROM company.decisions d LEFT JOIN company.findings f ON f.id = d.finding_id
WHERE d.answered_at IS NULL
ORDER BY row_number() OVER (PARTITION BY d.asked_by
    ORDER BY coalesce(f.level, 'brief') NOT IN ('ring', 'today'), d.answer_by, d.id),
  coalesce(f.level, 'brief') NOT IN ('ring', 'today'), d.answer_by, d.id

-- name: brief_answers
-- Decisions answered, expired or acted upon since the last brief, when each answer reached its
-- asker, and what came of it; what was not acted upon is shown for a week.
SELECT d.id, d.question, d.answer, d.answer_text, d.answered_by, d.answered_at, d.asked_by, d.acted_at, d.outcome,
  -- An answer reaches its asker with the note about it, or with a fire that looked at its answers.
  least((SELECT min(i.read_at) FROM company.inbox i
    WHERE i.decision_id = d.id AND i.to_role = d.asked_by AND i.kind = 'note'), d.acted_at) AS reached_at
FROM company.decisions d
WHERE d.answered_at < %(until)s
  AND (d.answered_at >= %(since)s OR d.acted_at >= %(since)s
    OR (d.acted_at IS NULL AND d.answered_at >= %(until)s::timestamptz - interval '7 days'))
ORDER BY d.id

-- name: why_decision
-- The story of a question to the owner.
SELECT at, who, event, facts FROM (
  SELECT f.found_at AS at, 1 AS step, f.found_by AS who, 'found_finding' AS event,
    jsonb_build_object('id', f.id, 'title', f.title) AS facts
  FROM company.decisions d JOIN company.findings f ON f.id = d.finding_id WHERE d.id = %(id)s
  UNION ALL
  SELECT f.answered_at, 2, f.answered_by, 'text', jsonb_build_object('text', f.answer)
  FROM company.decisions d JOIN company.findings f ON f.id = d.finding_id
  WHERE d.id = %(id)s AND f.answered_at IS NOT NULL AND position(f.answer IN d.background) = 0
  UNION ALL
  SELECT asked_at, 3, asked_by, 'asked', jsonb_build_object('question', question, 'recommendation', recommendation,
    'default', default_option, 'background', background)
  FROM company.decisions WHERE id = %(id)s
  UNION ALL
  SELECT b.written_at, 4, b.written_by, 'in_brief', jsonb_build_object('date', b.brief_date)
  FROM company.briefs b, company.decisions d
  WHERE d.id = %(id)s AND b.written_at >= d.asked_at AND (d.answered_at IS NULL OR b.written_at <= d.answered_at)
  UNION ALL
  SELECT d.answered_at, 5, d.answered_by, CASE d.answered_by WHEN 'silence' THEN 'expired' ELSE 'answered_by_owner' END,
    jsonb_build_object('id', d.id, 'answer', d.answer, 'text', d.answer_text)
  FROM company.decisions d WHERE d.id = %(id)s AND d.answered_at IS NOT NULL
  UNION ALL
  SELECT acted_at, 6, asked_by, 'did', jsonb_build_object('outcome', outcome) FROM company.decisions
  WHERE id = %(id)s AND acted_at IS NOT NULL
) AS story
ORDER BY at, step

-- name: subject_of_decision
-- One decision as its story's headline needs it.
SELECT id, question, background, unknown, options, recommendation, default_option, asked_by, asked_at, answer_by,
  minutes, finding_id, subject,
  answer, answer_text, answered_by, answered_at, acted_at, used, outcome
FROM company.decisions WHERE id = %(id)s

-- name: owner_follows_address
-- Whether the owner's last answer about an address of a source is to ask it at this new one.
SELECT coalesce((
  SELECT d.answer = 'follow' AND d.subject ->> 'moved_to' = %(new)s FROM company.decisions d
  WHERE d.answered_by = 'owner' AND d.subject ->> 'source' = %(source)s AND d.subject ->> 'moved_from' = %(old)s
  ORDER BY d.answered_at DESC LIMIT 1
), false) AS follows

-- name: owner_says_word
-- What the owner's last answer says that a new word means.
SELECT (
  SELECT d.answer FROM company.decisions d
  WHERE d.answered_by = 'owner' AND d.subject ->> 'source' = %(source)s AND d.subject ->> 'field' = %(field)s
    AND d.subject ->> 'new_word' = %(word)s
  ORDER BY d.answered_at DESC LIMIT 1
) AS answer
