-- Why: the expectation ledger. It is written ahead, so that a schedule that never fires leaves a row saying so (scar 2).

-- What EventBridge Scheduler really has, as heartbeat last read it: the deployed fact beside the published one.
CREATE TABLE company.schedules (
  schedule text PRIMARY KEY,
  role text NOT NULL,
  expression text NOT NULL,
  timezone text NOT NULL DEFAULT 'UTC',
  state text NOT NULL CONSTRAINT a_schedule_is_enabled_or_disabled CHECK (state IN ('ENABLED', 'DISABLED')),
  starts_at timestamptz,
  modified_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  filled_until timestamptz,
  gone_at timestamptz
);

CREATE TABLE company.slots (
  schedule text NOT NULL,
  due_at timestamptz NOT NULL,
  role text NOT NULL,
  watcher text,
  grace interval NOT NULL DEFAULT interval '20 minutes',
  status text NOT NULL DEFAULT 'expected' CONSTRAINT a_slot_status_is_known CHECK (
    status IN ('expected', 'running', 'succeeded', 'skipped', 'failed', 'timed_out', 'missed', 'withdrawn')
  ),
  was_expected boolean NOT NULL DEFAULT true,
  is_wake boolean NOT NULL DEFAULT false,
  evidence jsonb,
  reason text,
  late boolean NOT NULL DEFAULT false,
  attempts smallint NOT NULL DEFAULT 0,
  started_at timestamptz,
  finished_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (schedule, due_at),
  CONSTRAINT success_has_evidence_in_numbers CHECK (
    status <> 'succeeded' OR jsonb_path_exists(evidence, '$.* ? (@.type() == "number")')
  ),
  CONSTRAINT a_skip_says_why CHECK (status NOT IN ('skipped', 'withdrawn') OR coalesce(reason, '') <> ''),
  CONSTRAINT an_ended_slot_says_when CHECK ((status IN ('expected', 'running')) = (ended_at IS NULL))
);
-- heartbeat asks these: what is overdue, and what is still running.
CREATE INDEX slots_expected ON company.slots (due_at) WHERE status = 'expected';
CREATE INDEX slots_running ON company.slots (started_at) WHERE status = 'running';
-- the pages and the brief ask for a span of time.
CREATE INDEX slots_by_time ON company.slots (due_at);

CREATE TABLE company.sessions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  role text NOT NULL,
  schedule text NOT NULL,
  due_at timestamptz NOT NULL,
  request_id text NOT NULL,
  attempt smallint NOT NULL,
  continues bigint REFERENCES company.sessions (id),
  started_at timestamptz NOT NULL DEFAULT company.now(),
  deadline_at timestamptz NOT NULL,
  finished_at timestamptz,
  outcome text CONSTRAINT an_outcome_is_known CHECK (
    outcome IN ('done', 'skipped', 'failed', 'crashed', 'timed_out', 'fenced', 'duplicate')
  ),
  reason text,
  evidence jsonb,
  worked_by text NOT NULL DEFAULT 'book',
  model text,
  turns integer NOT NULL DEFAULT 0,
  tokens jsonb NOT NULL DEFAULT '{}',
  cost_usd numeric(12, 6) NOT NULL DEFAULT 0,
  FOREIGN KEY (schedule, due_at) REFERENCES company.slots (schedule, due_at),
  CONSTRAINT a_finished_session_has_an_outcome CHECK ((finished_at IS NULL) = (outcome IS NULL))
);
-- open_session and heartbeat ask for the living attempt of a slot; there is never more than one (scar: fires twice).
CREATE UNIQUE INDEX one_living_attempt_per_slot ON company.sessions (schedule, due_at) WHERE finished_at IS NULL;
CREATE INDEX sessions_of_a_slot ON company.sessions (schedule, due_at, id);
CREATE INDEX sessions_of_a_role ON company.sessions (role, id);

-- Logged when learned, each line in its own commit; nobody rewrites what was noted.
CREATE TABLE company.session_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session_id bigint NOT NULL REFERENCES company.sessions (id),
  role text NOT NULL,
  at timestamptz NOT NULL DEFAULT company.now(),
  kind text NOT NULL DEFAULT 'learned',
  body text NOT NULL,
  facts jsonb NOT NULL DEFAULT '{}',
  task_id bigint REFERENCES company.task_queue (id)
);
CREATE INDEX session_log_of_a_session ON company.session_log (session_id, id);
CREATE INDEX session_log_of_a_role ON company.session_log (role, id);
