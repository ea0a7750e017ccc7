-- Why: heartbeat watches everybody, and these watch heartbeat: the database's own clock, and any boot (scar: the
-- detector stopped).

GRANT SELECT ON company.beats TO @staff@;

-- The beat: emitted last, and only by a session that got so far. Second clocks ask when the last one was. left_out is
-- what it did not do, each with how many of how many; empty when it did all.
CREATE OR REPLACE FUNCTION company.record_beat(
  my_session bigint, looked_at integer, seen integer, my_left_out text[] DEFAULT '{}'
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_heartbeat();
  PERFORM company.require_open_session(my_session);
  INSERT INTO company.beats (at, session_id, slots_looked_at, schedules_seen, left_out)
  VALUES (company.now(), my_session, looked_at, seen, my_left_out) ON CONFLICT (at) DO NOTHING;
END $$;
GRANT EXECUTE ON FUNCTION company.record_beat(bigint, integer, integer, text[]) TO @login:heartbeat@;

-- The last beat that has been: a clock that ran ahead, and was put right, leaves beats of a time to come.
CREATE OR REPLACE FUNCTION company.last_beat_at() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT max(at) FROM company.beats WHERE at <= company.now()
$$;
GRANT EXECUTE ON FUNCTION company.last_beat_at() TO @staff@;

-- Since when a beat is overdue. Beats that were due while the desk slept were withdrawn; the time counts from its
-- waking.
CREATE OR REPLACE FUNCTION company.beat_owed_since() RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT greatest(since, (
      SELECT max(s.ended_at) FROM company.slots s
      WHERE s.schedule = 'heartbeat' AND s.status = 'withdrawn' AND s.due_at > since AND s.due_at <= company.now()
    ))
    FROM (
      -- A company without any beat yet has an hour after it opened.
      SELECT coalesce(company.last_beat_at(),
        (SELECT value::timestamptz + interval '45 minutes' FROM company.switches WHERE switch = 'opened_at')) AS since
    ) AS last
  );
END $$;

