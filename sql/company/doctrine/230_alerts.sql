-- Why: what cannot wait for the brief is told at once, once, and by day unless it rings; the levels are the owner's (ring, today, brief, log).

-- An IANA name; migrate keeps it from the deployment's setting.
CREATE OR REPLACE FUNCTION company.owner_zone() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT coalesce((SELECT value FROM company.switches WHERE switch = 'owner_timezone'), 'UTC') $$;

-- A ring at once; what is for today waits from 22 to 7 of the owner's night.
CREATE OR REPLACE FUNCTION company.alert_not_before(my_level text, moment timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN my_level = 'ring' OR (wall::time >= '07:00' AND wall::time < '22:00') THEN moment
    WHEN wall::time < '07:00' THEN (wall::date + time '07:00') AT TIME ZONE company.owner_zone()
    ELSE (wall::date + 1 + time '07:00') AT TIME ZONE company.owner_zone()
  END
  FROM (SELECT moment AT TIME ZONE company.owner_zone() AS wall) AS here
$$;

-- Called by functions of the house only: nobody of the staff tells the owner something by hand. Gives null when it was told before.
CREATE OR REPLACE FUNCTION company.raise_alert(
  my_key text, my_level text, my_subject text, my_body text, by_whom text, my_finding bigint DEFAULT NULL, my_decision bigint DEFAULT NULL
) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO company.alerts (dedupe_key, level, subject, body, finding_id, decision_id, raised_by, not_before)
  VALUES (my_key, my_level, my_subject, my_body, my_finding, my_decision, by_whom, company.alert_not_before(my_level, company.now()))
  ON CONFLICT (dedupe_key) DO NOTHING
  RETURNING id
$$;

REVOKE EXECUTE ON FUNCTION company.owner_zone(), company.alert_not_before(text, timestamptz),
  company.raise_alert(text, text, text, text, text, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION company.owner_zone() TO @staff@;
GRANT SELECT ON company.alerts, company.alarm_tests, company.slot_retries, company.slot_days TO @staff@;

-- The brief is written by the ceo's one fire between 4 and 10 of the owner's morning (functions/ceo/book.py says the same).
CREATE OR REPLACE FUNCTION company.is_of_the_morning(moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT (moment AT TIME ZONE company.owner_zone())::time >= '04:00' AND (moment AT TIME ZONE company.owner_zone())::time < '10:00' $$;

CREATE OR REPLACE FUNCTION company.next_brief_at() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(
    (SELECT min(s.due_at) FROM company.slots s
     WHERE s.schedule = 'ceo' AND s.status = 'expected' AND s.due_at > company.now() AND company.is_of_the_morning(s.due_at)),
    (today + CASE WHEN wall::time < '07:00' THEN 0 ELSE 1 END + time '07:00') AT TIME ZONE company.owner_zone()
  )
  FROM (SELECT company.now() AT TIME ZONE company.owner_zone() AS wall, (company.now() AT TIME ZONE company.owner_zone())::date AS today) AS here
$$;

-- What the house itself finds wrong, without a member of staff who says it; one open row per fingerprint, as with everybody.
CREATE OR REPLACE FUNCTION company.tell_wrong(
  my_fingerprint text, my_kind text, my_subject text, my_level text, my_title text, my_effect text, my_evidence jsonb, my_watcher text, by_whom text,
  OUT finding_id bigint, OUT is_new boolean
)
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO company.findings AS f (fingerprint, kind, subject, level, title, effect, evidence, accused, watcher, found_by, planted)
  VALUES (
    my_fingerprint, my_kind, my_subject, my_level, my_title, my_effect, my_evidence,
    (SELECT role FROM company.roster WHERE role = my_subject),
    coalesce((SELECT role FROM company.roster WHERE role = my_watcher AND left_at IS NULL), 'ceo'), by_whom,
    EXISTS (SELECT FROM company.plants p WHERE p.subject = my_subject AND p.removed_at IS NULL AND p.planted_at <= company.now())
  )
  ON CONFLICT (fingerprint) WHERE closed_at IS NULL DO UPDATE SET last_seen_at = company.now()
  RETURNING f.id, f.xmax = 0
$$;

CREATE OR REPLACE FUNCTION company.alert_of_finding(f company.findings) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT company.raise_alert(
    'finding:' || f.id, f.level, f.title || CASE WHEN f.planted THEN ' (planted)' ELSE '' END,
    concat_ws(E'\n', f.title || CASE WHEN f.planted THEN ' (planted)' ELSE '' END, nullif(f.effect, ''),
      format('Found by %s, %s. Watcher: %s.', f.found_by, to_char(f.found_at AT TIME ZONE company.owner_zone(), 'Dy DD Mon HH24:MI'), f.watcher),
      format('watchbill why F-%s', f.id)),
    f.found_by, f.id, NULL)
$$;

-- A finding that rings does so by itself, whoever opened it. One that another clock told of a while ago under the same name is not told twice.
CREATE OR REPLACE FUNCTION company.ring_at_once() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM company.findings f JOIN company.alerts a ON a.finding_id = f.id
    WHERE f.fingerprint = NEW.fingerprint AND f.found_by <> NEW.found_by AND a.raised_at > company.now() - interval '3 hours'
  ) THEN
    PERFORM company.alert_of_finding(NEW);
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER ring_at_once AFTER INSERT ON company.findings
FOR EACH ROW WHEN (NEW.level = 'ring') EXECUTE FUNCTION company.ring_at_once();
-- What grew from a matter of today into one that rings, too.
CREATE OR REPLACE TRIGGER ring_when_it_grows AFTER UPDATE OF level ON company.findings
FOR EACH ROW WHEN (NEW.level = 'ring' AND OLD.level <> 'ring') EXECUTE FUNCTION company.ring_at_once();

-- A question that silence would answer before the owner reads of it.
CREATE OR REPLACE FUNCTION company.tell_of_urgent_question() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.answer_by < company.next_brief_at() THEN
    PERFORM company.raise_alert(
      'decision:' || NEW.id, 'today', format('D-%s: %s', NEW.id, NEW.question),
      concat_ws(E'\n', NEW.question, nullif(NEW.background, ''),
        format('Answer by %s; if you say nothing: "%s".', to_char(NEW.answer_by AT TIME ZONE company.owner_zone(), 'Dy DD Mon HH24:MI'), NEW.default_option),
        format('watchbill decide D-%s %s', NEW.id, (SELECT string_agg(o, ' | ' ORDER BY o) FROM jsonb_object_keys(NEW.options) AS o))),
      NEW.asked_by, NEW.finding_id, NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER tell_of_urgent_question AFTER INSERT ON company.decisions
FOR EACH ROW EXECUTE FUNCTION company.tell_of_urgent_question();

CREATE OR REPLACE FUNCTION company.require_teller() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(company.me(), '') NOT IN ('heartbeat', 'ceo', 'schedule_auditor') THEN
    PERFORM company.refuse('only_heartbeat_and_its_seconds_tell_the_owner', coalesce(company.me(), session_user) || ' opens a finding instead');
  END IF;
END $$;

-- Takes what is due, and counts the try before it is made. Two beats at once take different ones; what was taken by one that died comes again.
CREATE OR REPLACE FUNCTION company.claim_alerts(most_tries integer) RETURNS SETOF company.alerts
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_teller();
  RETURN QUERY
  UPDATE company.alerts a SET tries = a.tries + 1, claimed_at = company.now()
  WHERE a.id IN (
    SELECT w.id FROM company.alerts w
    WHERE w.sent_at IS NULL AND w.not_before <= company.now() AND w.tries < most_tries
      AND (w.claimed_at IS NULL OR w.claimed_at <= company.now() - interval '4 minutes')
    ORDER BY w.id
    LIMIT 20
    FOR UPDATE SKIP LOCKED
  )
  RETURNING a.*;
END $$;

-- took is each way that took it now, with its receipt. With a refusal it is tried again, at most most_tries times; then the brief says so.
CREATE OR REPLACE FUNCTION company.confirm_alert(my_alert bigint, took jsonb, refusal text, most_tries integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a company.alerts;
BEGIN
  PERFORM company.require_teller();
  UPDATE company.alerts
  SET receipts = receipts || took, claimed_at = NULL, receipt = coalesce(refusal, (receipts || took)::text),
    sent_at = CASE WHEN refusal IS NULL THEN company.now() END
  WHERE id = my_alert AND sent_at IS NULL
  RETURNING * INTO a;
  IF a.id IS NOT NULL AND refusal IS NOT NULL AND a.tries >= most_tries THEN
    PERFORM company.tell_wrong(
      'alert_unsent:' || a.id, 'alert_unsent', 'alerts', 'brief', format('you were not told at once: %s', a.subject),
      format('%s tries; taken by: %s', a.tries, coalesce((SELECT string_agg(way, ', ') FROM jsonb_object_keys(a.receipts) AS way), 'nobody')),
      jsonb_build_object('alert', a.id, 'tries', a.tries, 'refusal', refusal), 'ceo', company.me());
  END IF;
  RETURN a.sent_at IS NOT NULL;
END $$;

-- Each way to the owner, and what came of trying it.
CREATE OR REPLACE FUNCTION company.record_alarm_test(my_alarm text, was_ok boolean, my_result text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  recorded bigint;
BEGIN
  PERFORM company.require_owner('only_the_owner_tests_the_alarms');
  INSERT INTO company.alarm_tests (alarm, tested_by, is_ok, result) VALUES (my_alarm, company.me(), was_ok, my_result) RETURNING id INTO recorded;
  RETURN recorded;
END $$;

REVOKE EXECUTE ON FUNCTION company.is_of_the_morning(timestamptz), company.next_brief_at(), company.alert_of_finding(company.findings),
  company.tell_wrong(text, text, text, text, text, text, jsonb, text, text), company.ring_at_once(), company.tell_of_urgent_question(),
  company.require_teller(), company.claim_alerts(integer), company.confirm_alert(bigint, jsonb, text, integer),
  company.record_alarm_test(text, boolean, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION company.claim_alerts(integer), company.confirm_alert(bigint, jsonb, text, integer),
  company.record_alarm_test(text, boolean, text) TO @staff@;
