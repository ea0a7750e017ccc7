-- Why: what leaves the company is recorded before and confirmed after, goes out once, and only as far as the owner
-- approves.

GRANT SELECT ON company.outbox TO @staff@;

-- A person gets so much a day and no more, from all senders: mail to one address, posts to all readers.
CREATE OR REPLACE FUNCTION company.require_room_for(my_action text, my_key text, my_to text, my_subject text)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  address CONSTANT text := CASE my_action WHEN 'publish' THEN 'all readers' ELSE my_to END;
  most CONSTANT integer := company.most_a_day(my_action, NULL);
BEGIN
  IF NOT EXISTS (SELECT FROM company.outbox WHERE dedupe_key = my_key)
    AND company.count_output(format('%s to %s', my_action, address), most, my_subject) > 0 THEN
    PERFORM company.refuse('one_address_gets_so_much_a_day',
      format('%s had %s of %s today', address, most, my_action));
  END IF;
END $$;

-- status 'recorded': send it now. 'waiting': the action is at level ask. 'allowed': its sender may take it
-- (170_approvals). Any other: it was sent, or may have been, before; 'in_doubt' was handed over, and nobody knows
-- whether it was taken. asked_in is the question about it, if there was one.
CREATE OR REPLACE FUNCTION company.record_outbox_entry(
  my_action text, my_dedupe_key text, my_to text, my_subject text, my_payload jsonb, my_content_sha256 bytea,
  my_session bigint, OUT outbox_id bigint, OUT status text, OUT is_new boolean, OUT asked_in bigint
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  my_level text;
BEGIN
  PERFORM company.require_open_session(my_session);
  -- An owner who closes the action at this moment waits for this entry, and takes it back.
  SELECT a.level INTO my_level FROM company.approvals a WHERE a.action = my_action FOR SHARE;
  IF NOT EXISTS (SELECT FROM company.roster r WHERE r.role = company.me() AND my_action = ANY (r.outward)) THEN
    PERFORM company.refuse('an_action_is_on_ones_record', format('%s may not %s', company.me(), my_action));
  END IF;
  IF coalesce(my_level, 'closed') = 'closed' THEN
    PERFORM company.refuse('action_is_closed', format('%s is closed; the owner opens it', my_action));
  END IF;
  PERFORM company.require_room_for(my_action, my_dedupe_key, my_to, my_subject);
  INSERT INTO company.outbox AS o (action, dedupe_key, to_whom, subject, payload, content_sha256, status, by_role,
    session_id)
  VALUES (my_action, my_dedupe_key, my_to, coalesce(my_subject, ''), coalesce(my_payload, '{}'), my_content_sha256,
    CASE WHEN my_level = 'ask' THEN 'waiting' ELSE 'recorded' END, company.me(), my_session)
  ON CONFLICT (dedupe_key, action) DO NOTHING
  RETURNING o.id, o.status INTO outbox_id, status;
  is_new := outbox_id IS NOT NULL;
  IF NOT is_new THEN
    -- Recorded earlier and never confirmed: a kill in between. Nobody knows whether it went out (scar: sent twice).
    UPDATE company.outbox o SET status = 'unknown'
    WHERE o.dedupe_key = my_dedupe_key AND o.action = my_action AND o.status = 'recorded'
      AND o.session_id <> my_session;
    -- At ask it waits, as it is recorded now. A page stays as it was kept, and waits when it is taken (175_taking).
    UPDATE company.outbox o SET status = 'waiting', to_whom = my_to, subject = coalesce(my_subject, ''),
      payload = coalesce(my_payload, '{}'), content_sha256 = my_content_sha256,
      receipt = company.doubt_of_a_kill(o, my_session)
    WHERE o.dedupe_key = my_dedupe_key AND o.action = my_action AND o.by_role = company.me() AND my_level = 'ask'
      AND company.is_recorded_unasked(o) AND NOT EXISTS (SELECT FROM company.deliveries d WHERE d.outbox_id = o.id);
    SELECT o.id, CASE WHEN o.status = 'unknown' AND o.receipt IS NOT NULL THEN 'in_doubt' ELSE o.status END,
      o.decision_id INTO outbox_id, status, asked_in FROM company.outbox o
    WHERE o.dedupe_key = my_dedupe_key AND o.action = my_action;
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.record_outbox_entry(text, text, text, text, jsonb, bytea, bigint) TO @staff@;

CREATE OR REPLACE FUNCTION company.confirm_outbox_entry(
  my_outbox_id bigint, my_session bigint, was_sent boolean, my_receipt text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_open_session(my_session);
  IF was_sent IS NULL OR btrim(coalesce(my_receipt, '')) = '' THEN
    PERFORM company.refuse('a_confirmation_says_how_it_ended',
      format('entry %s was sent with a receipt, or refused with a reason', my_outbox_id));
  END IF;
  UPDATE company.outbox
  SET status = CASE WHEN was_sent THEN 'sent' ELSE 'refused' END, confirmed_at = company.now(), receipt = my_receipt
  WHERE id = my_outbox_id AND by_role = company.me() AND status IN ('recorded', 'unknown');
  -- An event of its mail may have said so first.
  IF NOT FOUND AND NOT EXISTS (SELECT FROM company.outbox WHERE id = my_outbox_id AND by_role = company.me()
    AND status = 'sent' AND was_sent AND receipt = my_receipt AND mail_status IS NOT NULL) THEN
    PERFORM company.refuse('one_confirms_ones_own_recorded_entry',
      format('entry %s is not that for %s', my_outbox_id, company.me()));
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.confirm_outbox_entry(bigint, bigint, boolean, text) TO @staff@;

-- It was handed over, and the other side failed while it took it: it may have left. Its receipt is the error. Unlike an
-- entry that a kill left unknown it is not sent again; an event of the mail says later that it left (190_mail).
CREATE OR REPLACE FUNCTION company.doubt_outbox_entry(my_outbox_id bigint, my_session bigint, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_open_session(my_session);
  IF btrim(coalesce(why, '')) = '' THEN
    PERFORM company.refuse('a_confirmation_says_how_it_ended', format('why entry %s is in doubt is not said',
      my_outbox_id));
  END IF;
  UPDATE company.outbox SET status = 'unknown', receipt = why
  WHERE id = my_outbox_id AND by_role = company.me() AND status IN ('recorded', 'unknown');
  IF NOT FOUND THEN
    PERFORM company.refuse('one_confirms_ones_own_recorded_entry',
      format('entry %s is not that for %s', my_outbox_id, company.me()));
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.doubt_outbox_entry(bigint, bigint, text) TO @staff@;
