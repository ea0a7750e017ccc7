-- Why: a company begins with its clock and with the list of who works in it. Everything else hangs on these two.

CREATE SCHEMA company;

-- The one clock. A brain is simulated only if its database was created so; migrate reads that once, here, and never again.
CREATE TABLE company.clock (
  singleton boolean PRIMARY KEY DEFAULT true CONSTRAINT there_is_one_clock CHECK (singleton),
  is_simulated boolean NOT NULL,
  simulated_now timestamptz,
  CONSTRAINT only_a_simulated_brain_has_simulated_time CHECK (is_simulated = (simulated_now IS NOT NULL))
);

-- The database's own setting counts, not the session's: anybody may say SET. Its value is when simulated time begins.
INSERT INTO company.clock (is_simulated, simulated_now)
SELECT begins_at IS NOT NULL, begins_at
FROM (
  SELECT max(split_part(setting, '=', 2))::timestamptz AS begins_at
  FROM pg_catalog.pg_db_role_setting s, unnest(s.setconfig) AS setting
  WHERE s.setrole = 0
    AND s.setdatabase = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    AND setting LIKE 'watchbill.simulated=%'
) AS birth;

CREATE FUNCTION company.now() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT coalesce((SELECT simulated_now FROM company.clock WHERE is_simulated), statement_timestamp()) $$;

-- The roster: one row per published record, plus the owner. A role that left stays, with left_at, so that history can name it.
CREATE TABLE company.roster (
  role text PRIMARY KEY CONSTRAINT a_role_is_a_plain_word CHECK (role ~ '^[a-z][a-z0-9_]{1,39}$'),
  login name NOT NULL UNIQUE,
  kind text NOT NULL CONSTRAINT a_kind_is_known CHECK (kind IN ('worker', 'manager', 'auditor', 'ceo', 'machine', 'owner')),
  description text NOT NULL DEFAULT '',
  reports_to text REFERENCES company.roster (role),
  watched_by text REFERENCES company.roster (role),
  schedule_expression text,
  schedule_timezone text NOT NULL DEFAULT 'UTC',
  grace interval NOT NULL DEFAULT interval '20 minutes'
    CONSTRAINT grace_exceeds_the_schedulers_precision CHECK (grace > interval '60 seconds'),
  missed_fire text NOT NULL DEFAULT 'run_once' CONSTRAINT a_missed_fire_policy_is_known CHECK (missed_fire IN ('run_once', 'skip')),
  modes text[] NOT NULL DEFAULT '{}',
  tools text[] NOT NULL DEFAULT '{}',
  outward text[] NOT NULL DEFAULT '{}',
  model text,
  budget jsonb NOT NULL DEFAULT '{}',
  is_paused boolean NOT NULL DEFAULT false,
  published_at timestamptz NOT NULL DEFAULT company.now(),
  left_at timestamptz,
  CONSTRAINT everyone_reports_to_someone CHECK (kind = 'owner' OR reports_to IS NOT NULL),
  CONSTRAINT nobody_reports_to_themselves CHECK (reports_to IS DISTINCT FROM role),
  CONSTRAINT nobody_watches_themselves CHECK (watched_by IS DISTINCT FROM role),
  CONSTRAINT every_schedule_has_a_watcher CHECK (schedule_expression IS NULL OR watched_by IS NOT NULL)
);

CREATE FUNCTION company.me() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT role FROM company.roster WHERE login = session_user $$;

CREATE FUNCTION company.my_kind() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT kind FROM company.roster WHERE login = session_user $$;

-- A rule that is broken says its name: the constraint field of the error is the rule, as with a table constraint.
CREATE FUNCTION company.refuse(rule text, because text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION '%: %', rule, because USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END
$$;

-- Settings of the running company: one row a switch, changed by the owner.
CREATE TABLE company.switches (
  switch text PRIMARY KEY,
  value text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT company.now(),
  changed_by text NOT NULL DEFAULT session_user
);
INSERT INTO company.switches (switch, value) VALUES ('company', 'running');

-- The ladder of trust: each outward act stands at closed, ask or open. A new company starts closed.
CREATE TABLE company.outward_acts (
  act text PRIMARY KEY,
  stands_at text NOT NULL DEFAULT 'closed' CONSTRAINT an_outward_act_is_closed_ask_or_open CHECK (stands_at IN ('closed', 'ask', 'open')),
  changed_at timestamptz NOT NULL DEFAULT company.now(),
  changed_by text NOT NULL DEFAULT session_user
);
INSERT INTO company.outward_acts (act) VALUES ('deliver'), ('publish'), ('deploy'), ('act_by_model');
