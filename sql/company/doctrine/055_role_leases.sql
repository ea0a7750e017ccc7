-- Why: two fires of one role never overlap, and one that hangs, froze or was killed never stops the next. The lease of
-- a role is its open session's: it ends with the session, with its time, or with its connection.

GRANT SELECT ON company.role_leases TO @staff@;

-- Takes my role for this session. held_up_by: the session that is still at work; null when I am alone. The mail is
-- counted afterwards, because a ghost that is ended here gives its mail back.
CREATE OR REPLACE FUNCTION company.take_role_lease(my_session bigint, OUT held_up_by bigint, OUT unread bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  my_role CONSTANT text := company.me();
  held company.role_leases;
BEGIN
  PERFORM company.require_open_session(my_session);
  LOOP
    SELECT * INTO held FROM company.role_leases l WHERE l.role = my_role;
    IF held.role IS NULL THEN
      INSERT INTO company.role_leases (role, session_id, backend_pid, backend_start)
      SELECT my_role, my_session, a.pid, a.backend_start FROM pg_stat_get_activity(pg_backend_pid()) a
      ON CONFLICT DO NOTHING;
      EXIT WHEN FOUND;
    ELSIF held.session_id = my_session THEN
      EXIT;
    ELSIF company.is_at_work(held) THEN
      held_up_by := held.session_id;
      UPDATE company.sessions s SET held_up_by = held.session_id WHERE s.id = my_session;
      EXIT;
    ELSE
      PERFORM company.end_ghost(held);
    END IF;
  END LOOP;
  SELECT count(*) INTO unread FROM company.inbox i WHERE i.to_role = my_role AND i.read_at IS NULL;
END $$;
GRANT EXECUTE ON FUNCTION company.take_role_lease(bigint) TO @staff@;

-- A role's connection to this brain by its pid and start. The server shows the start to whom it lets act as the role:
-- to migrate's login, made as docs/deploy.md says; where it does not, the pid decides.
CREATE OR REPLACE FUNCTION company.connection_of(my_role text, my_pid integer, my_start timestamptz)
RETURNS TABLE (pid integer, backend_start timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.pid, a.backend_start
  FROM pg_stat_activity a JOIN company.roster r ON r.login = a.usename
  WHERE a.pid = my_pid AND r.role = my_role AND a.datname = current_database()
    AND (a.backend_start = my_start) IS NOT FALSE
$$;

-- A connection that opens another session has left its earlier one behind: a container works on one event at a time.
CREATE OR REPLACE FUNCTION company.is_at_work(held company.role_leases) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT held.backend_pid <> pg_backend_pid()
    AND EXISTS (SELECT FROM company.sessions s
      WHERE s.id = held.session_id AND s.finished_at IS NULL AND s.deadline_at >= company.now())
    AND EXISTS (SELECT FROM company.connection_of(held.role, held.backend_pid, held.backend_start))
$$;

-- First the connection: a ghost that froze in the middle of its closing holds its session's row.
CREATE OR REPLACE FUNCTION company.end_ghost(ghost company.role_leases) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.end_connection(ghost);
  UPDATE company.sessions s
  SET finished_at = company.now(),
    outcome = CASE WHEN s.deadline_at < company.now() THEN 'timed_out' ELSE 'crashed' END,
    reason = CASE WHEN s.deadline_at < company.now() THEN 'ran past its deadline and never closed'
      ELSE 'its connection ended before it closed' END
  WHERE s.id = ghost.session_id AND s.finished_at IS NULL;
  DELETE FROM company.role_leases WHERE role = ghost.role AND session_id = ghost.session_id;
END $$;

-- What a session writes without naming itself is refused only by a connection that is gone.
CREATE OR REPLACE FUNCTION company.end_connection(ghost company.role_leases) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found_pid CONSTANT integer := (SELECT c.pid
    FROM company.connection_of(ghost.role, ghost.backend_pid, ghost.backend_start) c WHERE c.pid <> pg_backend_pid());
BEGIN
  IF pg_terminate_backend(found_pid, 1000) THEN
    UPDATE company.sessions SET ended_pid = found_pid
    WHERE id = (SELECT id FROM company.sessions WHERE id = ghost.session_id FOR UPDATE SKIP LOCKED);
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  -- migrate's login may not act as the role: the session is fenced all the same, and its connection ends by itself.
  NULL;
END $$;
