-- Why: what watches the watch shares nothing with it, and nothing that it meets stops it. Each check and each row
-- stands apart, and a check that cannot look is itself a finding.

-- What the database's clock looks at, and which kinds of findings each check opens.
CREATE OR REPLACE FUNCTION company.clock_checks() RETURNS TABLE (look text, kinds text[])
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  VALUES ('stale_beat_check', '{stale_beat}'::text[]), ('incomplete_beat_check', '{incomplete_beat}'),
    ('ledger_check', '{short_ledger}'), ('flow_alarm', '{not_flowing}'), ('brief_check', '{brief_late}'),
    ('alert_check', '{alert_unsent}')
$$;

-- One alarm of the clock: a line in the server's log, by whose fixed beginning a metric filter can ring when no Lambda
-- runs at all; then its finding, then its alert. What is refused of these takes nothing else back.
CREATE OR REPLACE FUNCTION company.ring_clock(
  my_fingerprint text, my_kind text, my_subject text, my_level text, my_title text, my_effect text, my_evidence jsonb,
  my_watcher text
) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  opened record;
BEGIN
  RAISE WARNING 'WATCHBILL ALARM %: %', my_fingerprint, my_title;
  BEGIN
    opened := company.open_database_finding(my_fingerprint, my_kind, my_subject, my_level, my_title, my_effect,
      my_evidence, my_watcher, 'database_clock');
  EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'WATCHBILL ALARM %: could not be kept: %', my_fingerprint, SQLERRM;
    RETURN false;
  END;
  BEGIN
    PERFORM company.alert_of_finding(f) FROM company.findings f
    WHERE f.id = opened.finding_id AND opened.is_new AND my_level = 'today';
  EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'WATCHBILL ALARM %: could not be sent: %', my_fingerprint, SQLERRM;
  END;
  RETURN opened.is_new;
END $$;

-- All checks, every five minutes, by a cron job of the database, which no schedule of ours starts.
CREATE OR REPLACE FUNCTION company.database_clock()
RETURNS TABLE (alarm text, level text, title text, is_new boolean)
-- A transaction that somebody keeps open does not hold up the checks that come after: a statement waits 2 s for it.
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  checked record;
  wrong record;
  standing text[] := '{}';
BEGIN
  FOR checked IN SELECT * FROM company.clock_checks() LOOP
    BEGIN
      FOR wrong IN EXECUTE format('SELECT * FROM company.%I()', checked.look) LOOP
        standing := standing || wrong.fingerprint;
        alarm := wrong.fingerprint; level := wrong.level; title := wrong.title;
        is_new := company.ring_clock(wrong.fingerprint, wrong.kind, wrong.subject, wrong.level, wrong.title,
          wrong.effect, wrong.evidence, wrong.watcher);
        RETURN NEXT;
      END LOOP;
      PERFORM company.end_alarms(checked.kinds, checked.look, standing);
    EXCEPTION WHEN OTHERS THEN
      alarm := 'clock:' || checked.look; level := 'ring';
      title := format('the database''s clock cannot look: %s', checked.look);
      is_new := company.ring_clock(alarm, 'clock_cannot_look', checked.look, level, title,
        'what this check would find is not found', jsonb_build_object('error', SQLERRM), 'ceo');
      RETURN NEXT;
    END;
  END LOOP;
  -- A test of an auditor ends with its week, also when the planter never comes again.
  BEGIN
    PERFORM company.end_tests();
  EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'the tests whose week is over could not be ended: %', SQLERRM;
  END;
END $$;
GRANT EXECUTE ON FUNCTION company.database_clock() TO @owners@;

-- A check that looked at everything ends what is over: its own findings that it did not meet again, each apart.
CREATE OR REPLACE FUNCTION company.end_alarms(my_kinds text[], look text, standing text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  over company.findings;
BEGIN
  FOR over IN
    SELECT * FROM company.findings f
    WHERE f.by_database AND f.found_by = 'database_clock' AND f.closed_at IS NULL AND f.fingerprint <> ALL (standing)
      AND (f.kind = ANY (my_kinds) OR f.fingerprint = 'clock:' || look)
    ORDER BY f.id
  LOOP
    BEGIN
      UPDATE company.findings
      SET closed_at = company.now(), closed_by = 'database_clock',
        resolution = format('over after %s', to_char(company.now() - found_at, 'FMHH24 "h" FMMI "min"'))
      WHERE id = over.id;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'the finding F-% could not be closed: %', over.id, SQLERRM;
    END;
  END LOOP;
END $$;
