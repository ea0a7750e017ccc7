-- Why: news goes up the line with its evidence, and a manager's work is done when its note is sent: short, with a
-- figure.

GRANT SELECT ON company.inbox TO @staff@;

CREATE OR REPLACE FUNCTION company.require_sound_note(my_note text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(my_note, '') !~ '[0-9]' OR length(my_note) > 600 OR btrim(my_note, E' \n') ~ '\n.*\n'
    OR my_note ~ '[][<>`|*#{}]|://' THEN
    PERFORM company.refuse(
      'a_note_is_short_plain_and_has_a_figure',
      format('one or two plain lines of 600 characters at most, with a figure; this has %s', length(my_note))
    );
  END IF;
END $$;

-- A fire that did its work owes a note; one that was skipped, failed or crashed shows in its slot. The owner gets
-- briefs and no notes.
CREATE OR REPLACE FUNCTION company.require_note_of(my_session bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM company.roster r
    WHERE r.role = company.me() AND r.kind = 'manager' AND r.reports_to <> 'owner' AND NOT EXISTS (
      SELECT FROM company.inbox i WHERE i.session_id = my_session AND i.from_role = r.role AND i.to_role = r.reports_to
        AND i.kind = 'note'
    )
  ) THEN
    PERFORM company.refuse('a_manager_closes_with_its_note', format('session %s sent none', my_session));
  END IF;
END $$;

CREATE OR REPLACE FUNCTION company.is_first_note(my_session bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT my_session IS NOT NULL
    AND NOT EXISTS (SELECT FROM company.inbox WHERE session_id = my_session AND kind = 'note')
$$;

-- Notes and escalations go to one's manager, or straight to the CEO; an alarm of a machine or an auditor may go to
-- anybody; the CEO and the owner write to all. No number for a message that was set aside, because the sender's budget
-- of the day is used; the note with which a session closes is never set aside. An escalation to somebody who is paused
-- or has left goes to the next above who is here.
CREATE OR REPLACE FUNCTION company.send_message(
  my_to text, my_kind text, my_level text, my_subject text, my_body text, my_evidence jsonb,
  my_finding bigint, my_decision bigint, my_session bigint
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  sent bigint;
  was_for CONSTANT text := my_to;
BEGIN
  PERFORM company.require_own_session(my_session);
  IF coalesce(company.my_kind(), '') NOT IN ('ceo', 'owner')
    AND (my_kind = 'alarm' AND company.my_kind() IN ('machine', 'auditor')) IS NOT TRUE
    AND NOT EXISTS (
    SELECT FROM company.roster WHERE role = company.me()
      AND (reports_to = my_to OR (my_to = 'ceo' AND reports_to <> 'owner'))
  ) THEN
    PERFORM company.refuse('messages_go_up_the_line', format('%s does not report to %s', company.me(), my_to));
  END IF;
  IF my_kind = 'note' AND company.my_kind() = 'manager' THEN
    PERFORM company.require_sound_note(my_body);
  END IF;
  IF my_kind IN ('escalation', 'alarm') THEN
    my_to := coalesce(company.who_is_there(my_to), my_to);
    my_evidence := coalesce(my_evidence, '{}')
      || CASE WHEN my_to <> was_for THEN jsonb_build_object('was_for', was_for) ELSE '{}' END;
  END IF;
  -- The same message of one session is one message, however often it is sent.
  SELECT id INTO sent FROM company.inbox
  WHERE session_id = my_session AND to_role = my_to AND kind = my_kind AND level = my_level
    AND left(subject, 197) = left(coalesce(my_subject, ''), 197)
    AND left(body, 3997) = left(my_body, 3997) AND length(body) = least(length(my_body), 4000)
    AND finding_id IS NOT DISTINCT FROM my_finding AND decision_id IS NOT DISTINCT FROM my_decision
  ORDER BY id LIMIT 1;
  IF FOUND THEN
    RETURN sent;
  END IF;
  IF (my_kind = 'note' AND company.is_first_note(my_session)) IS NOT TRUE
    AND NOT company.may_say(my_kind, concat_ws(': ', nullif(my_subject, ''), my_body)) THEN
    RETURN NULL;
  END IF;
  INSERT INTO company.inbox (to_role, from_role, kind, level, subject, body, evidence, finding_id, decision_id,
    session_id)
  VALUES (my_to, company.me(), my_kind, my_level, coalesce(my_subject, ''), my_body, coalesce(my_evidence, '{}'),
    my_finding, my_decision, my_session)
  RETURNING id INTO sent;
  IF my_to <> was_for THEN
    PERFORM company.alert_of_mail(sent, was_for);
  END IF;
  RETURN sent;
END $$;
GRANT EXECUTE ON FUNCTION company.send_message(text, text, text, text, text, jsonb, bigint, bigint, bigint) TO @staff@;

-- Read by the session that holds my role: when that one ends badly, nobody has read it.
CREATE OR REPLACE FUNCTION company.read_inbox() RETURNS SETOF company.inbox
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH unread AS (
    UPDATE company.inbox
    SET read_at = company.now(), read_in = (SELECT session_id FROM company.role_leases WHERE role = company.me())
    WHERE to_role = company.me() AND read_at IS NULL
    RETURNING *
  )
  SELECT * FROM unread ORDER BY id
$$;
GRANT EXECUTE ON FUNCTION company.read_inbox() TO @staff@;

CREATE OR REPLACE FUNCTION company.answer_message(my_message bigint, my_answer text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF my_answer ~ '\S' IS NOT TRUE THEN
    PERFORM company.refuse('mail_is_answered_with_words', format('message %s would climb no further', my_message));
  END IF;
  UPDATE company.inbox SET answered_at = company.now(), answer = my_answer
  WHERE id = my_message AND to_role = company.me() AND answered_at IS NULL;
  IF NOT FOUND THEN
    PERFORM company.refuse('one_answers_ones_own_mail_once',
      format('message %s is not an unanswered one to %s', my_message, company.me()));
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.answer_message(bigint, text) TO @staff@;
CREATE OR REPLACE TRIGGER cut_to_length BEFORE INSERT OR UPDATE ON company.inbox FOR EACH ROW
WHEN (length(NEW.subject) > 200 OR length(NEW.body) > 4000 OR length(NEW.answer) > 2000)
EXECUTE FUNCTION company.cut_to_length('subject', '200', 'body', '4000', 'answer', '2000');

-- Mail is read by whom it concerns: the two ends, the CEO, those who audit, and the owner.
ALTER TABLE company.inbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY mail_is_read_by_whom_it_concerns ON company.inbox FOR SELECT TO @staff@
USING (company.me() IN (to_role, from_role) OR company.my_kind() IN ('ceo', 'auditor', 'owner'));
