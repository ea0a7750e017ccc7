-- Why: an idea is believed for what it would have been worth before. The brain measures that itself, and a proposal copies it; nobody types a figure.

CREATE TABLE company.backtests (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  study text NOT NULL,
  subject text NOT NULL,
  told text NOT NULL CONSTRAINT a_backtest_says_what_was_seen CHECK (told <> ''),
  -- as of run_at
  numbers jsonb NOT NULL CONSTRAINT a_backtest_carries_its_numbers CHECK (coalesce(jsonb_path_exists(numbers, '$.* ? (@.type() == "number")'), false)),
  -- of the same rule, at earlier moments, by what was known then: {"moments", "calls", "held"}
  past jsonb NOT NULL CONSTRAINT a_backtest_looks_back CHECK (coalesce(jsonb_typeof(past -> 'moments') = 'number', false)),
  looked_at integer NOT NULL CONSTRAINT a_backtest_says_how_much_was_looked_at CHECK (looked_at > 0),
  -- The model of the score in force, where there was one; and what was tried instead of its weights.
  model_version text,
  weights jsonb,
  run_by text NOT NULL,
  session_id bigint NOT NULL REFERENCES company.sessions (id),
  run_at timestamptz NOT NULL DEFAULT company.now()
);

-- What waits has figures that were typed. It is measured again at the next fire of research.
UPDATE company.proposals SET status = 'declined', judged_by = 'migrate', judged_at = company.now(), verdict = 'it came without a backtest'
WHERE status = 'proposed';

ALTER TABLE company.proposals
  ADD COLUMN backtest_id bigint REFERENCES company.backtests (id),
  ADD COLUMN past jsonb,
  ADD COLUMN weights jsonb,
  ADD COLUMN remark text NOT NULL DEFAULT '',
  -- NOT VALID: what was judged before this rule stays as it was.
  ADD CONSTRAINT a_proposal_carries_its_backtest CHECK (backtest_id IS NOT NULL AND past IS NOT NULL) NOT VALID;
