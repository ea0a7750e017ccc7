-- Why: the queue's one vocabulary and its few transitions. A status is a promise to every other reader, so nobody
-- writes one by hand.

GRANT SELECT ON company.task_queue, company.task_events TO @staff@;

CREATE OR REPLACE FUNCTION company.note_task_event(my_task bigint, my_session bigint, was text, becomes text, why text)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO company.task_events (task_id, by_role, session_id, from_status, to_status, reason)
  VALUES (my_task, coalesce(company.me(), session_user), my_session, was, becomes, why);
END $$;

-- A live dedupe_key of mine returns the live task: asking twice is one task. Another's task of the same key is another
-- task, and none is put off for so long that nobody sees it any more. A role files so many new ones a day, or what
-- another one filed would never come to its turn.
CREATE OR REPLACE FUNCTION company.file_task(
  my_mode text, my_title text, my_payload jsonb, my_priority smallint, my_dedupe_key text,
  my_not_before timestamptz DEFAULT NULL,
  OUT task_id bigint, OUT is_new boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(company.my_kind(), 'auditor') = 'auditor' THEN
    PERFORM company.refuse('an_auditor_files_no_work', 'an auditor opens a finding; the manager files the task');
  END IF;
  IF my_not_before > company.now() + interval '31 days' THEN
    PERFORM company.refuse('a_task_starts_within_a_month', format('%s is later than that', my_not_before));
  END IF;
  LOOP
    INSERT INTO company.task_queue (mode, title, payload, priority, created_by, dedupe_key, not_before)
    VALUES (my_mode, my_title, coalesce(my_payload, '{}'), my_priority, company.me(), my_dedupe_key,
      greatest(my_not_before, company.now()))
    ON CONFLICT (dedupe_key, created_by) WHERE closed_at IS NULL AND dedupe_key IS NOT NULL DO NOTHING
    RETURNING id INTO task_id;
    is_new := task_id IS NOT NULL;
    IF is_new THEN
      IF NOT company.may_say('task', my_title) THEN
        PERFORM company.refuse('new_tasks_have_a_budget', format('%s has filed %s today, which is all of its day',
          company.me(), company.most_a_day('task', NULL)));
      END IF;
      PERFORM company.note_task_event(task_id, NULL, NULL, 'pending', NULL);
      RETURN;
    END IF;
    SELECT id INTO task_id FROM company.task_queue
    WHERE dedupe_key = my_dedupe_key AND created_by = company.me() AND closed_at IS NULL;
    EXIT WHEN task_id IS NOT NULL;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION company.file_task(text, text, jsonb, smallint, text, timestamptz) TO @staff@;

-- A lease without end would be work that never returns to the queue (scar: a worker keeps a dead lease).
CREATE OR REPLACE FUNCTION company.require_short_lease(lease_until timestamptz, deadline_at timestamptz) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF lease_until > deadline_at + interval '15 minutes' THEN
    PERFORM company.refuse('a_lease_ends_soon_after_its_session',
      format('the session ends at %s, the lease would at %s', deadline_at, lease_until));
  END IF;
END $$;

-- Says why nothing was claimed; returns when the one reason is that nothing waits.
CREATE OR REPLACE FUNCTION company.refuse_claim(
  wanted_mode text, my_session bigint, lease_until timestamptz, at_most integer
) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  mine record;
BEGIN
  PERFORM company.require_open_session(my_session);
  SELECT s.role, s.deadline_at, r.modes INTO mine
  FROM company.sessions s JOIN company.roster r ON r.role = s.role
  WHERE s.id = my_session;
  IF wanted_mode = ANY (mine.modes) IS NOT TRUE THEN
    PERFORM company.refuse('one_works_only_ones_own_modes', format('%s does not work mode %s', mine.role, wanted_mode));
  END IF;
  IF at_most BETWEEN 1 AND 100 IS NOT TRUE THEN
    PERFORM company.refuse('one_claims_a_hundred_tasks_at_most', format('%s is not 1 to 100', at_most));
  END IF;
  IF (lease_until > mine.deadline_at) IS NOT TRUE THEN
    PERFORM company.refuse('a_lease_outlives_its_session', format('a lease until %s ends before the session may',
      lease_until));
  END IF;
  PERFORM company.require_short_lease(lease_until, mine.deadline_at);
END $$;

-- Claims by the one workable state, the most urgent and oldest first; the lease must outlive the session that holds it.
-- Who works many small tasks claims several at once: each is held, and noted, as if it had been claimed alone, but is
-- begun by itself (begin_task); one that is claimed alone is begun. The rules stand in the one statement, and are
-- looked at one by one where it claimed nothing: in a short function each statement and each IF costs as much as a
-- task's row. One plan serves every number of tasks; with the number known, Postgres plans each claim anew, and
-- planning takes longer than claiming.
CREATE OR REPLACE FUNCTION company.claim_tasks(
  wanted_mode text, my_session bigint, lease interval, at_most integer
) RETURNS SETOF company.task_queue
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  moment timestamptz := company.now();
BEGIN
  RETURN QUERY WITH claimed AS (
    UPDATE company.task_queue AS t
    SET status = 'in_progress', claimed_by = s.role, session_id = s.id, lease_until = moment + lease,
      attempts = t.attempts + 1, begun_at = CASE at_most WHEN 1 THEN moment END
    FROM company.sessions s JOIN company.roster r ON r.role = s.role
    WHERE s.id = my_session AND s.finished_at IS NULL AND r.login = session_user AND wanted_mode = ANY (r.modes)
      AND moment + lease > s.deadline_at AND moment + lease <= s.deadline_at + interval '15 minutes'
      -- An array is looked up by the index however many are asked for; a join would be planned for a tenth of all.
      AND t.id = ANY (ARRAY(
        SELECT q.id FROM company.task_queue q
        WHERE q.status = 'pending' AND q.mode = wanted_mode AND q.not_before <= moment
        ORDER BY q.priority, q.id
        LIMIT CASE WHEN at_most BETWEEN 1 AND 100 THEN at_most ELSE 0 END
        FOR UPDATE SKIP LOCKED
      ))
    RETURNING t.*
  ), noted AS (
    INSERT INTO company.task_events (task_id, at, by_role, session_id, from_status, to_status)
    SELECT c.id, moment, c.claimed_by, my_session, 'pending', 'in_progress' FROM claimed c
  )
  SELECT c.* FROM claimed c ORDER BY c.priority, c.id;
  IF NOT FOUND THEN
    PERFORM company.refuse_claim(wanted_mode, my_session, moment + lease, at_most);
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.claim_tasks(text, bigint, interval, integer) TO @staff@;

-- One's own task, still held: the row, locked. Everything that ends or renews work starts here.
CREATE OR REPLACE FUNCTION company.hold_task(my_task bigint, my_session bigint) RETURNS company.task_queue
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  held company.task_queue;
  myself text := company.me();
BEGIN
  SELECT * INTO held FROM company.task_queue WHERE id = my_task FOR UPDATE;
  IF held.status IS DISTINCT FROM 'in_progress' OR held.claimed_by IS DISTINCT FROM myself
    OR held.session_id IS DISTINCT FROM my_session OR held.lease_until <= company.now() THEN
    PERFORM company.refuse('one_closes_only_what_is_still_ones_own',
      format('task %s is %s, held by %s in session %s', my_task, coalesce(held.status, 'unknown'),
        coalesce(held.claimed_by, 'nobody'), held.session_id));
  END IF;
  IF NOT EXISTS (SELECT FROM company.sessions WHERE id = my_session AND role = myself AND finished_at IS NULL) THEN
    PERFORM company.require_open_session(my_session);
  END IF;
  RETURN held;
END $$;

-- Says why these are not closed: a word or a wait that no worker writes, or a task that is not one's own any more, or
-- is named twice. What was ended of them is taken back.
CREATE OR REPLACE FUNCTION company.refuse_closings(my_session bigint, closings jsonb, ended bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  wrong record;
  lost record;
BEGIN
  SELECT c.status, c.wait INTO wrong
  FROM jsonb_to_recordset(closings) AS c (status text, wait interval)
  WHERE coalesce(c.status, '') NOT IN ('complete', 'failed', 'blocked', 'pending') OR c.wait > interval '1 day' LIMIT 1;
  IF wrong.wait > interval '1 day' THEN
    PERFORM company.refuse('a_task_given_back_waits_a_day_at_most', format('%s is longer', wrong.wait));
  ELSIF FOUND THEN
    PERFORM company.refuse('a_worker_ends_a_task_as_complete_failed_blocked_or_pending',
      format('%s is not among them', coalesce(wrong.status, 'nothing')));
  END IF;
  SELECT g.id, t.status, t.claimed_by, t.session_id INTO lost
  FROM (SELECT (c ->> 'task_id')::bigint AS id, n FROM jsonb_array_elements(closings) WITH ORDINALITY AS e (c, n)) AS g
  LEFT JOIN company.task_queue t ON t.id = g.id
  ORDER BY coalesce(g.id = ANY (ended), false), g.n LIMIT 1;
  IF lost.claimed_by = company.me() AND lost.session_id = my_session THEN
    PERFORM company.require_open_session(my_session);
  END IF;
  PERFORM company.refuse('one_closes_only_what_is_still_ones_own',
    format('task %s is %s, held by %s in session %s', coalesce(lost.id::text, 'without a number'),
      coalesce(lost.status, 'unknown'), coalesce(lost.claimed_by, 'nobody'), lost.session_id));
END $$;

-- Several of one's own tasks, all or none of them: each is still held (in the way of hold_task), and ends by the same
-- few words. closings: objects of task_id, status, result, is_permanent, blocked_on, blocked_action and wait. What may
-- not be closed is left out of the one statement, and a number that falls short is explained afterwards. Each is found
-- by its number: asked with =, its status would let Postgres read all leases that there are (so in 071 and 074, too).
CREATE OR REPLACE FUNCTION company.close_tasks(my_session bigint, closings jsonb)
RETURNS TABLE (task_id bigint, status text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  moment timestamptz := company.now();
  ended_ids bigint[];
  ended_as text[];
BEGIN
  WITH ended AS (
    UPDATE company.task_queue AS t
    SET status = CASE WHEN c.may_return AND t.attempts < t.max_attempts THEN 'pending' ELSE c.status END,
      claimed_by = NULL, session_id = NULL, lease_until = NULL, result = coalesce(c.result, t.result),
      blocked_on = CASE WHEN c.status = 'blocked' THEN c.blocked_on END,
      blocked_action = CASE WHEN c.status = 'blocked' THEN c.blocked_action END,
      not_before = CASE WHEN c.status = 'pending' OR c.may_return AND t.attempts < t.max_attempts
        THEN moment + coalesce(c.wait, interval '0') ELSE t.not_before END,
      closed_at = CASE WHEN c.status = 'complete' OR c.status = 'failed'
        AND NOT (c.may_return AND t.attempts < t.max_attempts) THEN moment END
    FROM (
      SELECT g.*, s.role, g.status = 'failed' AND NOT coalesce(g.is_permanent, true) AS may_return
      FROM jsonb_to_recordset(closings) AS g (task_id bigint, status text, result jsonb, is_permanent boolean,
        blocked_on text, blocked_action text, wait interval)
      JOIN company.sessions s ON s.id = my_session AND s.finished_at IS NULL
      JOIN company.roster r ON r.role = s.role AND r.login = session_user
      WHERE g.status IN ('complete', 'failed', 'blocked', 'pending') AND (g.wait > interval '1 day') IS NOT TRUE
    ) AS c
    WHERE t.id = c.task_id AND t.status IS NOT DISTINCT FROM 'in_progress' AND t.claimed_by = c.role
      AND t.session_id = my_session AND t.lease_until > moment
    RETURNING t.id, t.status, c.role, coalesce(c.result ->> 'reason', c.blocked_action) AS reason
  ), noted AS (
    INSERT INTO company.task_events (task_id, at, by_role, session_id, from_status, to_status, reason)
    SELECT e.id, moment, e.role, my_session, 'in_progress', e.status, e.reason FROM ended e
  )
  SELECT coalesce(array_agg(e.id), '{}'), array_agg(e.status) INTO ended_ids, ended_as FROM ended e;
  IF cardinality(ended_ids) <> jsonb_array_length(closings) THEN
    PERFORM company.refuse_closings(my_session, closings, ended_ids);
  END IF;
  FOR n IN 1 .. cardinality(ended_ids) LOOP
    task_id := ended_ids[n];
    status := ended_as[n];
    RETURN NEXT;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION company.close_tasks(bigint, jsonb) TO @staff@;

CREATE OR REPLACE FUNCTION company.renew_lease(my_task bigint, my_session bigint, lease interval) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  held company.task_queue := company.hold_task(my_task, my_session);
BEGIN
  PERFORM company.require_short_lease(company.now() + lease,
    (SELECT deadline_at FROM company.sessions WHERE id = my_session));
  UPDATE company.task_queue SET lease_until = greatest(held.lease_until, company.now() + lease) WHERE id = my_task;
  RETURN greatest(held.lease_until, company.now() + lease);
END $$;
GRANT EXECUTE ON FUNCTION company.renew_lease(bigint, bigint, interval) TO @staff@;
