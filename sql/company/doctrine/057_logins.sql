-- Why: Postgres lets every login change its own settings and its own password, and no grant takes that away. So what a
-- login changed is put back by the next beat, and reported.

-- Settings of a login are never ours: each one is the login's own doing. A changed password shows as a fire that could
-- not connect: whose slot was missed gets the one that migrate gave it, as the server keeps it (migrations.logins).
CREATE OR REPLACE FUNCTION company.restore_logins()
RETURNS TABLE (role text, what text, detail text, watcher text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  changed record;
BEGIN
  PERFORM company.require_heartbeat();
  FOR changed IN
    SELECT r.role, r.login, r.watched_by, d.datname, array_to_string(s.setconfig, ', ') AS settings
    FROM pg_db_role_setting s JOIN pg_roles l ON l.oid = s.setrole JOIN company.roster r ON r.login = l.rolname
    LEFT JOIN pg_database d ON d.oid = s.setdatabase
    WHERE r.login <> current_user
    ORDER BY r.role, d.datname
  LOOP
    EXECUTE CASE WHEN changed.datname IS NULL THEN format('ALTER ROLE %I RESET ALL', changed.login)
      ELSE format('ALTER ROLE %I IN DATABASE %I RESET ALL', changed.login, changed.datname) END;
    RETURN QUERY SELECT changed.role, 'settings', left(changed.settings, 200), coalesce(changed.watched_by, 'ceo');
  END LOOP;
  FOR changed IN
    SELECT r.role, r.login, r.watched_by, k.verifier
    FROM company.roster r JOIN migrations.logins k ON k.login = r.login
    WHERE r.left_at IS NULL AND EXISTS (SELECT FROM company.slots s
      WHERE s.role = r.role AND s.status = 'missed' AND s.ended_at > company.now() - interval '10 minutes'
        AND NOT EXISTS (SELECT FROM company.sessions x WHERE x.role = r.role AND x.started_at >= s.due_at))
    ORDER BY r.role
  LOOP
    EXECUTE format('ALTER ROLE %I PASSWORD %L', changed.login, changed.verifier);
    RETURN QUERY SELECT changed.role, 'password', 'a fire was missed', coalesce(changed.watched_by, 'ceo');
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION company.restore_logins() TO @login:heartbeat@;
