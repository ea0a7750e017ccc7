-- Why: mail was marked as read at boot. When that session was killed, nobody ever read it.

ALTER TABLE company.inbox
  -- The session that read it; null for what was read before there were leases.
  ADD COLUMN read_in bigint REFERENCES company.sessions (id),
  ADD COLUMN lost_readings smallint NOT NULL DEFAULT 0;
-- Asked when a session ends badly.
CREATE INDEX inbox_read_in ON company.inbox (read_in) WHERE read_in IS NOT NULL;