-- Heartbeat sent no beat for too long. This and the next two: what is wrong, a row each, in the columns of a finding.
CREATE OR REPLACE FUNCTION company.stale_beat_check() RETURNS TABLE (
  fingerprint text, kind text, subject text, level text, title text, effect text, evidence jsonb, watcher text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT 'beat:heartbeat', 'stale_beat', 'heartbeat', 'ring',
    CASE WHEN last.at IS NULL THEN 'heartbeat has never sent a beat' ELSE 'heartbeat has sent no beat for 15 min' END,
    'a schedule that stops firing now is noticed by nobody', jsonb_build_object('last_beat_at', last.at), 'ceo'
  FROM (SELECT company.last_beat_at() AS at) AS last
  WHERE company.now() - company.beat_owed_since() > interval '15 minutes';
END $$;

-- Heartbeat beats, and each of its last beats left something out.
CREATE OR REPLACE FUNCTION company.incomplete_beat_check() RETURNS TABLE (
  fingerprint text, kind text, subject text, level text, title text, effect text, evidence jsonb, watcher text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT 'beat:incomplete', 'incomplete_beat', 'heartbeat', 'ring', 'heartbeat did less than all in its last 3 beats',
    'what it leaves out is neither noticed nor reported',
    jsonb_build_object('left_out', (array_agg(last.left_out::text ORDER BY last.at DESC))[1]), 'ceo'
  FROM (SELECT at, left_out FROM company.beats WHERE at <= company.now() ORDER BY at DESC LIMIT 3) AS last
  HAVING count(*) FILTER (WHERE last.left_out <> '{}') = 3;
END $$;

-- Heartbeat beats; whether it also fills the ledger ahead is another fact. Before its first beat, and while no beat
-- comes, there is nothing to check.
CREATE OR REPLACE FUNCTION company.ledger_check() RETURNS TABLE (
  fingerprint text, kind text, subject text, level text, title text, effect text, evidence jsonb, watcher text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  at_now CONSTANT timestamptz := company.now();
  short jsonb;
BEGIN
  IF (company.last_beat_at() > at_now - interval '15 minutes') IS NOT TRUE THEN
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM company.slots
    WHERE status = 'expected' AND due_at > at_now AND due_at <= at_now + interval '24 hours') THEN
    RETURN QUERY SELECT 'ledger:empty', 'short_ledger', 'heartbeat', 'ring', 'no fire is expected in the next 24 h',
      'a fire that is not expected cannot be missed',
      jsonb_build_object('schedules', (SELECT count(*) FROM company.schedules WHERE gone_at IS NULL)),
      'schedule_auditor';
    RETURN;
  END IF;
  -- Schedules that schedule_auditor has already reported one by one are not reported again.
  SELECT jsonb_object_agg(s.schedule,
    coalesce(to_char(s.filled_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"'), 'nowhere')) INTO short
  FROM company.schedules s JOIN company.roster r ON r.role = s.role
  WHERE s.gone_at IS NULL AND s.schedule = s.role AND s.state = 'ENABLED' AND r.left_at IS NULL AND NOT r.is_paused
    AND r.schedule_expression IS NOT NULL
    AND s.first_seen_at < at_now - interval '15 minutes' AND s.changed_at < at_now - interval '15 minutes'
    AND (s.filled_until IS NULL OR s.filled_until < at_now + interval '6 hours')
    -- The ledger of a role that was resumed ends with that moment, until the next beat.
    AND (s.filled_until BETWEEN at_now - interval '15 minutes' AND at_now) IS NOT TRUE
    AND NOT EXISTS (SELECT FROM company.findings f
      WHERE f.fingerprint = 'ledger:' || s.schedule AND f.kind = 'short_ledger' AND f.found_by = 'schedule_auditor'
        AND f.closed_at IS NULL);
  RETURN QUERY SELECT 'ledger:short', 'short_ledger', 'heartbeat', 'today',
    company.counted((SELECT count(*) FROM jsonb_object_keys(short)), 'ledger ends', 'ledgers end') || ' within 6 h',
    'a fire that is not expected cannot be missed', short, 'schedule_auditor'
  WHERE short IS NOT NULL;
END $$;

-- All that is wrong with the beat and the ledger.
CREATE OR REPLACE FUNCTION company.beat_check() RETURNS TABLE (
  fingerprint text, kind text, subject text, level text, title text, effect text, evidence jsonb, watcher text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM company.stale_beat_check()
  UNION ALL SELECT * FROM company.incomplete_beat_check()
  UNION ALL SELECT * FROM company.ledger_check()
$$;
GRANT EXECUTE ON FUNCTION company.beat_check() TO @staff@;

-- Any role that starts while the last beat is old, or the last beats left something out, reports it. Costs nothing
-- while the beat is well: nobody asks then.
CREATE OR REPLACE FUNCTION company.notice_stale_beat() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  wrong record;
  noticed boolean := false;
BEGIN
  IF company.me() = 'heartbeat' THEN
    PERFORM company.refuse('heartbeat_does_not_watch_itself', 'others notice when it stops');
  END IF;
  FOR wrong IN SELECT * FROM company.stale_beat_check() UNION ALL SELECT * FROM company.incomplete_beat_check() LOOP
    BEGIN
      PERFORM company.open_database_finding(wrong.fingerprint, wrong.kind, wrong.subject, wrong.level, wrong.title,
        wrong.effect, wrong.evidence || jsonb_build_object('noticed_by', company.me()), wrong.watcher, 'any_boot');
      noticed := true;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'WATCHBILL ALARM %: could not be kept: %', wrong.fingerprint, SQLERRM;
    END;
  END LOOP;
  RETURN noticed;
END $$;
GRANT EXECUTE ON FUNCTION company.notice_stale_beat() TO @staff@;

-- A beat proves that heartbeat runs again, and a whole beat that it does all again: the finding about it closes, also
-- when the other clock opened it. Whatever fails here, the beat is kept, and it waits for nobody: what another
-- transaction holds is closed by the next beat.
CREATE OR REPLACE FUNCTION company.close_stale_beat() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE company.findings
  SET closed_at = company.now(), closed_by = found_by,
    resolution = CASE fingerprint WHEN 'beat:incomplete' THEN 'heartbeat does all again'
      ELSE format('heartbeat beats again; it sent no beat for %s',
        coalesce(to_char(NEW.at - (SELECT max(at) FROM company.beats WHERE at < NEW.at), 'FMHH24 "h" FMMI "min"'),
          'as long as it exists')) END
  WHERE id IN (SELECT f.id FROM company.findings f
    WHERE (f.fingerprint = 'beat:heartbeat' OR (f.fingerprint = 'beat:incomplete' AND NEW.left_out = '{}'))
      AND f.by_database AND f.closed_at IS NULL AND f.found_at < NEW.at
    FOR UPDATE SKIP LOCKED);
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'the finding about the beat could not be closed: %', SQLERRM;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER close_stale_beat AFTER INSERT ON company.beats
FOR EACH ROW EXECUTE FUNCTION company.close_stale_beat();
