-- Why: the same message of one session is one message, so whoever writes one looks for its twin.

CREATE INDEX inbox_of_a_session ON company.inbox (session_id) WHERE session_id IS NOT NULL;
