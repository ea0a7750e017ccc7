-- Why: an action at level ask goes out only after one question to the owner. The content is fixed when it is asked; a
-- yes releases exactly that, once, and silence releases nothing (scar: a yes to one page sent another).

GRANT SELECT ON company.approvals TO @staff@;

CREATE OR REPLACE FUNCTION company.set_approval(my_action text, my_level text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_owner('only_the_owner_approves');
  UPDATE company.approvals SET level = my_level, changed_at = company.now(), changed_by = company.me()
  WHERE action = my_action;
  IF NOT FOUND THEN
    PERFORM company.refuse('only_a_known_action_is_approved', my_action || ' is not an action');
  END IF;
  IF my_level = 'closed' THEN
    -- Apart from the level's own statement, which may have waited for an entry that was just being recorded.
    UPDATE company.approvals SET closed_to = coalesce((SELECT max(id) FROM company.outbox), 0) WHERE action = my_action;
    PERFORM company.decline_waiting_entries(my_action);
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.set_approval(text, text) TO @staff@;

-- The brain went back: it would send again what has left already, so each action that goes out by itself is asked for,
-- and what was allowed is asked about once more. heartbeat only takes leave away; the owner alone gives it.
CREATE OR REPLACE FUNCTION company.hold_outward_acts() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  held integer;
BEGIN
  PERFORM company.require_heartbeat();
  UPDATE company.approvals SET level = 'ask', changed_at = company.now(), changed_by = company.me()
  WHERE level = 'open' AND action <> 'act_by_model';
  GET DIAGNOSTICS held = ROW_COUNT;
  PERFORM company.ask_once_more('the brain went back, and it may have left before');
  RETURN held;
END $$;
GRANT EXECUTE ON FUNCTION company.hold_outward_acts() TO @login:heartbeat@;

-- What the owner allowed waits again, with the reason for her; a post that left the queue meanwhile stays as it is.
CREATE OR REPLACE FUNCTION company.ask_once_more(because text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  asked bigint[];
BEGIN
  WITH allowed AS (
    SELECT id, decision_id FROM company.outbox o
    WHERE status = 'allowed' AND action <> 'act_by_model' AND (action <> 'publish'
      OR EXISTS (SELECT FROM company.drafts d WHERE d.id::text = o.payload ->> 'draft' AND d.status = 'audited'))
    ORDER BY id FOR UPDATE
  ), held AS (
    UPDATE company.outbox o SET status = 'waiting', decision_id = NULL, receipt = because
    FROM allowed a WHERE o.id = a.id RETURNING a.decision_id
  )
  SELECT array_agg(DISTINCT h.decision_id) INTO asked FROM held h;
  UPDATE company.decisions d SET acted_at = company.now(), outcome = 'asked once more: ' || because
  WHERE d.id = ANY (asked) AND d.acted_at IS NULL
    AND NOT EXISTS (SELECT FROM company.outbox o WHERE o.decision_id = d.id);
END $$;

-- The wording for an action: the question, what a yes does, what a no does.
CREATE OR REPLACE FUNCTION company.approval_wording(
  my_action text, n integer, OUT question text, OUT if_yes text, OUT if_no text
)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE my_action
    WHEN 'deliver' THEN CASE n WHEN 1 THEN 'Send this page to its customer?'
      ELSE format('Send these %s pages to customers?', n) END
    WHEN 'correct' THEN CASE n WHEN 1 THEN 'Send this correction?' ELSE format('Send these %s corrections?', n) END
    WHEN 'publish' THEN CASE n WHEN 1 THEN 'Publish this post?' ELSE format('Publish these %s posts?', n) END
    WHEN 'brief' THEN 'Mail the brief?'
    WHEN 'act_by_model' THEN 'Let the model act for a day?'
    ELSE format('Send %s of %s?', n, my_action) END,
  CASE my_action
    WHEN 'act_by_model' THEN 'employees work by the model for 24 h from your answer; then you are asked again'
    ELSE CASE n WHEN 1 THEN 'sent as it was written, once'
      ELSE format('these %s are sent as they were written, each once', n) END END,
  CASE my_action
    WHEN 'deliver' THEN 'not sent; the next daily page covers this time too'
    WHEN 'correct' THEN 'not sent; what comes next says only what is so'
    WHEN 'publish' THEN 'not published; out of the queue'
    WHEN 'brief' THEN 'not mailed; it stays on the console'
    WHEN 'act_by_model' THEN 'the book works on, the model in its shadow; asked again in 7 days'
    ELSE 'nothing is sent' END
$$;

-- One question about all entries of mine that wait and were not asked about; while it is open, later entries wait for
-- the next one. The database makes the question, so that no asker can word it otherwise. The second use is
-- act_by_model's, whose question is the CEO's.
CREATE OR REPLACE FUNCTION company.ask_about_waiting(
  my_action text, asker text, my_answer_by timestamptz, my_recommendation text, my_background text
)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  waiting bigint[];
  wording record;
  asked bigint;
  unread text;
BEGIN
  SELECT array_agg(o.id ORDER BY o.id) INTO waiting FROM (
    SELECT id FROM company.outbox WHERE action = my_action AND by_role = asker AND status = 'waiting'
      AND decision_id IS NULL
    ORDER BY id FOR UPDATE
  ) AS o;
  IF waiting IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT * INTO wording FROM company.approval_wording(my_action, cardinality(waiting));
  SELECT format(' You wrote "%s" to D-%s; only yes or no is acted upon.', left(d.answer_text, 120), d.id) INTO unread
  FROM company.decisions d
  WHERE d.id = (SELECT max(id) FROM company.decisions WHERE fingerprint = 'approval:' || my_action || ':' || asker
    AND asked_by = asker)
    AND d.answer IS NULL AND d.answered_by = 'owner';
  INSERT INTO company.decisions (fingerprint, question, background, options, recommendation, default_option, asked_by,
    answer_by, subject)
  VALUES (
    'approval:' || my_action || ':' || asker, wording.question, concat(my_background, unread),
    jsonb_build_object('yes', wording.if_yes, 'no', wording.if_no), my_recommendation, 'no', asker, my_answer_by,
    jsonb_build_object('action', my_action, 'entries', to_jsonb(waiting))
  )
  ON CONFLICT (fingerprint, asked_by) WHERE answered_at IS NULL DO NOTHING
  RETURNING id INTO asked;
  UPDATE company.outbox SET decision_id = asked WHERE asked IS NOT NULL AND id = ANY (waiting);
  RETURN asked;
END $$;

-- The waiting entries in one line: to whom, the subject, and what is to be known of it.
CREATE OR REPLACE FUNCTION company.entries_in_a_line(my_action text, asker text, most integer) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT string_agg(format('%s: "%s"%s', to_whom, left(subject, 70), ' (' || receipt || ')'), '; ' ORDER BY id)
      FILTER (WHERE n <= most)
    || CASE WHEN count(*) > most THEN format('; and %s more', count(*) - most) ELSE '' END
    || format('. In full: watchbill approvals --waiting.')
  FROM (
    SELECT id, to_whom, subject, receipt, row_number() OVER (ORDER BY id) AS n
    FROM company.outbox WHERE action = my_action AND by_role = asker AND status = 'waiting' AND decision_id IS NULL
  ) AS waiting
$$;

CREATE OR REPLACE FUNCTION company.ask_approval(my_action text, my_session bigint, my_answer_by timestamptz)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_open_session(my_session);
  IF NOT EXISTS (SELECT FROM company.roster r WHERE r.role = company.me() AND my_action = ANY (r.outward)) THEN
    PERFORM company.refuse('an_action_is_on_ones_record', format('%s may not %s', company.me(), my_action));
  END IF;
  -- Nothing waits at closed; and a closing at this moment finds the question, or this finds it closed.
  PERFORM FROM company.approvals WHERE action = my_action AND level <> 'closed' FOR SHARE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  RETURN company.ask_about_waiting(my_action, company.me(), my_answer_by, 'yes',
    company.entries_in_a_line(my_action, company.me(), 5));
END $$;
GRANT EXECUTE ON FUNCTION company.ask_approval(text, bigint, timestamptz) TO @staff@;

-- Closing an action declines what waits: the open question is answered with no, and what was approved and not sent
-- stays unsent; so does a page that a fire which is over had recorded. What a fire that is still at work has recorded
-- is declined when it is taken, by closed_to also after the action was opened again.
CREATE OR REPLACE FUNCTION company.decline_waiting_entries(my_action text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.settle_decision(d.id, 'no', my_action || ' was closed')
  FROM company.decisions d
  WHERE d.answered_at IS NULL
    AND d.id IN (SELECT decision_id FROM company.outbox WHERE action = my_action AND status = 'waiting');
  PERFORM company.decline_entries(array_agg(id), my_action || ' was closed by the owner')
  FROM company.outbox o
  WHERE action = my_action AND (status IN ('waiting', 'allowed')
    OR status IN ('recorded', 'unknown') AND company.is_left_behind(o)
      AND EXISTS (SELECT FROM company.deliveries d WHERE d.outbox_id = o.id AND d.status IN ('waiting', 'recorded')));
END $$;

-- The level at which the model may act now: a yes opens one day.
CREATE OR REPLACE FUNCTION company.model_approval_level() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN a.level = 'ask' AND EXISTS (
    SELECT FROM company.outbox o JOIN company.decisions d ON d.id = o.decision_id
    WHERE o.action = 'act_by_model' AND o.status = 'allowed' AND d.answered_at > company.now() - interval '24 hours'
  ) THEN 'open' ELSE a.level END
  FROM company.approvals a WHERE a.action = 'act_by_model'
$$;
GRANT EXECUTE ON FUNCTION company.model_approval_level() TO @staff@;

-- Asked when a model ran beside the book in ten fires within a week, with the figures of that; after a no, or without
-- an answer, again in seven days.
CREATE OR REPLACE FUNCTION company.ask_for_a_model_day(my_session bigint, my_answer_by timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  fires integer;
  differing integer;
BEGIN
  PERFORM company.require_open_session(my_session);
  PERFORM FROM company.approvals WHERE action = 'act_by_model' FOR SHARE;
  SELECT count(*), count(*) FILTER (WHERE l.facts ->> 'differ' IS DISTINCT FROM '0') INTO fires, differing
  FROM company.session_log l WHERE l.kind = 'shadow' AND l.at > company.now() - interval '7 days';
  IF fires < 10 OR company.model_approval_level() <> 'ask' OR EXISTS (
    SELECT FROM company.decisions d WHERE d.fingerprint = 'approval:act_by_model:ceo' AND d.asked_by = 'ceo'
      AND (d.answered_at IS NULL OR company.was_asked_lately(d, d.finding_id, d.subject))
  ) THEN
    RETURN NULL;
  END IF;
  INSERT INTO company.outbox (action, dedupe_key, to_whom, subject, content_sha256, status, by_role, session_id)
  VALUES ('act_by_model', format('act_by_model:%s', company.now()), 'the company', 'a day of acting by the model',
    sha256('a day'), 'waiting', 'ceo', my_session)
  ON CONFLICT (dedupe_key, action) DO NOTHING;
  RETURN company.ask_about_waiting('act_by_model', 'ceo', my_answer_by, CASE differing WHEN 0 THEN 'yes' ELSE 'no' END,
    format('In 7 days the model ran beside the book in %s and differed in %s. '
      'How: watchbill logs, lines of kind shadow.', company.counted(fires, 'fire'), differing));
END $$;
GRANT EXECUTE ON FUNCTION company.ask_for_a_model_day(bigint, timestamptz) TO @staff@;

CREATE OR REPLACE FUNCTION company.may_undo_by_model() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM company.approvals WHERE action = 'undo_by_model' AND level = 'open')
    -- A session that used a model has rows in company.spend; one that works by its book alone has none. One that ended
    -- within the longest time of a function may still act: it would only have to end its session first.
    OR NOT EXISTS (
      SELECT FROM company.sessions s JOIN company.spend p ON p.session_id = s.id
      WHERE s.role = company.me() AND coalesce(s.finished_at > company.now() - interval '16 minutes', true)
    )
$$;
