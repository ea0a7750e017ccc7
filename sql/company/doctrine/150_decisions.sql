-- Why: the few questions for the owner are asked so that silence does nothing, and each answer reaches its asker.

GRANT SELECT ON company.decisions TO @staff@;

-- The same question, open or answered lately, is returned instead of a new one; no number for one that was set aside,
-- because the asker's questions of the day are used. It waits for two weeks at most.
CREATE OR REPLACE FUNCTION company.ask_decision(
  my_fingerprint text, my_question text, my_background text, my_unknown text, my_options jsonb, my_recommendation text,
  my_default text, my_answer_by timestamptz, my_finding bigint, my_subject jsonb, OUT decision_id bigint,
  OUT is_new boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  about CONSTANT jsonb := coalesce(my_subject, '{}');
  schedules CONSTANT text[] := company.schedules_in(about);
  offered CONSTANT jsonb := company.short_options(my_options);
  last company.decisions;
BEGIN
  IF coalesce(company.my_kind(), '') NOT IN ('manager', 'ceo') THEN
    PERFORM company.refuse('only_managers_and_the_ceo_ask_the_owner',
      coalesce(company.me(), session_user) || ' escalates to its manager instead');
  END IF;
  IF starts_with(my_fingerprint, 'approval:') THEN
    PERFORM company.refuse('approval_is_asked_by_the_database',
      'ask_approval makes the question about an approval');
  END IF;
  -- Another's question is never the same: its answer goes to the one who asked.
  SELECT * INTO last FROM company.decisions
  WHERE fingerprint = my_fingerprint AND asked_by = company.me()
  ORDER BY id DESC LIMIT 1;
  IF (last.id IS NOT NULL AND last.answered_at IS NULL) OR company.was_asked_lately(last, my_finding, about) THEN
    decision_id := last.id;
    is_new := false;
    RETURN;
  END IF;
  IF NOT company.may_say('question', my_question) THEN
    is_new := false;
    RETURN;
  END IF;
  INSERT INTO company.decisions (
    fingerprint, question, background, unknown, options, recommendation, default_option, asked_by, answer_by,
    finding_id, subject
  )
  VALUES (
    my_fingerprint, CASE WHEN schedules <> '{}' THEN company.question_about_schedules(schedules)
      WHEN about ? 'moved_to' THEN company.question_about_address(about) ELSE my_question END,
    coalesce(my_background, ''), coalesce(my_unknown, ''), offered, my_recommendation, my_default, company.me(),
    least(greatest(my_answer_by, company.now()), company.now() + interval '14 days'), my_finding, about
  )
  ON CONFLICT (fingerprint, asked_by) WHERE answered_at IS NULL DO NOTHING
  RETURNING id INTO decision_id;
  is_new := decision_id IS NOT NULL;
  IF NOT is_new THEN
    SELECT id INTO decision_id FROM company.decisions
    WHERE fingerprint = my_fingerprint AND asked_by = company.me() AND answered_at IS NULL;
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.ask_decision(text, text, text, text, jsonb, text, text, timestamptz, bigint, jsonb)
TO @staff@;

-- The owner's answer, with an option or a text; a text alone leaves the option open, and the asker reads it at its next
-- boot. The two functions that call this check that it is the owner who answers.
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
    PERFORM company.refuse('a_decision_is_answered_once', CASE d.answered_by
      WHEN 'silence' THEN format('D-%s expired, and nothing was done; where it still stands it is asked again a '
        'week later, or when there is news', my_decision)
      ELSE format('D-%s was answered "%s" by %s', my_decision, coalesce(d.answer, d.answer_text), d.answered_by) END);
  END IF;
  IF my_option IS NULL AND coalesce(btrim(my_words), '') = '' THEN
    PERFORM company.refuse('an_answer_says_something',
      format('D-%s was given neither an option nor words', my_decision));
  END IF;
  IF my_option IS NOT NULL AND NOT d.options ? my_option THEN
    PERFORM company.refuse('an_answer_is_one_of_the_options', format('D-%s offers %s', my_decision,
      (SELECT string_agg(k, ', ') FROM jsonb_object_keys(d.options) AS k)));
  END IF;
  -- "Yes, but not before Friday" would be done at once: what acts upon the option reads no words.
  IF my_option = ANY (company.acting_options(d.subject)) AND btrim(my_words) <> '' THEN
    PERFORM company.refuse('an_option_that_acts_has_no_condition', format('"%s" to D-%s is done at once, and nobody '
      'reads words beside it first: answer "%s" alone, or with your words alone, which do nothing', my_option,
      my_decision, my_option));
  END IF;
  UPDATE company.decisions
  SET answer = my_option, answer_text = my_words, answered_by = 'owner', answered_at = company.now()
  WHERE id = my_decision;
  INSERT INTO company.inbox (to_role, from_role, kind, level, subject, body, decision_id)
  VALUES (d.asked_by, 'owner', 'note', 'today', format('D-%s answered', d.id),
    format('The owner answered D-%s (%s): %s', d.id, d.question, concat_ws(' ', my_option, '"' || my_words || '"')),
    d.id);
  RETURN d.asked_by;
END $$;

CREATE OR REPLACE FUNCTION company.answer_decision(my_decision bigint, my_option text, my_words text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.my_kind() IS DISTINCT FROM 'owner' THEN
    PERFORM company.refuse('only_the_owner_decides', coalesce(company.me(), session_user) || ' may ask, not answer');
  END IF;
  RETURN company.settle_decision(my_decision, my_option, my_words);
END $$;
GRANT EXECUTE ON FUNCTION company.answer_decision(bigint, text, text) TO @staff@;

-- A question that nobody answered in time is expired: it holds no answer, and nothing acts upon it.
CREATE OR REPLACE FUNCTION company.let_silence_answer() RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(company.my_kind(), '') <> 'ceo' THEN
    PERFORM company.refuse('only_the_ceo_notes_silence', coalesce(company.me(), session_user) || ' is not the ceo');
  END IF;
  RETURN QUERY
  WITH silent AS (
    UPDATE company.decisions SET answered_by = 'silence', answered_at = company.now(), acted_at = company.now(),
      outcome = 'nothing was done'
    WHERE answered_at IS NULL AND answer_by <= company.now()
    RETURNING *
  ), notes AS (
    INSERT INTO company.inbox (to_role, from_role, kind, level, subject, body, decision_id)
    SELECT s.asked_by, 'ceo', 'note', 'brief', format('D-%s expired', s.id),
      format('Nobody answered D-%s (%s). It is no yes and no no: nothing is done, and it is asked again in a week, or '
        'when there is news.', s.id, s.question), s.id
    FROM silent s WHERE s.asked_by <> 'ceo'
  )
  SELECT id FROM silent;
END $$;
GRANT EXECUTE ON FUNCTION company.let_silence_answer() TO @staff@;

CREATE OR REPLACE FUNCTION company.note_decision_acted(my_decision bigint, my_outcome text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF btrim(coalesce(my_outcome, '')) = '' THEN
    PERFORM company.refuse('an_act_on_an_answer_says_what_followed', format('D-%s was given no outcome', my_decision));
  END IF;
  UPDATE company.decisions SET acted_at = company.now(), outcome = my_outcome
  WHERE id = my_decision AND asked_by = company.me() AND answered_by = 'owner' AND acted_at IS NULL;
  IF NOT FOUND THEN
    PERFORM company.refuse('one_acts_once_on_ones_own_answered_decision',
      format('D-%s is not that for %s', my_decision, company.me()));
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.note_decision_acted(bigint, text) TO @staff@;
CREATE OR REPLACE TRIGGER cut_to_length BEFORE INSERT OR UPDATE ON company.decisions FOR EACH ROW
WHEN (length(NEW.question) > 300 OR length(NEW.background) > 2000 OR length(NEW.unknown) > 600
  OR length(NEW.outcome) > 600)
EXECUTE FUNCTION company.cut_to_length('question', '300', 'background', '2000', 'unknown', '600', 'outcome', '600');

-- A question whose time ends before the owner's next brief.
CREATE OR REPLACE FUNCTION company.alert_of_urgent_question() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.answer_by < company.next_brief_at() THEN
    PERFORM company.raise_alert('decision', NEW.id, 'today',
      jsonb_build_object('question', NEW.question, 'background', NEW.background, 'answer_by', NEW.answer_by,
        'default_option', NEW.default_option,
        'options', (SELECT jsonb_agg(o ORDER BY o) FROM jsonb_object_keys(NEW.options) AS o)),
      NEW.asked_by, NEW.finding_id, NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER alert_of_urgent_question AFTER INSERT ON company.decisions
FOR EACH ROW EXECUTE FUNCTION company.alert_of_urgent_question();

-- The answer and its effect are one transaction, whether it came by a command or a link. Only the owner's own yes
-- releases an entry; what expired declines it. A text alone releases nothing and is asked again. What was withdrawn
-- while this waited for it stays withdrawn.
CREATE OR REPLACE FUNCTION company.apply_answer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  asked bigint[] := (SELECT array_agg(id) FROM company.outbox WHERE decision_id = NEW.id AND status = 'waiting');
  declined integer;
BEGIN
  -- A question about entries of the outbox names them; that of a deployment has none.
  IF asked IS NULL AND NEW.acted_at IS NULL AND starts_with(NEW.fingerprint, 'approval:')
    AND NEW.subject ? 'entries' THEN
    NEW.acted_at := NEW.answered_at;
    NEW.outcome := 'nothing of it was left to send';
  END IF;
  IF asked IS NULL THEN
    RETURN NEW;
  END IF;
  IF NEW.answer = 'yes' AND NEW.answered_by = 'owner' THEN
    UPDATE company.outbox SET status = 'allowed' WHERE id = ANY (asked) AND status = 'waiting';
    IF NOT FOUND THEN
      NEW.acted_at := NEW.answered_at;
      NEW.outcome := 'none of it waits any more';
    ELSIF NEW.subject ->> 'action' = 'act_by_model' THEN
      NEW.acted_at := NEW.answered_at;
      NEW.outcome := 'the model acts for 24 h';
    END IF;
  ELSIF NEW.answer IS NULL AND NEW.answered_by = 'owner' THEN
    UPDATE company.outbox SET decision_id = NULL WHERE id = ANY (asked) AND status = 'waiting';
    NEW.acted_at := NEW.answered_at;
    NEW.outcome := 'a text alone releases nothing; asked again';
  ELSE
    declined := company.decline_entries(asked,
      format('%s to D-%s', CASE NEW.answered_by WHEN 'silence' THEN 'silence' ELSE 'no' END, NEW.id));
    NEW.acted_at := NEW.answered_at;
    NEW.outcome := format('%s not sent', declined);
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER apply_answer BEFORE UPDATE ON company.decisions
FOR EACH ROW WHEN (OLD.answered_at IS NULL AND NEW.answered_at IS NOT NULL) EXECUTE FUNCTION company.apply_answer();

-- Whatever its words: after the constraints have looked at the options.
CREATE OR REPLACE FUNCTION company.require_harmless_default() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT NEW.default_option = ANY (company.harmless_options())
    OR NEW.default_option = ANY (company.acting_options(NEW.subject)) THEN
    PERFORM company.refuse('silence_does_nothing', format(
      'the default is one of: %s; and not an option that acts, as %s',
      array_to_string(company.harmless_options(), ', '),
      coalesce(nullif(array_to_string(company.acting_options(NEW.subject), ', '), ''), 'yes')));
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER require_harmless_default AFTER INSERT ON company.decisions
FOR EACH ROW EXECUTE FUNCTION company.require_harmless_default();
