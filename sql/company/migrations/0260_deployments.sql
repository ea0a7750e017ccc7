-- Why: a proved change is put into force, watched and taken back by its auditor; each step of that is kept, and what
-- the owner orders about a change too.

CREATE TABLE company.deployments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  change_id bigint NOT NULL REFERENCES company.changes (id),
  status text NOT NULL DEFAULT 'started' CONSTRAINT a_deployment_status_is_known CHECK (
    status IN ('started', 'live', 'kept', 'rolled_back', 'undone')
  ),
  by_role text NOT NULL,
  session_id bigint NOT NULL REFERENCES company.sessions (id),
  started_at timestamptz NOT NULL DEFAULT company.now(),
  -- Of the new layer version. functions: {name: {role, was, is}}, the versions that its alias pointed to and points to.
  layer_arn text,
  layer_sha256 text,
  functions jsonb NOT NULL DEFAULT '{}',
  live_at timestamptz,
  ended_at timestamptz,
  reason text,
  evidence jsonb,
  CONSTRAINT what_is_live_names_its_layer_and_functions CHECK (
    status IN ('started', 'rolled_back') OR (layer_arn IS NOT NULL AND live_at IS NOT NULL AND functions <> '{}')
  ),
  CONSTRAINT an_ended_deployment_says_why CHECK (
    (status IN ('started', 'live')) = (ended_at IS NULL)
    AND (status IN ('started', 'live')) = (coalesce(reason, '') = '')
  ),
  CONSTRAINT kept_has_evidence_in_numbers CHECK (
    status <> 'kept' OR coalesce(jsonb_path_exists(evidence, '$.* ? (@.type() == "number")'), false)
  )
);
-- start_deployment asks this one: two changes never race, and one that is watched is settled before the next.
CREATE UNIQUE INDEX one_deployment_at_a_time ON company.deployments ((true)) WHERE status IN ('started', 'live');
CREATE UNIQUE INDEX a_change_is_in_force_once ON company.deployments (change_id)
WHERE status IN ('started', 'live', 'kept');

CREATE TABLE company.deployment_steps (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  deployment_id bigint NOT NULL REFERENCES company.deployments (id),
  at timestamptz NOT NULL DEFAULT company.now(),
  by_role text NOT NULL,
  session_id bigint REFERENCES company.sessions (id),
  step text NOT NULL,
  facts jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX steps_of_a_deployment ON company.deployment_steps (deployment_id);

CREATE TABLE company.change_orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  change_id bigint NOT NULL REFERENCES company.changes (id),
  what text NOT NULL CONSTRAINT an_order_is_known CHECK (what IN ('approve', 'refuse', 'roll_back', 'prove')),
  reason text NOT NULL DEFAULT '',
  given_at timestamptz NOT NULL DEFAULT company.now(),
  done_at timestamptz,
  outcome text,
  CONSTRAINT an_order_that_is_done_says_how CHECK ((done_at IS NULL) = (coalesce(outcome, '') = ''))
);
CREATE UNIQUE INDEX an_order_waits_once ON company.change_orders (change_id, what) WHERE done_at IS NULL;
