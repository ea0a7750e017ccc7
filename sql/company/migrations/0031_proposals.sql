-- Why: an idea is a claim with numbers. Who has it does not judge it, and what was declined is not brought up every morning.

CREATE TABLE company.proposals (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  study text NOT NULL,
  subject text NOT NULL,
  title text NOT NULL CONSTRAINT a_proposal_says_what_was_seen CHECK (title <> ''),
  numbers jsonb NOT NULL CONSTRAINT a_proposal_carries_its_numbers CHECK (
    coalesce(jsonb_path_exists(numbers, '$.* ? (@.type() == "number")'), false)
  ),
  looked_at integer NOT NULL CONSTRAINT a_proposal_says_how_much_was_looked_at CHECK (looked_at > 0),
  status text NOT NULL DEFAULT 'proposed' CONSTRAINT a_proposal_status_is_known CHECK (status IN ('proposed', 'accepted', 'declined')),
  proposed_by text NOT NULL,
  session_id bigint NOT NULL REFERENCES company.sessions (id),
  proposed_at timestamptz NOT NULL DEFAULT company.now(),
  judged_by text,
  judged_at timestamptz,
  verdict text,
  task_id bigint REFERENCES company.task_queue (id),
  decision_id bigint REFERENCES company.decisions (id),
  CONSTRAINT a_judged_proposal_says_by_whom_and_why CHECK (
    (status = 'proposed') = (judged_by IS NULL) AND (status = 'proposed') = (judged_at IS NULL) AND (status = 'proposed') = (coalesce(verdict, '') = '')
  ),
  CONSTRAINT nobody_judges_their_own_proposal CHECK (judged_by IS DISTINCT FROM proposed_by),
  CONSTRAINT an_accepted_proposal_leads_somewhere CHECK ((status = 'accepted') = (task_id IS NOT NULL OR decision_id IS NOT NULL))
);
CREATE UNIQUE INDEX one_open_proposal_of_a_pattern ON company.proposals (study, subject) WHERE status = 'proposed';
CREATE INDEX proposals_of_a_pattern ON company.proposals (study, subject, id);
