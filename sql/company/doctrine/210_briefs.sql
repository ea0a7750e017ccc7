-- Why: the owner's one page is written once a day, in its hour, by one voice, and its absence is an alarm of its own.

-- Its lines name what is planted, so only the owner's pages and their writer read it.
GRANT SELECT ON company.briefs TO @owners@, @ceos@, @login:org_page@, @login:console@;

-- The brief is written by the ceo's one fire between 4 and 10 of the owner's morning (functions/ceo/book.py says the
-- same).
CREATE OR REPLACE FUNCTION company.is_brief_hour(moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT (moment AT TIME ZONE company.owner_zone())::time >= '04:00'
  AND (moment AT TIME ZONE company.owner_zone())::time < '10:00' $$;

CREATE OR REPLACE FUNCTION company.next_brief_at() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(
    (SELECT min(s.due_at) FROM company.slots s
     WHERE s.schedule = 'ceo' AND s.status = 'expected' AND s.due_at > company.now()
       AND company.is_brief_hour(s.due_at)),
    (today + CASE WHEN wall::time < '07:00' THEN 0 ELSE 1 END + time '07:00') AT TIME ZONE company.owner_zone()
  )
  FROM (SELECT company.now() AT TIME ZONE company.owner_zone() AS wall,
    (company.now() AT TIME ZONE company.owner_zone())::date AS today) AS here
$$;

CREATE OR REPLACE FUNCTION company.write_brief(
  my_date date, my_from timestamptz, my_to timestamptz, my_subject text, my_body text, my_html text, my_facts jsonb,
  my_checklist jsonb
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written bigint;
BEGIN
  IF coalesce(company.my_kind(), '') <> 'ceo' THEN
    PERFORM company.refuse('the_ceo_is_the_single_voice',
      coalesce(company.me(), session_user) || ' does not write to the owner');
  END IF;
  -- One of a day that comes would stand for the page of that day, and nobody would miss it.
  IF my_date <> (company.now() AT TIME ZONE company.owner_zone())::date AND NOT EXISTS (
    SELECT FROM company.sessions s WHERE s.role = company.me() AND s.finished_at IS NULL
      AND (s.due_at AT TIME ZONE company.owner_zone())::date = my_date
  ) THEN
    PERFORM company.refuse('a_brief_is_of_its_own_day', format('the brief of %s is written on that day', my_date));
  END IF;
  INSERT INTO company.briefs AS b (brief_date, covers_from, covers_to, subject, body, html, facts, checklist,
    written_by)
  VALUES (my_date, my_from, my_to, my_subject, my_body, my_html, my_facts, my_checklist, company.me())
  ON CONFLICT (brief_date) DO UPDATE
  SET covers_from = excluded.covers_from, covers_to = excluded.covers_to, subject = excluded.subject,
    body = excluded.body,
    html = excluded.html, facts = excluded.facts, checklist = excluded.checklist, written_at = company.now()
  -- Once sent it stays as the owner read it, or may have read it, and while approval is asked it stays as it was asked
  -- about; a retry gets the number of that one.
  WHERE b.sent_at IS NULL AND NOT EXISTS (
    SELECT FROM company.outbox o WHERE o.action = 'brief' AND o.dedupe_key = 'brief:' || my_date
      AND (o.status IN ('waiting', 'allowed') OR (o.status = 'unknown' AND o.receipt IS NOT NULL))
  );
  SELECT id INTO written FROM company.briefs WHERE brief_date = my_date;
  RETURN written;
END $$;
GRANT EXECUTE ON FUNCTION company.write_brief(date, timestamptz, timestamptz, text, text, text, jsonb, jsonb)
TO @staff@;

CREATE OR REPLACE FUNCTION company.note_brief_sent(my_brief bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(company.my_kind(), '') <> 'ceo' THEN
    PERFORM company.refuse('the_ceo_is_the_single_voice',
      coalesce(company.me(), session_user) || ' does not write to the owner');
  END IF;
  IF NOT EXISTS (SELECT FROM company.outbox WHERE action = 'brief' AND status = 'sent' AND by_role = company.me()
    AND payload ->> 'brief_id' = my_brief::text) THEN
    PERFORM company.refuse('a_brief_was_sent_when_its_mail_was', format('no mail of brief %s is confirmed', my_brief));
  END IF;
  UPDATE company.briefs SET sent_at = company.now() WHERE id = my_brief AND sent_at IS NULL;
END $$;
GRANT EXECUTE ON FUNCTION company.note_brief_sent(bigint) TO @staff@;

-- The owner's page is written in the fire that is its hour's, whenever that fire comes; and never before, because once
-- sent it stays.
CREATE OR REPLACE FUNCTION company.keep_brief_hour() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT company.is_brief_hour(company.now()) AND NOT EXISTS (
    SELECT FROM company.sessions WHERE role = company.me() AND finished_at IS NULL AND company.is_brief_hour(due_at)
  ) THEN
    PERFORM company.refuse('the_brief_is_written_in_its_hour',
      'it comes with the fire of the owner''s morning, from four to ten');
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER keep_brief_hour BEFORE INSERT OR UPDATE OF body ON company.briefs
FOR EACH ROW EXECUTE FUNCTION company.keep_brief_hour();

-- The owner's page was not sent 40 minutes after the fire that writes it was due. After a refusal by SES, an alert was
-- raised before.
CREATE OR REPLACE FUNCTION company.brief_check() RETURNS TABLE (
  fingerprint text, kind text, subject text, level text, title text, effect text, evidence jsonb, watcher text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT 'brief_late:' || day, 'brief_late', 'ceo', 'ring',
    format('no brief of %s, 40 min after the ceo was due', day),
    'you know nothing of the night until you look: watchbill brief',
    jsonb_build_object('due_at', due_at, 'slot', status, 'reason', reason), 'audit_auditor'
  FROM (
    SELECT s.due_at, s.status, s.reason, (s.due_at AT TIME ZONE company.owner_zone())::date AS day
    FROM company.slots s
    WHERE s.schedule = 'ceo' AND s.status <> 'withdrawn' AND company.is_brief_hour(s.due_at)
      AND s.due_at <= company.now() - interval '40 minutes' AND s.due_at > company.now() - interval '20 hours'
    ORDER BY s.due_at DESC LIMIT 1
  ) AS morning
  WHERE NOT EXISTS (SELECT FROM company.briefs b WHERE b.brief_date = day AND b.sent_at IS NOT NULL)
    AND NOT EXISTS (SELECT FROM company.findings f
      WHERE f.fingerprint = 'brief_unsent:' || day AND f.kind = 'brief_unsent' AND f.found_by = 'ceo'
        AND EXISTS (SELECT FROM company.alerts a WHERE a.finding_id = f.id))
    AND (SELECT level FROM company.approvals WHERE action = 'brief') = 'open'
    AND (SELECT value FROM company.switches WHERE switch = 'company') = 'running'
    AND NOT EXISTS (SELECT FROM company.roster WHERE role = 'ceo' AND is_paused);
END $$;
GRANT EXECUTE ON FUNCTION company.brief_check() TO @staff@;
