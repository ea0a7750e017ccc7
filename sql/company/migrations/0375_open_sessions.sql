-- Why: each beat asks for sessions that ran past their deadline. Without an index for it the server may read every
-- session that there ever was, and did so for days after a company's first.
CREATE INDEX sessions_open ON company.sessions (deadline_at) WHERE finished_at IS NULL;
