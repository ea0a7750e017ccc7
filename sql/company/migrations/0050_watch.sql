-- Why: every fire accounted for. What the watch has seen of a schedule, how far a finding has climbed, what the owner was told and
-- by which way, and when each alarm was last tried: each of these was only in somebody's memory before.

-- The brain's own time of what it saw: EventBridge's stamps are of another clock on a desk, and say nothing of when we looked.
ALTER TABLE company.schedules
  ADD COLUMN first_seen_at timestamptz,
  ADD COLUMN changed_at timestamptz,
  ADD COLUMN failure_queue text,
  ADD COLUMN unreadable text;
UPDATE company.schedules SET first_seen_at = seen_at, changed_at = seen_at;
ALTER TABLE company.schedules
  ALTER COLUMN first_seen_at SET NOT NULL,
  ALTER COLUMN first_seen_at SET DEFAULT company.now(),
  ALTER COLUMN changed_at SET NOT NULL,
  ALTER COLUMN changed_at SET DEFAULT company.now();
-- heartbeat asks this one: whose ledger ends first.
CREATE INDEX schedules_by_reach ON company.schedules (filled_until NULLS FIRST) WHERE gone_at IS NULL;

-- How high an unanswered finding has climbed: 1 the ceo was called, 2 the owner was told. Each step once.
ALTER TABLE company.findings
  ADD COLUMN climbed smallint NOT NULL DEFAULT 0 CONSTRAINT a_finding_climbs_to_the_ceo_and_the_owner CHECK (climbed BETWEEN 0 AND 2),
  ADD COLUMN climbed_at timestamptz;
-- heartbeat asks this one at every beat.
CREATE INDEX findings_unanswered ON company.findings (level) WHERE closed_at IS NULL AND answered_at IS NULL;

-- An escalation that cannot wait calls whom it waits for, as a finding does.
ALTER TABLE company.inbox ADD COLUMN woken_at timestamptz;

-- Retention takes old slots away; the attempts, which are the history, stay. Their slot's name and time stand in them.
ALTER TABLE company.sessions DROP CONSTRAINT sessions_schedule_due_at_fkey;

-- What a watcher asked to be fired again. heartbeat, which alone writes to EventBridge, does it; once per slot.
CREATE TABLE company.slot_retries (
  schedule text NOT NULL,
  due_at timestamptz NOT NULL,
  asked_by text NOT NULL,
  asked_at timestamptz NOT NULL DEFAULT company.now(),
  finding_id bigint REFERENCES company.findings (id),
  fired_at timestamptz,
  PRIMARY KEY (schedule, due_at)
);
CREATE INDEX slot_retries_waiting ON company.slot_retries (asked_at) WHERE fired_at IS NULL;

-- The ledger's older days as sums: the slots themselves are kept for a quarter of a year.
CREATE TABLE company.slot_days (
  schedule text NOT NULL,
  day date NOT NULL,
  status text NOT NULL,
  slots integer NOT NULL,
  late integer NOT NULL DEFAULT 0,
  PRIMARY KEY (schedule, day, status)
);

-- What the owner is told at once, beside the brief: recorded before, confirmed after. not_before keeps the night.
CREATE TABLE company.alerts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dedupe_key text NOT NULL CONSTRAINT an_alert_is_raised_once UNIQUE,
  level text NOT NULL CONSTRAINT an_alert_rings_or_comes_today CHECK (level IN ('ring', 'today')),
  subject text NOT NULL CONSTRAINT an_alert_says_something CHECK (subject <> ''),
  body text NOT NULL,
  finding_id bigint REFERENCES company.findings (id),
  decision_id bigint REFERENCES company.decisions (id),
  raised_by text NOT NULL,
  raised_at timestamptz NOT NULL DEFAULT company.now(),
  not_before timestamptz NOT NULL,
  tries smallint NOT NULL DEFAULT 0,
  sent_at timestamptz,
  receipt text
);
CREATE INDEX alerts_waiting ON company.alerts (not_before) WHERE sent_at IS NULL;

-- An alarm that has never rung is no proof: each way to the owner, and when it was last tried, by whom, with what result.
CREATE TABLE company.alarm_tests (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alarm text NOT NULL,
  tested_at timestamptz NOT NULL DEFAULT company.now(),
  tested_by text NOT NULL,
  is_ok boolean NOT NULL,
  result text NOT NULL
);
CREATE INDEX alarm_tests_by_alarm ON company.alarm_tests (alarm, id);
