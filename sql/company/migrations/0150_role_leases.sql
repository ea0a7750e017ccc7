-- Why: two fires of one role never overlap. That was held by an advisory lock, a number that any login may lock: one
-- worker kept six roles from every fire for a day. A row is written only through a function that asks who is there.

CREATE TABLE company.role_leases (
  role text PRIMARY KEY REFERENCES company.roster (role),
  session_id bigint NOT NULL REFERENCES company.sessions (id),
  backend_pid integer NOT NULL,
  -- Beside the pid, which the server gives again; null where migrate's login may not see it.
  backend_start timestamptz,
  taken_at timestamptz NOT NULL DEFAULT company.now()
);

-- The session that was at work when this one came, and because of which it was skipped.
ALTER TABLE company.sessions ADD COLUMN held_up_by bigint REFERENCES company.sessions (id);
