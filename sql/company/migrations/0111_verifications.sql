-- Why: "complete" is the word of whoever did the work. A manager looks at some of it again, and what was looked at is kept.

CREATE TABLE company.verifications (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task_id bigint NOT NULL REFERENCES company.task_queue (id) CONSTRAINT a_task_is_verified_once UNIQUE,
  holds boolean NOT NULL,
  looked_at text NOT NULL,
  showed text NOT NULL,
  verified_by text NOT NULL,
  session_id bigint NOT NULL REFERENCES company.sessions (id),
  verified_at timestamptz NOT NULL DEFAULT company.now(),
  CONSTRAINT a_verification_says_what_was_looked_at CHECK (btrim(looked_at) <> '' AND btrim(showed) <> '')
);
