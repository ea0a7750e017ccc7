-- Why: a cookie that somebody copied must not outlive the owner's logging out. The cookie itself is signed, so the
-- brain keeps only what was ended, and forgets it when the cookie is over anyway.

CREATE OR REPLACE FUNCTION company.end_console_session(my_session_key text, my_ends_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.me() IS DISTINCT FROM 'console' THEN
    PERFORM company.refuse('only_the_console_ends_its_sessions',
      coalesce(company.me(), session_user) || ' is not the console');
  END IF;
  DELETE FROM company.console_logouts WHERE ends_at <= company.now();
  INSERT INTO company.console_logouts (session_key, ends_at) VALUES (my_session_key, my_ends_at)
  ON CONFLICT DO NOTHING;
END $$;
GRANT EXECUTE ON FUNCTION company.end_console_session(text, timestamptz) TO @login:console@;

CREATE OR REPLACE FUNCTION company.console_session_has_ended(my_session_key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM company.console_logouts WHERE session_key = my_session_key)
$$;
GRANT EXECUTE ON FUNCTION company.console_session_has_ended(text) TO @login:console@;
