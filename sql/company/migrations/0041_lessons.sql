-- Why: a mistake is worth having once. A lesson names the sessions in which it was made, so that anybody can look it up.

CREATE TABLE company.lessons (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  role text NOT NULL REFERENCES company.roster (role),
  signature text NOT NULL CONSTRAINT a_lesson_has_a_signature CHECK (signature <> ''),
  lesson text NOT NULL CONSTRAINT a_lesson_says_something CHECK (lesson <> ''),
  sessions bigint[] NOT NULL CONSTRAINT a_lesson_cites_its_sessions CHECK (cardinality(sessions) > 0),
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  written_by text NOT NULL,
  written_at timestamptz NOT NULL DEFAULT company.now(),
  task_id bigint REFERENCES company.task_queue (id),
  retired_at timestamptz,
  retired_because text,
  CONSTRAINT a_retired_lesson_says_why CHECK ((retired_at IS NULL) = (retired_because IS NULL))
);
-- write_lesson asks this one: the same mistake of the same role is one lesson, seen again.
CREATE UNIQUE INDEX one_live_lesson_per_signature ON company.lessons (role, signature) WHERE retired_at IS NULL;

-- A memory that nobody can read in a minute is not read at all.
ALTER TABLE company.brain ADD CONSTRAINT a_memory_fits_its_page CHECK (file_key NOT LIKE 'MEMORY\_%' OR length(content) <= 4000);
