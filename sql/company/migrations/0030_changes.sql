-- Why: a change of our own code is a proposal until another than its author has shown that it does what it says, and nothing else.

CREATE TABLE company.changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task_id bigint NOT NULL REFERENCES company.task_queue (id),
  subject text NOT NULL,
  title text NOT NULL,
  reason text NOT NULL CONSTRAINT a_change_says_why CHECK (reason <> ''),
  -- A unified diff against the deployed code, and the files that it touches, as paths from the root of the code.
  diff text NOT NULL CONSTRAINT a_change_changes_something CHECK (diff ~ '^--- ' AND diff ~ '\n\+[^+]'),
  files text[] NOT NULL CONSTRAINT a_change_names_its_files CHECK (cardinality(files) > 0),
  test text NOT NULL CONSTRAINT a_change_brings_its_test CHECK (test ~ '(^|\n)def test_[a-z]'),
  -- The documents that the test reads, each by its number.
  documents bigint[] NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'proposed' CONSTRAINT a_change_status_is_known CHECK (status IN ('proposed', 'proved', 'refused')),
  author text NOT NULL,
  session_id bigint NOT NULL REFERENCES company.sessions (id),
  proposed_at timestamptz NOT NULL DEFAULT company.now(),
  judged_by text,
  judged_in bigint REFERENCES company.sessions (id),
  judged_at timestamptz,
  verdict text,
  evidence jsonb,
  CONSTRAINT a_judged_change_says_by_whom_and_why CHECK (
    (status = 'proposed') = (judged_by IS NULL) AND (status = 'proposed') = (judged_at IS NULL) AND (status = 'proposed') = (coalesce(verdict, '') = '')
  ),
  CONSTRAINT nobody_judges_their_own_change CHECK (judged_by IS DISTINCT FROM author),
  CONSTRAINT a_verdict_has_evidence_in_numbers CHECK (
    status = 'proposed' OR coalesce(jsonb_path_exists(evidence, '$.* ? (@.type() == "number")'), false)
  ),
  -- Proved is a word with a meaning: its test failed without it and passed with it, rows were read, and nothing else differs.
  CONSTRAINT proved_means_that_it_was_shown CHECK (
    status <> 'proved' OR coalesce(
      evidence @> '{"failed_without": 1, "passed_with": 1, "others_differing": 0}' AND (evidence ->> 'rows')::numeric > 0, false
    )
  )
);
-- propose_change asks this one: the same change is not written twice while the first waits or is proved.
CREATE UNIQUE INDEX one_living_change_of_the_same_diff ON company.changes (subject, md5(diff)) WHERE status <> 'refused';
CREATE INDEX changes_of_a_task ON company.changes (task_id);
