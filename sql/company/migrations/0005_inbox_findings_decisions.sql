-- Why: how the staff speaks up the line, what is wrong and who is on it, and the few questions only a human can answer.

CREATE TABLE company.findings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fingerprint text NOT NULL,
  kind text NOT NULL,
  subject text NOT NULL,
  level text NOT NULL DEFAULT 'brief' CONSTRAINT a_level_is_known CHECK (level IN ('ring', 'today', 'brief', 'log')),
  title text NOT NULL,
  effect text NOT NULL DEFAULT '',
  evidence jsonb NOT NULL DEFAULT '{}',
  accused text,
  watcher text NOT NULL,
  found_by text NOT NULL,
  found_at timestamptz NOT NULL DEFAULT company.now(),
  last_seen_at timestamptz NOT NULL DEFAULT company.now(),
  times_seen integer NOT NULL DEFAULT 1,
  planted boolean NOT NULL DEFAULT false,
  woken_at timestamptz,
  answered_at timestamptz,
  answered_by text,
  answer text,
  muted_until timestamptz,
  closed_at timestamptz,
  closed_by text,
  resolution text,
  CONSTRAINT an_answer_names_who_and_what CHECK ((answered_at IS NULL) = (answered_by IS NULL) AND (answered_at IS NULL) = (answer IS NULL)),
  CONSTRAINT a_closed_finding_says_how CHECK ((closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (resolution IS NULL)),
  CONSTRAINT findings_are_not_closed_by_the_accused CHECK (closed_by IS DISTINCT FROM accused OR closed_by IS NULL)
);
-- open_finding asks: one open row per fingerprint, seen again raises its count.
CREATE UNIQUE INDEX one_open_finding_per_fingerprint ON company.findings (fingerprint) WHERE closed_at IS NULL;
CREATE INDEX findings_open_of_a_watcher ON company.findings (watcher) WHERE closed_at IS NULL;

CREATE TABLE company.decisions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fingerprint text NOT NULL,
  question text NOT NULL,
  background text NOT NULL DEFAULT '',
  unknown text NOT NULL DEFAULT '',
  options jsonb NOT NULL CONSTRAINT a_decision_has_at_least_two_options CHECK (
    jsonb_typeof(options) = 'object' AND jsonb_array_length(jsonb_path_query_array(options, '$.keyvalue()')) >= 2
  ),
  recommendation text NOT NULL,
  default_option text NOT NULL,
  asked_by text NOT NULL,
  asked_at timestamptz NOT NULL DEFAULT company.now(),
  answer_by timestamptz NOT NULL,
  minutes smallint NOT NULL DEFAULT 2,
  finding_id bigint REFERENCES company.findings (id),
  subject jsonb NOT NULL DEFAULT '{}',
  answer text,
  answer_text text,
  answered_by text,
  answered_at timestamptz,
  acted_at timestamptz,
  outcome text,
  CONSTRAINT the_recommendation_is_an_option CHECK (options ? recommendation),
  CONSTRAINT the_default_is_an_option CHECK (options ? default_option),
  CONSTRAINT an_answer_names_its_author CHECK ((answered_at IS NULL) = (answered_by IS NULL))
);
CREATE UNIQUE INDEX one_open_decision_per_fingerprint ON company.decisions (fingerprint) WHERE answered_at IS NULL;

CREATE TABLE company.inbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  to_role text NOT NULL REFERENCES company.roster (role),
  from_role text NOT NULL,
  kind text NOT NULL CONSTRAINT a_message_is_a_note_an_escalation_or_an_alarm CHECK (kind IN ('note', 'escalation', 'alarm')),
  level text NOT NULL DEFAULT 'brief' CONSTRAINT a_message_level_is_known CHECK (level IN ('ring', 'today', 'brief', 'log')),
  subject text NOT NULL DEFAULT '',
  body text NOT NULL,
  evidence jsonb NOT NULL DEFAULT '{}',
  finding_id bigint REFERENCES company.findings (id),
  decision_id bigint REFERENCES company.decisions (id),
  session_id bigint REFERENCES company.sessions (id),
  sent_at timestamptz NOT NULL DEFAULT company.now(),
  read_at timestamptz,
  answered_at timestamptz,
  answer text,
  raised smallint NOT NULL DEFAULT 0 CONSTRAINT an_escalation_is_raised_again_at_most_twice CHECK (raised BETWEEN 0 AND 2),
  -- evidence of an escalation: {"checked": "...", "showed": "..."}
  CONSTRAINT an_escalation_shows_what_was_checked CHECK (
    kind <> 'escalation' OR (coalesce(evidence ->> 'checked', '') <> '' AND coalesce(evidence ->> 'showed', '') <> '')
  )
);
CREATE INDEX inbox_unread ON company.inbox (to_role, id) WHERE read_at IS NULL;
CREATE INDEX inbox_unanswered ON company.inbox (to_role, id) WHERE answered_at IS NULL AND kind <> 'note';

CREATE TABLE company.briefs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  brief_date date NOT NULL UNIQUE,
  covers_from timestamptz NOT NULL,
  covers_to timestamptz NOT NULL,
  subject text NOT NULL,
  body text NOT NULL,
  html text NOT NULL,
  facts jsonb NOT NULL,
  checklist jsonb NOT NULL DEFAULT '{}',
  written_by text NOT NULL,
  written_at timestamptz NOT NULL DEFAULT company.now(),
  sent_at timestamptz
);

-- Every outward act: recorded before, confirmed after. A kill between the two leaves 'unknown'.
CREATE TABLE company.outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  act text NOT NULL REFERENCES company.outward_acts (act),
  dedupe_key text NOT NULL CONSTRAINT an_outward_act_happens_once UNIQUE,
  to_whom text NOT NULL,
  subject text NOT NULL DEFAULT '',
  payload jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'recorded' CONSTRAINT an_outbox_status_is_known CHECK (
    status IN ('waiting', 'recorded', 'sent', 'refused', 'unknown')
  ),
  by_role text NOT NULL,
  session_id bigint REFERENCES company.sessions (id),
  recorded_at timestamptz NOT NULL DEFAULT company.now(),
  confirmed_at timestamptz,
  receipt text,
  CONSTRAINT a_confirmed_act_has_its_receipt CHECK ((status IN ('sent', 'refused')) = (confirmed_at IS NOT NULL))
);
INSERT INTO company.outward_acts (act, stands_at) VALUES ('brief', 'open');

CREATE TABLE company.beats (
  at timestamptz PRIMARY KEY,
  session_id bigint NOT NULL REFERENCES company.sessions (id),
  slots_looked_at integer NOT NULL,
  schedules_seen integer NOT NULL
);

-- Faults planted on purpose (by the desk's demo, by drill, by the planter): a finding about one is marked, so that nobody is misled.
CREATE TABLE company.plants (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fault text NOT NULL,
  subject text NOT NULL,
  planted_at timestamptz NOT NULL DEFAULT company.now(),
  removed_at timestamptz,
  note text NOT NULL DEFAULT ''
);
