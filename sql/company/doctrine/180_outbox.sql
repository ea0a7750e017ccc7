-- Why: what leaves the company is recorded before and confirmed after, happens once, and only as far as the owner
-- approves it.

GRANT SELECT ON company.outbox TO @staff@;

-- status 'recorded' means go; 'waiting' means that the act stands at ask, 'allowed' that its sender may take it
-- (170_approvals); anything else was done, or may have been, before. asked_in is the question about it, if there was
-- one.
CREATE OR REPLACE FUNCTION company.record_outward_act(
  my_act text, my_dedupe_key text, my_to text, my_subject text, my_payload jsonb, my_content_sha256 bytea,
  my_session bigint, OUT act_id bigint, OUT status text, OUT is_new boolean, OUT asked_in bigint
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  stands text;
BEGIN
  PERFORM company.require_living_session(my_session);
  SELECT a.stands_at INTO stands FROM company.outward_acts a WHERE a.act = my_act;
  IF NOT EXISTS (SELECT FROM company.roster r WHERE r.role = company.me() AND my_act = ANY (r.outward)) THEN
    PERFORM company.refuse('an_outward_act_is_on_ones_record', format('%s may not %s', company.me(), my_act));
  END IF;
  IF coalesce(stands, 'closed') = 'closed' THEN
    PERFORM company.refuse('outward_act_is_closed', format('%s stands at closed; the owner opens it', my_act));
  END IF;
  INSERT INTO company.outbox AS o (act, dedupe_key, to_whom, subject, payload, content_sha256, status, by_role,
    session_id)
  VALUES (my_act, my_dedupe_key, my_to, coalesce(my_subject, ''), coalesce(my_payload, '{}'), my_content_sha256,
    CASE WHEN stands = 'ask' THEN 'waiting' ELSE 'recorded' END, company.me(), my_session)
  ON CONFLICT (dedupe_key) DO NOTHING
  RETURNING o.id, o.status INTO act_id, status;
  is_new := act_id IS NOT NULL;
  IF NOT is_new THEN
    -- Recorded earlier and never confirmed: a kill in between. Nobody knows whether it went out (scar: sent twice).
    UPDATE company.outbox o SET status = 'unknown'
    WHERE o.dedupe_key = my_dedupe_key AND o.status = 'recorded' AND o.session_id <> my_session;
    SELECT o.id, o.status, o.decision_id INTO act_id, status, asked_in FROM company.outbox o
    WHERE o.dedupe_key = my_dedupe_key;
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.record_outward_act(text, text, text, text, jsonb, bytea, bigint) TO @staff@;

CREATE OR REPLACE FUNCTION company.confirm_outward_act(
  my_act_id bigint, my_session bigint, was_sent boolean, my_receipt text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_living_session(my_session);
  UPDATE company.outbox
  SET status = CASE WHEN was_sent THEN 'sent' ELSE 'refused' END, confirmed_at = company.now(), receipt = my_receipt
  WHERE id = my_act_id AND by_role = company.me() AND status IN ('recorded', 'unknown');
  IF NOT FOUND THEN
    PERFORM company.refuse('one_confirms_ones_own_recorded_act',
      format('act %s is not that for %s', my_act_id, company.me()));
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.confirm_outward_act(bigint, bigint, boolean, text) TO @staff@;
