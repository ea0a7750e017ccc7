-- Why: a session that others had to end, connection and all, is how a frozen container looks. It is found and named.

ALTER TABLE company.sessions
  -- The connection that was still there when others ended this session.
  ADD COLUMN ended_pid integer;
-- heartbeat asks at each beat; both are rare.
CREATE INDEX sessions_held_up_or_ended ON company.sessions (role, id)
WHERE held_up_by IS NOT NULL OR ended_pid IS NOT NULL;
