-- Why: what cannot wait for the brief is sent at once, once, and by day unless it rings; the levels are the owner's.

-- An alert says whether its finding is about something planted, so only who sends or shows it reads it.
GRANT SELECT ON company.alerts TO @owners@, @ceos@, @login:heartbeat@, @login:schedule_auditor@, @login:org_page@,
  @login:console@;
GRANT SELECT ON company.alarm_tests, company.alert_tries TO @staff@;

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

-- Called only by functions of the database: no member of staff alerts the owner by hand. An alert has facts; its
-- sender words them. caused_by: the role whose output this is, where it is not by_whom. Beyond its budget all more of a
-- level are one alert: of the day, or of the hour where heartbeat speaks. Returns null when it was raised before.
CREATE OR REPLACE FUNCTION company.raise_alert(
  my_kind text, about bigint, my_level text, my_facts jsonb, by_whom text, my_finding bigint DEFAULT NULL,
  my_decision bigint DEFAULT NULL, caused_by text DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  source CONSTANT text := coalesce(caused_by, by_whom);
  my_what CONSTANT text := format('alert about %s at %s', source, my_level);
  shown CONSTANT text := coalesce(my_facts ->> 'title', my_facts ->> 'question', my_facts ->> 'subject', '');
  most CONSTANT integer := coalesce(company.most_a_day('alert about ' || source, NULL),
    company.most_a_day('alert', NULL));
  raised bigint;
BEGIN
  IF EXISTS (SELECT FROM company.alerts WHERE dedupe_key = my_kind || ':' || about) THEN
    RETURN NULL;
  END IF;
  -- What the database itself reports has one open finding for each alarm, so there is nothing to bound.
  IF NOT EXISTS (SELECT FROM company.findings WHERE id = my_finding AND by_database)
    AND company.count_output(my_what, most, shown) > 0 THEN
    RETURN company.raise_one_for_the_rest(my_what, my_level, shown, source, by_whom);
  END IF;
  INSERT INTO company.alerts (dedupe_key, kind, level, facts, finding_id, decision_id, raised_by, not_before)
  VALUES (my_kind || ':' || about, my_kind, my_level, my_facts, my_finding, my_decision, by_whom,
    company.alert_not_before(my_level, company.now()))
  ON CONFLICT (dedupe_key) DO NOTHING
  RETURNING id INTO raised;
  RETURN raised;
END $$;

CREATE OR REPLACE FUNCTION company.raise_one_for_the_rest(
  my_what text, my_level text, first_of_them text, source text, by_whom text
) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO company.alerts (dedupe_key, kind, level, facts, raised_by, not_before)
  SELECT format('more:%s:%s:%s', coalesce(company.me(), session_user), my_what,
      CASE source WHEN 'heartbeat' THEN to_char(company.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')
        ELSE company.owners_day()::text END),
    'more', my_level, jsonb_build_object('about', source, 'what', my_what, 'day', company.owners_day(),
      'counted_by', coalesce(company.me(), session_user), 'first', first_of_them, 'more', 1),
    by_whom, company.alert_not_before(my_level, company.now())
  ON CONFLICT (dedupe_key) DO NOTHING
  RETURNING id
$$;

CREATE OR REPLACE FUNCTION company.alert_facts(f company.findings) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object('title', f.title, 'effect', f.effect, 'found_by', f.found_by, 'found_at', f.found_at,
    'watcher', f.watcher, 'planted', EXISTS (SELECT FROM company.planted_findings WHERE finding_id = f.id))
$$;

CREATE OR REPLACE FUNCTION company.alert_of_finding(f company.findings) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT company.raise_alert('finding', f.id, f.level, company.alert_facts(f), f.found_by, f.id)
$$;

CREATE OR REPLACE FUNCTION company.require_alert_sender() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(company.me(), '') NOT IN ('heartbeat', 'ceo', 'schedule_auditor') THEN
    PERFORM company.refuse('alerts_are_sent_by_heartbeat_ceo_or_schedule_auditor',
      coalesce(company.me(), session_user) || ' opens a finding instead');
  END IF;
END $$;

-- How often an alert is tried: an hour of beats; after that the brief says that it was not sent. Nobody who sends says
-- how often.
CREATE OR REPLACE FUNCTION company.most_tries_of_an_alert() RETURNS integer
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT 12 $$;

-- Whether an alert says something of a role: by its finding, by who answered nothing, or by what it caused too often.
CREATE OR REPLACE FUNCTION company.alert_is_about(a company.alerts, who text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE a.kind
    WHEN 'unanswered' THEN who = 'ceo' OR who = a.facts ->> 'watcher'
    WHEN 'escalation' THEN who = a.facts ->> 'to_role'
    WHEN 'more' THEN who = a.facts ->> 'about'
    ELSE false END IS TRUE
    OR EXISTS (SELECT FROM company.findings f WHERE f.id = a.finding_id AND company.is_about(f, who))
$$;

-- Takes the alerts that are due, and counts the try before it is made. Two beats at once take different ones; one whose
-- sender crashed is taken again. Whom an alert is about does not send it: who says that it left could keep it.
-- heartbeat, which has no judgement of its own, sends all.
CREATE OR REPLACE FUNCTION company.claim_alerts() RETURNS SETOF company.alerts
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_alert_sender();
  RETURN QUERY
  WITH claimed AS (UPDATE company.alerts a SET tries = a.tries + 1, claimed_at = company.now(),
    -- How many they are when it is sent.
    facts = CASE a.kind WHEN 'more' THEN a.facts || (
      SELECT jsonb_build_object('more', o.set_aside, 'last', o.last_text) FROM company.outputs o
      WHERE (o.role, o.day::text, o.what) = (a.facts ->> 'counted_by', a.facts ->> 'day', a.facts ->> 'what'))
      ELSE a.facts END
  WHERE a.id IN (
    SELECT w.id FROM company.alerts w
    WHERE w.sent_at IS NULL AND w.not_before <= company.now() AND w.tries < company.most_tries_of_an_alert()
      AND (w.claimed_at IS NULL OR w.claimed_at <= company.now() - interval '4 minutes')
      AND (company.me() = 'heartbeat' OR NOT company.alert_is_about(w, company.me()))
    ORDER BY w.id
    LIMIT 20
    FOR UPDATE SKIP LOCKED
  )
  RETURNING a.*
  ), noted AS (INSERT INTO company.alert_tries (alert_id, by_role) SELECT c.id, company.me() FROM claimed c)
  SELECT * FROM claimed;
END $$;
GRANT EXECUTE ON FUNCTION company.claim_alerts() TO @staff@;

-- A receipt is what its way gives: the number that the topic gave the mail, or the webhook's status.
CREATE OR REPLACE FUNCTION company.require_receipts(took jsonb, refusal text, had jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF jsonb_typeof(took) IS DISTINCT FROM 'object' OR btrim(refusal) = ''
    OR (refusal IS NULL AND coalesce(had, '{}') || took = '{}')
    OR EXISTS (SELECT FROM jsonb_each(took) AS t WHERE (jsonb_typeof(t.value) = 'string' AND CASE t.key
      WHEN 'mail' THEN t.value #>> '{}' ~ '^[!-~]{1,200}$'
      WHEN 'webhook' THEN t.value #>> '{}' ~ '^2[0-9]{2}$' END) IS NOT TRUE) THEN
    PERFORM company.refuse('a_sent_alert_has_its_receipts',
      format('%s with the refusal %s is no answer of mail or webhook', left(took::text, 200), refusal));
  END IF;
END $$;

-- took: each way that accepted it now, with its receipt. After a refusal it is tried again, at most so often;
-- then the brief says so, in its sender's wording.
CREATE OR REPLACE FUNCTION company.confirm_alert(
  my_alert bigint, took jsonb, refusal text, unsent_title text, unsent_effect text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a company.alerts;
BEGIN
  PERFORM company.require_alert_sender();
  SELECT * INTO a FROM company.alerts WHERE id = my_alert FOR UPDATE;
  UPDATE company.alert_tries SET ended_at = company.now()
  WHERE alert_id = my_alert AND by_role = company.me() AND ended_at IS NULL;
  IF NOT FOUND THEN
    PERFORM company.refuse('one_confirms_the_alert_that_one_took',
      format('%s has no open try of alert %s', company.me(), my_alert));
  END IF;
  PERFORM company.require_receipts(took, refusal, a.receipts);
  UPDATE company.alerts
  SET receipts = receipts || took, claimed_at = NULL, receipt = coalesce(refusal, (receipts || took)::text),
    sent_at = CASE WHEN refusal IS NULL THEN company.now() END
  WHERE id = my_alert AND sent_at IS NULL
  RETURNING * INTO a;
  IF a.id IS NOT NULL AND refusal IS NOT NULL AND a.tries >= company.most_tries_of_an_alert() THEN
    PERFORM company.open_database_finding(
      'alert_unsent:' || a.id, 'alert_unsent', 'alerts', 'brief', unsent_title, unsent_effect,
      jsonb_build_object('alert', a.id, 'tries', a.tries, 'refusal', refusal), 'ceo', company.me());
  END IF;
  RETURN a.sent_at IS NOT NULL;
END $$;
GRANT EXECUTE ON FUNCTION company.confirm_alert(bigint, jsonb, text, text, text) TO @staff@;

-- An alert of the last day that was taken as often as one may, and that nobody said was sent or refused: its senders
-- crashed, or took it and kept silent.
CREATE OR REPLACE FUNCTION company.alert_check() RETURNS TABLE (
  fingerprint text, kind text, subject text, level text, title text, effect text, evidence jsonb, watcher text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT 'alert_unsent:' || a.id, 'alert_unsent', 'alerts', 'brief',
    format('an alert was taken %s and nobody says that it was sent', company.counted(a.tries, 'time')),
    'nobody knows that you read: '
      || coalesce(a.facts ->> 'title', a.facts ->> 'question', a.facts ->> 'subject', a.kind),
    jsonb_build_object('alert', a.id, 'tries', a.tries,
      'by', (SELECT jsonb_agg(DISTINCT t.by_role) FROM company.alert_tries t WHERE t.alert_id = a.id)), 'ceo'
  FROM company.alerts a
  WHERE a.sent_at IS NULL AND a.tries >= company.most_tries_of_an_alert()
    AND a.claimed_at <= company.now() - interval '4 minutes' AND a.claimed_at > company.now() - interval '1 day'
$$;
GRANT EXECUTE ON FUNCTION company.alert_check() TO @staff@;

-- One test of one way to the owner, and its result.
CREATE OR REPLACE FUNCTION company.record_alarm_test(my_alarm text, was_ok boolean, my_result text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  recorded bigint;
BEGIN
  PERFORM company.require_owner('only_the_owner_tests_the_alarms');
  INSERT INTO company.alarm_tests (alarm, tested_by, is_ok, result) VALUES (my_alarm, company.me(), was_ok, my_result)
  RETURNING id INTO recorded;
  RETURN recorded;
END $$;
GRANT EXECUTE ON FUNCTION company.record_alarm_test(text, boolean, text) TO @staff@;
