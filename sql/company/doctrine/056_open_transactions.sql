-- Why: what a transaction wrote is locked until it ends, and a login may switch its own time limits off. One that stays
-- open stands in the way of all who write the same next.

-- One item of a statement waited in vain for a lock: the others wait less, so that however many somebody holds, the
-- statement ends soon.
CREATE OR REPLACE FUNCTION company.wait_less(failed_with text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF failed_with = '55P03' THEN
    PERFORM set_config('lock_timeout', '50', true);
  END IF;
END $$;

-- Ends the connections of staff whose transaction is idle for so long, or older than any function lives. Real time also
-- where the company's is simulated: what counts is how long others wait.
CREATE OR REPLACE FUNCTION company.end_open_transactions(idle interval)
RETURNS TABLE (role text, watcher text, pid integer, open_seconds integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  moment CONSTANT timestamptz := (SELECT a.query_start FROM pg_stat_get_activity(pg_backend_pid()) a);
BEGIN
  PERFORM company.require_heartbeat();
  FOR role, watcher, pid, open_seconds IN
    SELECT r.role, r.watched_by, a.pid, extract(epoch FROM moment - a.xact_start)::integer
    FROM pg_stat_activity a JOIN company.roster r ON r.login = a.usename
    -- migrate keeps its turn in an open transaction, and the owner may look on in one of hers.
    WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND r.role <> 'migrate' AND r.kind <> 'owner'
      AND (a.xact_start < moment - interval '16 minutes'
        OR (a.state LIKE 'idle in transaction%' AND a.state_change < moment - idle))
  LOOP
    IF pg_terminate_backend(pid, 1000) THEN
      RETURN NEXT;
    END IF;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION company.end_open_transactions(interval) TO @login:heartbeat@;
