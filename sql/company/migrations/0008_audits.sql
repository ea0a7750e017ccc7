-- Why: suspicion leaves a trace. An audit says whose work was looked at, which things of it, and each one that was not as it should be.

CREATE TABLE company.audits (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  auditor text NOT NULL,
  session_id bigint NOT NULL REFERENCES company.sessions (id),
  audited_at timestamptz NOT NULL DEFAULT company.now(),
  what text NOT NULL CONSTRAINT an_audit_says_what_it_did CHECK (what <> ''),
  subject text NOT NULL,
  whose text NOT NULL,
  looked_at integer NOT NULL CONSTRAINT an_audit_looked_at_something CHECK (looked_at > 0),
  differing integer NOT NULL,
  -- the things looked at, by name, so that the auditor can be audited
  sample jsonb NOT NULL,
  CONSTRAINT nobody_audits_their_own_work CHECK (auditor <> whose),
  CONSTRAINT no_more_differ_than_were_looked_at CHECK (differing BETWEEN 0 AND looked_at)
);
-- the brief and the manager ask for the audits of a span of time.
CREATE INDEX audits_by_time ON company.audits (audited_at);

CREATE TABLE company.audit_checks (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  audit_id bigint NOT NULL REFERENCES company.audits (id),
  item text NOT NULL,
  expected jsonb,
  found jsonb,
  CONSTRAINT a_thing_is_checked_once_in_an_audit UNIQUE (audit_id, item)
);
