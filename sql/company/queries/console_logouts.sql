-- name: end_console_session
-- The owner logs out: the session's cookie opens nothing any more, also a copy of it.
SELECT company.end_console_session(%(session_key)s, %(ends_at)s)

-- name: console_session_has_ended
-- Whether the owner logged out of this session.
SELECT company.console_session_has_ended(%(session_key)s) AS has_ended
