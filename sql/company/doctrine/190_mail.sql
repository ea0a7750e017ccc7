-- Why: whether a mail arrived is said by the other side's mail server, heard by heartbeat, and moves only towards the
-- worse: an acceptance that is told late does not undo a bounce.

GRANT SELECT ON company.mail_events TO @staff@;

-- Which act it is about: the number that SES gave the mail, or the act's own number that the mail carried and the
-- address it went to. No row for a mail that is none of ours. is_news: whether the act now stands worse or better than
-- before.
CREATE OR REPLACE FUNCTION company.note_mail_event(
  my_message_id text, my_act bigint, my_recipient text, my_status text, my_at timestamptz, my_said text, my_key text,
  OUT act_id bigint, OUT act text, OUT by_role text, OUT to_whom text, OUT subject text, OUT customer text,
    OUT is_news boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ranks CONSTANT text[] := ARRAY['delayed', 'accepted', 'bounced', 'rejected', 'complained'];
  o company.outbox;
BEGIN
  IF company.me() IS DISTINCT FROM 'heartbeat' THEN
    PERFORM company.refuse('only_heartbeat_hears_of_mail', coalesce(company.me(), session_user) || ' is not heartbeat');
  END IF;
  SELECT * INTO o FROM company.outbox b
  WHERE (b.receipt = my_message_id AND b.status = 'sent') OR (b.id = my_act AND b.to_whom = my_recipient)
  ORDER BY b.receipt IS NOT DISTINCT FROM my_message_id DESC LIMIT 1 FOR UPDATE;
  IF o.id IS NULL THEN
    RETURN;
  END IF;
  INSERT INTO company.mail_events (event_key, outbox_id, status, at, said)
  VALUES (my_key, o.id, my_status, my_at, coalesce(my_said, ''))
  ON CONFLICT (event_key) DO NOTHING;
  is_news := FOUND AND array_position(ranks, my_status) > coalesce(array_position(ranks, o.mail_status), 0);
  IF is_news THEN
    UPDATE company.outbox SET mail_status = my_status, mail_status_at = my_at WHERE id = o.id;
  END IF;
  -- A kill left it unknown whether the mail went. Now it is known: it did.
  IF o.status = 'unknown' THEN
    UPDATE company.outbox SET status = 'sent', confirmed_at = company.now(), receipt = my_message_id WHERE id = o.id;
    UPDATE company.deliveries SET status = 'sent', reason = NULL WHERE outbox_id = o.id AND status = 'unknown';
  END IF;
  act_id := o.id;
  act := o.act;
  by_role := o.by_role;
  to_whom := o.to_whom;
  subject := o.subject;
  customer := (SELECT c.name FROM company.deliveries d JOIN company.customers c ON c.id = d.customer_id
    WHERE d.outbox_id = o.id);
END $$;
GRANT EXECUTE ON FUNCTION company.note_mail_event(text, bigint, text, text, timestamptz, text, text)
TO @login:heartbeat@;
