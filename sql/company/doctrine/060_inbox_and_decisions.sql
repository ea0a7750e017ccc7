-- Why: news goes up the line with its evidence, and the few questions for the human are asked so that silence is safe.

-- Notes and escalations go to whom one reports to, or straight to the CEO; the alarm of one who watches (a machine, an auditor) may
-- go to anybody; the CEO and the owner write to all.
CREATE OR REPLACE FUNCTION company.send_message(
  my_to text, my_kind text, my_level text, my_subject text, my_body text, my_evidence jsonb,
  my_finding bigint, my_decision bigint, my_session bigint
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  sent bigint;
BEGIN
  IF my_session IS NOT NULL THEN
    PERFORM company.require_living_session(my_session);
  END IF;
  IF coalesce(company.my_kind(), '') NOT IN ('ceo', 'owner') AND (my_kind = 'alarm' AND company.my_kind() IN ('machine', 'auditor')) IS NOT TRUE
    AND NOT EXISTS (
    SELECT FROM company.roster WHERE role = company.me() AND (reports_to = my_to OR (my_to = 'ceo' AND reports_to <> 'owner'))
  ) THEN
    PERFORM company.refuse('messages_go_up_the_line', format('%s does not report to %s', company.me(), my_to));
  END IF;
  IF my_kind = 'note' AND company.my_kind() = 'manager' THEN
    PERFORM company.require_sound_note(my_body);
  END IF;
  INSERT INTO company.inbox (to_role, from_role, kind, level, subject, body, evidence, finding_id, decision_id, session_id)
  VALUES (my_to, company.me(), my_kind, my_level, coalesce(my_subject, ''), my_body, coalesce(my_evidence, '{}'), my_finding, my_decision, my_session)
  RETURNING id INTO sent;
  RETURN sent;
END $$;

CREATE OR REPLACE FUNCTION company.read_inbox() RETURNS SETOF company.inbox
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH unread AS (
    UPDATE company.inbox SET read_at = company.now() WHERE to_role = company.me() AND read_at IS NULL RETURNING *
  )
  SELECT * FROM unread ORDER BY id
$$;

CREATE OR REPLACE FUNCTION company.answer_message(my_message bigint, my_answer text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE company.inbox SET answered_at = company.now(), answer = my_answer
  WHERE id = my_message AND to_role = company.me() AND answered_at IS NULL;
  IF NOT FOUND THEN
    PERFORM company.refuse('one_answers_ones_own_mail_once', format('message %s is not an unanswered one to %s', my_message, company.me()));
  END IF;
END $$;

CREATE OR REPLACE FUNCTION company.ask_decision(
  my_fingerprint text, my_question text, my_background text, my_unknown text, my_options jsonb, my_recommendation text,
  my_default text, my_answer_by timestamptz, my_finding bigint, my_subject jsonb, OUT decision_id bigint, OUT is_new boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(company.my_kind(), '') NOT IN ('manager', 'ceo') THEN
    PERFORM company.refuse('only_managers_and_the_ceo_ask_the_owner', coalesce(company.me(), session_user) || ' escalates to its manager instead');
  END IF;
  IF starts_with(my_fingerprint, 'leave:') THEN
    PERFORM company.refuse('the_house_itself_asks_leave', 'a question about an outward act is worded by ask_leave');
  END IF;
  INSERT INTO company.decisions (
    fingerprint, question, background, unknown, options, recommendation, default_option, asked_by, answer_by, finding_id, subject
  )
  VALUES (
    my_fingerprint, my_question, coalesce(my_background, ''), coalesce(my_unknown, ''), my_options, my_recommendation, my_default,
    company.me(), my_answer_by, my_finding, coalesce(my_subject, '{}')
  )
  ON CONFLICT (fingerprint) WHERE answered_at IS NULL DO NOTHING
  RETURNING id INTO decision_id;
  is_new := decision_id IS NOT NULL;
  IF NOT is_new THEN
    SELECT id INTO decision_id FROM company.decisions WHERE fingerprint = my_fingerprint AND answered_at IS NULL;
  END IF;
END $$;

-- An answer of the owner's, with an option or in words; words alone leave the option to the asker's reading, quoted at its next boot.
-- Whether it is the owner who answers is for the two who call this: nobody else may.
CREATE OR REPLACE FUNCTION company.settle_decision(my_decision bigint, my_option text, my_words text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  d company.decisions;
BEGIN
  SELECT * INTO d FROM company.decisions WHERE id = my_decision FOR UPDATE;
  IF d.id IS NULL THEN
    PERFORM company.refuse('one_answers_only_a_decision_that_was_asked', format('there is no D-%s', my_decision));
  END IF;
  IF d.answered_at IS NOT NULL THEN
    PERFORM company.refuse('a_decision_is_answered_once', format('D-%s was answered "%s" by %s', my_decision, coalesce(d.answer, d.answer_text), d.answered_by));
  END IF;
  IF my_option IS NULL AND coalesce(btrim(my_words), '') = '' THEN
    PERFORM company.refuse('an_answer_says_something', format('D-%s was given neither an option nor words', my_decision));
  END IF;
  IF my_option IS NOT NULL AND NOT d.options ? my_option THEN
    PERFORM company.refuse('an_answer_is_one_of_the_options', format('D-%s offers %s', my_decision,
      (SELECT string_agg(k, ', ') FROM jsonb_object_keys(d.options) AS k)));
  END IF;
  UPDATE company.decisions
  SET answer = my_option, answer_text = my_words, answered_by = 'owner', answered_at = company.now()
  WHERE id = my_decision;
  INSERT INTO company.inbox (to_role, from_role, kind, level, subject, body, decision_id)
  VALUES (d.asked_by, 'owner', 'note', 'today', format('D-%s answered', d.id),
    format('The owner answered D-%s (%s): %s', d.id, d.question, concat_ws(' ', my_option, '"' || my_words || '"')), d.id);
  RETURN d.asked_by;
END $$;
REVOKE EXECUTE ON FUNCTION company.settle_decision(bigint, text, text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION company.answer_decision(my_decision bigint, my_option text, my_words text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.my_kind() IS DISTINCT FROM 'owner' THEN
    PERFORM company.refuse('only_the_owner_decides', coalesce(company.me(), session_user) || ' may ask, not answer');
  END IF;
  RETURN company.settle_decision(my_decision, my_option, my_words);
END $$;

-- After its hour an unanswered decision takes its default, which opens, sends, spends and deploys nothing.
CREATE OR REPLACE FUNCTION company.let_silence_answer() RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(company.my_kind(), '') <> 'ceo' THEN
    PERFORM company.refuse('only_the_ceo_notes_silence', coalesce(company.me(), session_user) || ' is not the ceo');
  END IF;
  RETURN QUERY
  WITH silent AS (
    UPDATE company.decisions SET answer = default_option, answered_by = 'silence', answered_at = company.now()
    WHERE answered_at IS NULL AND answer_by <= company.now()
    RETURNING *
  ), told AS (
    INSERT INTO company.inbox (to_role, from_role, kind, level, subject, body, decision_id)
    SELECT s.asked_by, 'ceo', 'note', 'brief', format('D-%s answered by silence', s.id),
      format('Nobody answered D-%s (%s): its default holds, %s.', s.id, s.question, s.answer), s.id
    FROM silent s WHERE s.asked_by <> 'ceo'
  )
  SELECT id FROM silent;
END $$;

CREATE OR REPLACE FUNCTION company.note_decision_acted(my_decision bigint, my_outcome text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE company.decisions SET acted_at = company.now(), outcome = my_outcome
  WHERE id = my_decision AND asked_by = company.me() AND answered_at IS NOT NULL AND acted_at IS NULL;
  IF NOT FOUND THEN
    PERFORM company.refuse('one_acts_once_on_ones_own_answered_decision', format('D-%s is not that for %s', my_decision, company.me()));
  END IF;
END $$;

CREATE OR REPLACE FUNCTION company.set_switch(my_switch text, my_value text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.my_kind() IS DISTINCT FROM 'owner' THEN
    PERFORM company.refuse('only_the_owner_sets_switches', coalesce(company.me(), session_user) || ' is not the owner');
  END IF;
  -- Whatever is not 'stopped' runs on: a slip of the pen must not look like a stop.
  IF my_switch = 'company' AND my_value NOT IN ('running', 'stopped') THEN
    PERFORM company.refuse('the_company_is_running_or_stopped', my_value || ' is neither');
  END IF;
  INSERT INTO company.switches (switch, value, changed_by) VALUES (my_switch, my_value, company.me())
  ON CONFLICT (switch) DO UPDATE SET value = excluded.value, changed_at = company.now(), changed_by = excluded.changed_by;
END $$;
