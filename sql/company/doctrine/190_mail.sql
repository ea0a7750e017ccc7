-- Why: whether a mail arrived is known from the receiving mail server. heartbeat records it, and it moves only towards
-- the worse: an acceptance that comes late does not undo a bounce.

GRANT SELECT ON company.mail_events TO @staff@;

-- Finds the outbox entry: by the number that SES gave the mail, or by the entry's own number in the mail and the
-- address it went to. No row for a mail that is not ours. is_new: whether the entry's mail status changed.
CREATE OR REPLACE FUNCTION company.note_mail_event(
  my_message_id text, my_outbox_id bigint, my_recipient text, my_status text, my_at timestamptz, my_said text,
  my_key text,
  OUT outbox_id bigint, OUT action text, OUT by_role text, OUT to_whom text, OUT subject text, OUT customer text,
    OUT is_new boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ranks CONSTANT text[] := ARRAY['delayed', 'accepted', 'bounced', 'rejected', 'complained'];
  o company.outbox;
  asked bigint;
BEGIN
  IF company.me() IS DISTINCT FROM 'heartbeat' THEN
    PERFORM company.refuse('only_heartbeat_records_mail_events',
      coalesce(company.me(), session_user) || ' is not heartbeat');
  END IF;
  -- An open question is locked before its entries, as by an answer.
  SELECT d.id INTO asked FROM company.outbox b JOIN company.decisions d ON d.id = b.decision_id
  WHERE b.id = my_outbox_id AND b.to_whom = my_recipient AND b.status = 'waiting' AND d.answered_at IS NULL
  FOR UPDATE OF d;
  SELECT * INTO o FROM company.outbox b
  WHERE (b.receipt = my_message_id AND b.status = 'sent') OR (b.id = my_outbox_id AND b.to_whom = my_recipient)
  ORDER BY b.receipt IS NOT DISTINCT FROM my_message_id DESC LIMIT 1 FOR UPDATE;
  IF o.id IS NULL THEN
    RETURN;
  END IF;
  INSERT INTO company.mail_events (event_key, outbox_id, status, at, said)
  VALUES (my_key, o.id, my_status, my_at, coalesce(my_said, ''))
  ON CONFLICT (event_key) DO NOTHING;
  is_new := FOUND AND array_position(ranks, my_status) > coalesce(array_position(ranks, o.mail_status), 0);
  IF is_new THEN
    UPDATE company.outbox SET mail_status = my_status, mail_status_at = my_at WHERE id = o.id;
  END IF;
  -- A kill, or a failure of SES, left it unknown whether the mail went, or the owner is asked about it for that reason.
  -- This event proves that it did. What is recorded may be a page of a fire that was killed a moment ago.
  IF o.status IN ('recorded', 'unknown', 'waiting', 'allowed') THEN
    UPDATE company.outbox SET status = 'sent', confirmed_at = company.now(), receipt = my_message_id WHERE id = o.id;
    UPDATE company.deliveries d SET status = 'sent', reason = NULL, ended_at = coalesce(d.ended_at, company.now())
    WHERE d.outbox_id = o.id AND d.status IN ('recorded', 'unknown', 'waiting');
    UPDATE company.briefs b SET sent_at = company.now()
    WHERE o.action = 'brief' AND b.id::text = o.payload ->> 'brief_id' AND b.sent_at IS NULL;
    PERFORM company.ask_about_what_is_left(d.id, format('the mail to %s had left', o.to_whom))
    FROM company.decisions d WHERE d.id = asked AND d.id = o.decision_id AND d.answered_at IS NULL;
  END IF;
  outbox_id := o.id;
  action := o.action;
  by_role := o.by_role;
  to_whom := o.to_whom;
  subject := o.subject;
  customer := (SELECT c.name FROM company.deliveries d JOIN company.customers c ON c.id = d.customer_id
    WHERE d.outbox_id = o.id);
END $$;
GRANT EXECUTE ON FUNCTION company.note_mail_event(text, bigint, text, text, timestamptz, text, text)
TO @login:heartbeat@;

-- What a fire sent and did not get through: refused, in doubt, or come back later. Work that was done and a delivery
-- that failed are two things, so a slot of such a fire is not shown as well.
CREATE OR REPLACE VIEW company.undelivered AS
SELECT x.schedule, x.due_at, count(*)::integer AS entries
FROM company.outbox o JOIN company.sessions x ON x.id = o.session_id
WHERE o.status IN ('refused', 'unknown') OR o.mail_status IN ('bounced', 'rejected')
GROUP BY x.schedule, x.due_at;
GRANT SELECT ON company.undelivered TO @staff@;
