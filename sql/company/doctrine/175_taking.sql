-- Why: between the writing of an entry and its sending the owner may change her mind. So what leaves is taken just
-- before it leaves, and what she does not want any more is declined (scar: who had called a page spam got the next
-- one).

-- Whether it is a page, a file or a correction of a customer whom the owner pauses. An owner who pauses the customer at
-- this moment waits for this, or this waits for the owner.
CREATE OR REPLACE FUNCTION company.is_for_paused_customer(my_outbox_id bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  paused boolean;
BEGIN
  SELECT c.is_paused INTO paused FROM company.deliveries d JOIN company.customers c ON c.id = d.customer_id
  WHERE d.outbox_id = my_outbox_id FOR SHARE OF c;
  RETURN coalesce(paused, false);
END $$;

-- The sender takes an entry just before it goes out; the answer 'recorded' means: send it. One yes is one sending, so
-- an approved entry that a killed sender took is unknown and is not sent again.
CREATE OR REPLACE FUNCTION company.take_approved_entry(my_outbox_id bigint, my_session bigint, my_content_sha256 bytea)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  paused boolean;
  approval company.approvals;
  o company.outbox;
BEGIN
  PERFORM company.require_open_session(my_session);
  -- The customer and the level before the entry, in the order in which the owner pauses or closes. An owner who sets
  -- the level at this moment waits for this, or this waits for the owner.
  paused := company.is_for_paused_customer(my_outbox_id);
  SELECT a.* INTO approval FROM company.approvals a
  WHERE a.action = (SELECT action FROM company.outbox WHERE id = my_outbox_id) FOR SHARE;
  SELECT * INTO o FROM company.outbox WHERE id = my_outbox_id AND by_role = company.me() FOR UPDATE;
  IF o.id IS NULL THEN
    PERFORM company.refuse('one_takes_ones_own_approved_entry',
      format('entry %s is not that for %s', my_outbox_id, company.me()));
  END IF;
  IF o.decision_id IS NOT NULL AND o.status = 'recorded' AND o.session_id IS DISTINCT FROM my_session THEN
    UPDATE company.outbox SET status = 'unknown' WHERE id = my_outbox_id;
    RETURN 'unknown';
  ELSIF o.status <> 'allowed' AND NOT company.is_recorded_unasked(o) THEN
    RETURN o.status;
  ELSIF paused THEN
    PERFORM company.withdraw_entries(ARRAY[my_outbox_id], 'its customer is paused');
    RETURN 'declined';
  ELSIF o.status <> 'allowed' THEN
    RETURN company.take_unasked_entry(o, approval, my_session, my_content_sha256);
  ELSIF approval.level = 'closed' THEN
    PERFORM company.refuse('action_is_closed', format('%s is closed; the owner opens it', o.action));
  END IF;
  IF o.content_sha256 IS DISTINCT FROM my_content_sha256 THEN
    PERFORM company.refuse('what_is_sent_is_what_was_asked',
      format('entry %s is not what D-%s asked about', my_outbox_id, o.decision_id));
  END IF;
  UPDATE company.outbox SET status = 'recorded', session_id = my_session, receipt = NULL WHERE id = my_outbox_id;
  RETURN 'recorded';
END $$;
GRANT EXECUTE ON FUNCTION company.take_approved_entry(bigint, bigint, bytea) TO @staff@;

-- What was recorded while its action was open goes out if it is open still and was not closed in between. At ask it
-- waits for a question, which says where its fire was killed; of a closed action it is declined.
CREATE OR REPLACE FUNCTION company.take_unasked_entry(
  o company.outbox, approval company.approvals, my_session bigint, my_content_sha256 bytea
) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF approval.level = 'closed' OR o.id <= approval.closed_to THEN
    PERFORM company.decline_entries(ARRAY[o.id], o.action || ' was closed by the owner');
    RETURN 'declined';
  ELSIF approval.level = 'ask' THEN
    UPDATE company.outbox SET status = 'waiting', content_sha256 = coalesce(content_sha256, my_content_sha256),
      receipt = company.doubt_of_a_kill(o, my_session)
    WHERE id = o.id;
    UPDATE company.deliveries SET status = 'waiting' WHERE outbox_id = o.id AND status = 'recorded';
    RETURN 'waiting';
  END IF;
  UPDATE company.outbox SET session_id = my_session WHERE id = o.id;
  RETURN 'recorded';
END $$;

CREATE OR REPLACE FUNCTION company.doubt_of_a_kill(o company.outbox, my_session bigint) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN o.session_id IS DISTINCT FROM my_session THEN 'its fire was killed, and it may have left before' END
$$;

-- Recorded while its action was open, so no question was asked about it; also where the kill of its fire left it
-- unknown. What was handed over in doubt has a receipt.
CREATE OR REPLACE FUNCTION company.is_recorded_unasked(o company.outbox) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT o.decision_id IS NULL AND (o.status = 'recorded' OR o.status = 'unknown' AND o.receipt IS NULL)
$$;

-- Recorded unasked by a fire that is over: nobody is about to send it.
CREATE OR REPLACE FUNCTION company.is_left_behind(o company.outbox) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT company.is_recorded_unasked(o)
    AND NOT EXISTS (SELECT FROM company.sessions s WHERE s.id = o.session_id AND s.finished_at IS NULL)
$$;

-- A declined entry also ends what it carried: a page is covered by the next one, a post leaves the queue. Of what was
-- recorded unasked its caller knows that no sender has taken it.
CREATE OR REPLACE FUNCTION company.decline_entries(declined bigint[], because text) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  gone bigint[];
BEGIN
  WITH now_declined AS (
    UPDATE company.outbox AS o SET status = 'declined', receipt = because
    WHERE o.id = ANY (declined) AND (o.status IN ('waiting', 'allowed') OR company.is_recorded_unasked(o))
    RETURNING o.id
  )
  SELECT coalesce(array_agg(id), '{}') INTO gone FROM now_declined;
  UPDATE company.deliveries SET status = 'declined', reason = because, ended_at = company.now()
  WHERE outbox_id = ANY (gone) AND status IN ('waiting', 'recorded');
  UPDATE company.drafts d SET status = 'superseded', reason = because, ended_at = company.now()
  FROM company.outbox o WHERE o.id = ANY (gone) AND o.action = 'publish' AND o.payload ->> 'draft' = d.id::text
    AND d.status = 'audited';
  RETURN cardinality(gone);
END $$;

-- Pages that carry a reason not to be sent. A correction that is withdrawn is no answer of the owner's: it is written
-- anew when the reason is gone. An open question is about what is left of it; it is locked first, as by an answer.
CREATE OR REPLACE FUNCTION company.withdraw_entries(withdrawn bigint[], because text) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  asked bigint[];
  gone integer;
BEGIN
  SELECT coalesce(array_agg(q.id), '{}') INTO asked FROM (
    SELECT d.id FROM company.decisions d
    WHERE d.answered_at IS NULL AND d.id IN (SELECT decision_id FROM company.outbox WHERE id = ANY (withdrawn))
    ORDER BY d.id FOR UPDATE
  ) AS q;
  gone := company.decline_entries(withdrawn, because);
  UPDATE company.deliveries SET is_withdrawn = true
  WHERE outbox_id = ANY (withdrawn) AND status = 'declined' AND reason = because;
  PERFORM company.ask_about_what_is_left(d.id, because) FROM company.decisions d
  WHERE d.id = ANY (asked) AND d.answered_at IS NULL;
  RETURN gone;
END $$;

-- A question whose entries were partly withdrawn counts those that are left. Of one without any there is nothing to
-- answer: the owner who withdrew them has said no; otherwise it is over, as without an answer.
CREATE OR REPLACE FUNCTION company.ask_about_what_is_left(my_decision bigint, because text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  is_left CONSTANT bigint := (SELECT count(*) FROM company.outbox WHERE decision_id = my_decision
    AND status = 'waiting');
  wording record;
BEGIN
  IF is_left = 0 AND company.acts_for_the_owner() THEN
    PERFORM company.settle_decision(my_decision, 'no', because);
  ELSIF is_left = 0 THEN
    UPDATE company.decisions SET answered_by = 'silence', answered_at = company.now(), acted_at = company.now(),
      outcome = 'nothing of it is left to send: ' || because
    WHERE id = my_decision;
  ELSE
    SELECT w.* INTO wording FROM company.decisions d, company.approval_wording(d.subject ->> 'action', is_left::integer)
      AS w WHERE d.id = my_decision;
    UPDATE company.decisions SET question = wording.question,
      options = jsonb_build_object('yes', wording.if_yes, 'no', wording.if_no),
      background = background || format(' Not among them any more: %s.', because)
    WHERE id = my_decision;
  END IF;
END $$;
