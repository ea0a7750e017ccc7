-- Why: one queue for all work, with a vocabulary so strict that no reader can mistake finished work for open work (scar 1).

CREATE TABLE company.task_queue (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  mode text NOT NULL CONSTRAINT a_mode_is_known CHECK (mode IN ('data', 'scrape', 'build', 'research', 'content')),
  title text NOT NULL CONSTRAINT a_task_has_a_title CHECK (title <> ''),
  payload jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'pending' CONSTRAINT a_status_is_known CHECK (
    status IN ('pending', 'in_progress', 'blocked', 'complete', 'failed', 'superseded', 'stale')
  ),
  priority smallint NOT NULL DEFAULT 5 CONSTRAINT priority_is_one_to_nine CHECK (priority BETWEEN 1 AND 9),
  created_at timestamptz NOT NULL DEFAULT company.now(),
  created_by text NOT NULL,
  not_before timestamptz NOT NULL DEFAULT company.now(),
  claimed_by text,
  session_id bigint,
  lease_until timestamptz,
  attempts smallint NOT NULL DEFAULT 0,
  max_attempts smallint NOT NULL DEFAULT 3 CONSTRAINT attempts_are_bounded CHECK (max_attempts BETWEEN 1 AND 20),
  dedupe_key text,
  blocked_on text,
  blocked_action text,
  result jsonb,
  superseded_by bigint REFERENCES company.task_queue (id),
  closed_at timestamptz,
  CONSTRAINT terminal_exactly_when_closed CHECK ((status IN ('complete', 'failed', 'superseded', 'stale')) = (closed_at IS NOT NULL)),
  CONSTRAINT in_progress_names_its_holder CHECK (
    (status = 'in_progress') = (claimed_by IS NOT NULL AND session_id IS NOT NULL AND lease_until IS NOT NULL)
  ),
  CONSTRAINT blocked_names_an_owner_and_an_action CHECK (
    (status = 'blocked') = (blocked_on IS NOT NULL AND coalesce(blocked_action, '') <> '')
  ),
  CONSTRAINT superseded_names_its_successor CHECK (status <> 'superseded' OR superseded_by IS NOT NULL),
  CONSTRAINT nothing_supersedes_itself CHECK (superseded_by IS DISTINCT FROM id)
);

-- claim_task asks this one: the workable state, in the order of work. It stays as small as the backlog, however long the history.
CREATE INDEX task_queue_workable ON company.task_queue (mode, priority, id) WHERE status = 'pending';
-- return_expired_leases asks this one.
CREATE INDEX task_queue_leases ON company.task_queue (lease_until) WHERE status = 'in_progress';
-- file_task asks this one; it is also what makes a second live task of the same key impossible.
CREATE UNIQUE INDEX a_live_dedupe_key_is_unique ON company.task_queue (dedupe_key) WHERE closed_at IS NULL AND dedupe_key IS NOT NULL;
-- managers and the brief ask for what is blocked, and for what ended lately.
CREATE INDEX task_queue_blocked ON company.task_queue (blocked_on) WHERE status = 'blocked';
CREATE INDEX task_queue_closed ON company.task_queue (closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE company.task_events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task_id bigint NOT NULL REFERENCES company.task_queue (id),
  at timestamptz NOT NULL DEFAULT company.now(),
  by_role text NOT NULL,
  session_id bigint,
  from_status text,
  to_status text NOT NULL,
  reason text
);
CREATE INDEX task_events_of_a_task ON company.task_events (task_id, id);
