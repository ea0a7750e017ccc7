-- Why: heartbeat watches everybody, and these watch heartbeat: the database's own clock, and any boot (scar: the
-- detector stopped).

GRANT SELECT ON company.beats TO @staff@;

-- The beat: emitted last, and only by a session that got so far. Second clocks ask when the last one was.
CREATE OR REPLACE FUNCTION company.record_beat(my_session bigint, looked_at integer, seen integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_heartbeat();
  PERFORM company.require_open_session(my_session);
  INSERT INTO company.beats (at, session_id, slots_looked_at, schedules_seen)
  VALUES (company.now(), my_session, looked_at, seen) ON CONFLICT (at) DO NOTHING;
END $$;
GRANT EXECUTE ON FUNCTION company.record_beat(bigint, integer, integer) TO @login:heartbeat@;

-- Since when a beat is overdue. Beats that were due while the desk slept were withdrawn; the time counts from its
-- waking.
CREATE OR REPLACE FUNCTION company.beat_owed_since() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT greatest(since, (
    SELECT max(s.ended_at) FROM company.slots s
    WHERE s.schedule = 'heartbeat' AND s.status = 'withdrawn' AND s.due_at > since AND s.due_at <= company.now()
  ))
  FROM (
    -- A company without any beat yet has an hour after it opened.
    SELECT coalesce((SELECT max(at) FROM company.beats),
      (SELECT value::timestamptz + interval '45 minutes' FROM company.switches WHERE switch = 'opened_at')) AS since
  ) AS last
$$;

-- What is wrong with the beat or the ledger: one row each, in the columns of a finding.
CREATE OR REPLACE FUNCTION company.beat_check() RETURNS TABLE (
  fingerprint text, kind text, subject text, level text, title text, effect text, evidence jsonb, watcher text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  owed_since timestamptz := company.beat_owed_since();
  last_beat timestamptz := (SELECT max(at) FROM company.beats);
  short jsonb;
BEGIN
  IF company.now() - owed_since > interval '15 minutes' THEN
    RETURN QUERY SELECT 'beat:heartbeat', 'stale_beat', 'heartbeat', 'ring',
      CASE WHEN last_beat IS NULL THEN 'heartbeat has never sent a beat'
        ELSE 'heartbeat has sent no beat for 15 min' END,
      'a schedule that stops firing now is noticed by nobody', jsonb_build_object('last_beat_at', last_beat), 'ceo';
    RETURN;
  END IF;
  -- heartbeat beats; whether it also fills the ledger ahead is another fact. Before its first beat there is nothing to
  -- check.
  IF last_beat IS NULL OR company.now() - last_beat > interval '15 minutes' THEN
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM company.slots
    WHERE status = 'expected' AND due_at > company.now() AND due_at <= company.now() + interval '24 hours') THEN
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
    AND s.first_seen_at < company.now() - interval '15 minutes' AND s.changed_at < company.now() - interval '15 minutes'
    AND (s.filled_until IS NULL OR s.filled_until < company.now() + interval '6 hours')
    AND NOT EXISTS (SELECT FROM company.findings f
      WHERE f.fingerprint = 'ledger:' || s.schedule AND f.kind = 'short_ledger' AND f.found_by = 'schedule_auditor'
        AND f.closed_at IS NULL);
  RETURN QUERY SELECT 'ledger:short', 'short_ledger', 'heartbeat', 'today',
    format('%s ledgers end within 6 h', (SELECT count(*) FROM jsonb_object_keys(short))),
    'a fire that is not expected cannot be missed', short, 'schedule_auditor'
  WHERE short IS NOT NULL;
END $$;
GRANT EXECUTE ON FUNCTION company.beat_check() TO @staff@;

-- All checks, every five minutes, by a cron job of the database, which no schedule of ours starts. A check that fails
-- is logged and stops no other.
CREATE OR REPLACE FUNCTION company.database_clock()
RETURNS TABLE (alarm text, level text, title text, is_new boolean)
-- A transaction that somebody keeps open does not hold up the checks that come after.
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
  look text;
  wrong record;
  finding record;
  standing text[] := '{}';
  saw_all boolean := true;
BEGIN
  FOREACH look IN ARRAY ARRAY['beat_check', 'flow_alarm', 'brief_check'] LOOP
    BEGIN
      FOR wrong IN EXECUTE format('SELECT * FROM company.%I()', look) LOOP
        finding := company.open_database_finding(wrong.fingerprint, wrong.kind, wrong.subject, wrong.level, wrong.title,
          wrong.effect,
          wrong.evidence, wrong.watcher, 'database_clock');
        IF finding.is_new AND wrong.level = 'today' THEN
          PERFORM company.alert_of_finding(f) FROM company.findings f WHERE f.id = finding.finding_id;
        END IF;
        standing := standing || wrong.fingerprint;
        alarm := wrong.fingerprint; level := wrong.level; title := wrong.title; is_new := finding.is_new;
        -- One line with a fixed beginning: a metric filter on the server's log can ring by it when no Lambda runs at
        -- all.
        RAISE WARNING 'WATCHBILL ALARM %: %', wrong.fingerprint, wrong.title;
        RETURN NEXT;
      END LOOP;
    EXCEPTION WHEN OTHERS THEN
      saw_all := false;
      RAISE WARNING 'WATCHBILL ALARM %: could not look: %', look, SQLERRM;
    END;
  END LOOP;
  UPDATE company.findings
  SET closed_at = company.now(), closed_by = 'database_clock',
    resolution = format('over after %s', to_char(company.now() - found_at, 'FMHH24 "h" FMMI "min"'))
  WHERE saw_all AND by_database AND found_by = 'database_clock' AND closed_at IS NULL AND fingerprint <> ALL (standing);
END $$;
GRANT EXECUTE ON FUNCTION company.database_clock() TO @owners@;

-- Any role that starts while the last beat is old reports it. Costs nothing while the beat is fresh: nobody asks then.
CREATE OR REPLACE FUNCTION company.notice_stale_beat() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  stale record;
BEGIN
  IF company.me() = 'heartbeat' THEN
    PERFORM company.refuse('heartbeat_does_not_watch_itself', 'others notice when it stops');
  END IF;
  SELECT c.* INTO stale FROM company.beat_check() c WHERE c.fingerprint = 'beat:heartbeat';
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM company.open_database_finding(stale.fingerprint, stale.kind, stale.subject, stale.level, stale.title,
    stale.effect,
    stale.evidence || jsonb_build_object('noticed_by', company.me()), stale.watcher, 'any_boot');
  RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION company.notice_stale_beat() TO @staff@;

-- A beat proves that heartbeat runs again: the finding about it closes, also when the other clock opened it.
CREATE OR REPLACE FUNCTION company.close_stale_beat() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE company.findings
  SET closed_at = company.now(), closed_by = found_by,
    resolution = format('heartbeat beats again; it sent no beat for %s',
      coalesce(to_char(NEW.at - (SELECT max(at) FROM company.beats WHERE at < NEW.at), 'FMHH24 "h" FMMI "min"'),
        'as long as it exists'))
  WHERE fingerprint = 'beat:heartbeat' AND kind = 'stale_beat' AND by_database AND closed_at IS NULL
    AND found_at < NEW.at;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER close_stale_beat AFTER INSERT ON company.beats
FOR EACH ROW EXECUTE FUNCTION company.close_stale_beat();
