-- Why: logging out ended only the browser's copy of the cookie; whoever had another copy was still in for half a day.

CREATE TABLE company.console_logouts (
  session_key text NOT NULL PRIMARY KEY,
  ends_at timestamptz NOT NULL,
  logged_out_at timestamptz NOT NULL DEFAULT company.now(),
  CONSTRAINT a_session_key_is_a_key CHECK (session_key ~ '^[A-Za-z0-9_-]{22}$')
);
COMMENT ON TABLE company.console_logouts IS
  'Sessions of the console that their owner ended; kept until their cookies would have ended by themselves.';
