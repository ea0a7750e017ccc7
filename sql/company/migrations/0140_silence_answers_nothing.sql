-- Why: silence answered a question with its default, and a default of "yes" switched a schedule on against the owner's
-- no. A question that nobody answered in time is expired: it holds no answer that anything could act on.

ALTER TABLE company.decisions
  -- What the owner's answer was used for, each thing once: the schedules that were switched on.
  ADD COLUMN used text[] NOT NULL DEFAULT '{}';

-- Nothing acts any more upon what silence answered before.
UPDATE company.decisions SET acted_at = company.now(), outcome = coalesce(outcome, 'nothing was done')
WHERE answered_by = 'silence' AND acted_at IS NULL;
-- The old rows keep the answer that was noted then.
ALTER TABLE company.decisions ADD CONSTRAINT silence_answers_nothing
  CHECK (answered_by <> 'silence' OR (answer IS NULL AND answer_text IS NULL)) NOT VALID;

-- A question of another asker under the same fingerprint does not take the place of one's own.
DROP INDEX company.one_open_decision_per_fingerprint;
CREATE UNIQUE INDEX one_open_decision_per_fingerprint ON company.decisions (fingerprint, asked_by)
  WHERE answered_at IS NULL;
