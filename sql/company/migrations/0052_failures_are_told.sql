-- Why: a session that closes itself as failed ends its slot, and nobody looked at how: "ok" without a number was refused and never told.

-- heartbeat asks this one: what failed since its last beat.
CREATE INDEX sessions_failed ON company.sessions (finished_at) WHERE outcome = 'failed';
