-- Why: Postgres lets every login change its own settings and its own password, and no grant takes that away. So what a
-- login changed is put back by the next beat, and reported.

-- Settings of a login are never ours: each one is the login's own doing. A changed password shows as a fire that could
-- not connect: whose slot was missed gets the one that migrate gave it, as the server keeps it (migrations.logins).
-- Each apart: one that cannot be put back, because its login is changing it at this moment, says so in problem.
CREATE OR REPLACE FUNCTION company.restore_logins()
RETURNS TABLE (role text, what text, detail text, watcher text, problem text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  statement text;
BEGIN
  PERFORM company.require_heartbeat();
  FOR role, what, detail, watcher, statement IN
    SELECT c.role, c.what, c.detail, coalesce(c.watched_by, 'ceo'), c.statement FROM company.changed_logins() c
  LOOP
    BEGIN
      problem := NULL;
      EXECUTE statement;
    EXCEPTION WHEN OTHERS THEN
      problem := SQLERRM;
      PERFORM company.wait_less(SQLSTATE);
    END;
    RETURN NEXT;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION company.restore_logins() TO @login:heartbeat@;

-- What is to be put back, and the statement that does it.
CREATE OR REPLACE FUNCTION company.changed_logins()
RETURNS TABLE (role text, what text, detail text, watched_by text, statement text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT r.role, 'settings', left(array_to_string(s.setconfig, ', '), 200), r.watched_by,
    CASE WHEN d.datname IS NULL THEN format('ALTER ROLE %I RESET ALL', r.login)
      ELSE format('ALTER ROLE %I IN DATABASE %I RESET ALL', r.login, d.datname) END
  FROM pg_db_role_setting s JOIN pg_roles l ON l.oid = s.setrole JOIN company.roster r ON r.login = l.rolname
  LEFT JOIN pg_database d ON d.oid = s.setdatabase
  WHERE r.login <> current_user
  ORDER BY r.role, d.datname;
  RETURN QUERY
  SELECT r.role, 'password', 'a fire was missed', r.watched_by,
    format('ALTER ROLE %I PASSWORD %L', r.login, k.verifier)
  FROM company.roster r JOIN migrations.logins k ON k.login = r.login
  WHERE r.left_at IS NULL AND EXISTS (SELECT FROM company.slots s
    WHERE s.role = r.role AND s.status = 'missed' AND s.ended_at > company.now() - interval '10 minutes'
      AND NOT EXISTS (SELECT FROM company.sessions x WHERE x.role = r.role AND x.started_at >= s.due_at))
  ORDER BY r.role;
END $$;
