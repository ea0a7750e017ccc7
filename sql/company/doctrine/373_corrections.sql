-- Why: what was taken back was perhaps read by customers. Pages that still wait are withdrawn, and whom one reached
-- gets a correction: written once, and sent only after the owner's yes to it.

-- Until when a page may have carried what an undone batch had brought: scores follow an undoing with the next pass.
CREATE OR REPLACE FUNCTION company.carried_until(undoing timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce((SELECT min(at) FROM company.score_passes WHERE at > undoing), 'infinity')
$$;
GRANT EXECUTE ON FUNCTION company.carried_until(timestamptz) TO @staff@;

-- Whether scores still hold what was undone. A pass is made each hour; none is waited for longer than ninety minutes.
CREATE OR REPLACE FUNCTION company.awaits_scores() RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM company.batches WHERE undone_at > company.now() - interval '90 minutes'
    AND company.carried_until(undone_at) > company.now())
$$;
GRANT EXECUTE ON FUNCTION company.awaits_scores() TO @staff@;

-- Written beside its outbox entry, before anything is sent.
CREATE OR REPLACE FUNCTION company.write_correction(
  my_customer bigint, my_batch bigint, my_kind text, my_subject text, my_body text, my_items jsonb, my_status text,
  my_outbox bigint, my_key text
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.batches := (SELECT t FROM company.batches t WHERE t.id = my_batch);
  written bigint;
BEGIN
  PERFORM company.require_deliver();
  IF b.undone_at IS NULL THEN
    PERFORM company.refuse('only_what_was_undone_is_corrected', format('batch %s was not undone', my_batch));
  END IF;
  IF NOT EXISTS (SELECT FROM company.outbox WHERE id = my_outbox AND action = 'correct' AND by_role = company.me()) THEN
    PERFORM company.refuse('a_correction_has_its_outbox_entry', format('entry %s is none of a correction', my_outbox));
  END IF;
  PERFORM company.require_customer_not_paused(my_customer);
  INSERT INTO company.deliveries (customer_id, occasion, covers_from, covers_to, kind, subject, body, items, status,
    outbox_id, s3_key, corrects_batch)
  VALUES (my_customer, 'correction', least(b.promoted_at, b.undone_at - interval '1 microsecond'), b.undone_at, my_kind,
    my_subject, my_body, my_items, my_status, my_outbox, my_key, my_batch)
  ON CONFLICT (outbox_id) DO NOTHING;
  SELECT id INTO written FROM company.deliveries WHERE outbox_id = my_outbox;
  RETURN written;
END $$;
GRANT EXECUTE ON FUNCTION company.write_correction(bigint, bigint, text, text, text, jsonb, text, bigint, text)
  TO @login:deliver@;

-- Pages that nobody sent yet and that say what is no longer so. What a sender has taken is past withdrawing. The next
-- page covers their time.
CREATE OR REPLACE FUNCTION company.withdraw_deliveries(my_deliveries bigint[], because text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_deliver();
  RETURN company.withdraw_entries(array_agg(o.id), because)
  FROM company.outbox o JOIN company.deliveries d ON d.outbox_id = o.id
  WHERE d.id = ANY (my_deliveries) AND o.status IN ('waiting', 'allowed');
END $$;
GRANT EXECUTE ON FUNCTION company.withdraw_deliveries(bigint[], text) TO @login:deliver@;
