-- Why: the owner has the last word about each change, and who of building has something new to do is woken for it
-- (scar: a broken source waited three hours for a fix that was proved).

-- The owner's word about a change. It is carried out by the auditor; a refusal counts at once, and so does that her
-- checkout has it.
CREATE OR REPLACE FUNCTION company.order_change(my_change bigint, my_order text, my_reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  was text;
  in_force text;
  outcome text;
  given bigint;
BEGIN
  PERFORM company.require_owner('only_the_owner_orders_about_changes');
  SELECT c.status, d.status INTO was, in_force FROM company.changes c
  LEFT JOIN company.deployments d ON d.change_id = c.id AND d.status IN ('started', 'live', 'kept')
  WHERE c.id = my_change;
  IF was IS NULL OR NOT (CASE my_order
    WHEN 'approve' THEN was = 'proved' AND in_force IS NULL
    WHEN 'refuse' THEN was IN ('proposed', 'proved') AND in_force IS NULL
    WHEN 'roll_back' THEN in_force IS NOT NULL
    WHEN 'prove' THEN in_force IS NULL
    WHEN 'pulled' THEN coalesce(in_force IN ('live', 'kept'), false)
    ELSE false END) THEN
    PERFORM company.refuse('an_order_fits_the_change', format('C-%s is %s, so it takes no %s', my_change,
      replace(coalesce(in_force, was, 'unknown'), '_', ' '), replace(my_order, '_', ' ')));
  END IF;
  IF my_order = 'roll_back' THEN
    PERFORM company.require_nothing_on_top(my_change);
  END IF;
  -- An approval that she has taken back since holds no place for a new one.
  IF my_order IN ('approve', 'refuse') AND company.last_word_about(my_change) IS DISTINCT FROM my_order THEN
    UPDATE company.change_orders SET done_at = company.now(), outcome = 'a later word of the owner took its place'
    WHERE change_id = my_change AND what = 'approve' AND done_at IS NULL;
  END IF;
  outcome := CASE my_order WHEN 'refuse' THEN 'not deployed' WHEN 'pulled' THEN 'the checkout has it' END;
  INSERT INTO company.change_orders (change_id, what, reason, done_at, outcome)
  VALUES (my_change, my_order, coalesce(my_reason, ''), CASE WHEN outcome IS NOT NULL THEN company.now() END, outcome)
  ON CONFLICT (change_id, what) WHERE done_at IS NULL DO NOTHING RETURNING id INTO given;
  RETURN given;
END $$;
GRANT EXECUTE ON FUNCTION company.order_change(bigint, text, text) TO @staff@;

CREATE OR REPLACE FUNCTION company.note_order_done(my_order bigint, my_session bigint, my_outcome text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_auditor_of_building();
  PERFORM company.require_open_session(my_session);
  UPDATE company.change_orders SET done_at = company.now(), outcome = my_outcome
  WHERE id = my_order AND done_at IS NULL;
END $$;
GRANT EXECUTE ON FUNCTION company.note_order_done(bigint, bigint, text) TO @staff@;

-- What was taken back without its owner's order, and is not reported: who did it may have died before.
CREATE OR REPLACE FUNCTION company.deployments_to_report() RETURNS SETOF company.deployments
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT d.* FROM company.deployments d
  WHERE (d.status = 'undone' OR d.status = 'rolled_back' AND NOT starts_with(d.reason, 'the owner ordered it'))
    AND NOT EXISTS (SELECT FROM company.findings f
      WHERE f.kind IN ('rolled_back', 'change_undone') AND f.found_at >= d.started_at
        AND f.fingerprint = format('%s:C-%s', d.status, d.change_id));
END $$;
GRANT EXECUTE ON FUNCTION company.deployments_to_report() TO @staff@;

-- A deployment that is to be settled now.
CREATE OR REPLACE FUNCTION company.is_unsettled(d company.deployments) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT d.status = 'started'
    OR d.status IN ('live', 'kept') AND company.going_back(d.id) IS NOT NULL
    OR d.status = 'live' AND (company.has_worked(d.id) OR EXISTS (SELECT FROM company.failures_since(d.id)))
$$;
GRANT EXECUTE ON FUNCTION company.is_unsettled(company.deployments) TO @staff@;

-- My open findings about changes that were taken back of which nothing is left to do, and how that came.
CREATE OR REPLACE FUNCTION company.takings_back_that_are_over() RETURNS TABLE (id bigint, how text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT o.id, o.how FROM (
    SELECT f.id, CASE
      WHEN d.status IN ('live', 'kept', 'released') THEN 'the change is in force again'
      WHEN EXISTS (SELECT FROM company.change_orders r
        WHERE r.change_id = c.id AND r.what = 'refuse' AND r.given_at >= d.ended_at) THEN 'its owner refused the change'
      WHEN EXISTS (SELECT FROM company.batches b WHERE b.source = c.subject AND b.status = 'promoted'
        AND b.staged_at > d.ended_at) THEN format('%s is read again, without the change', c.subject)
      WHEN company.pages_sent(c.id, d.ended_at) > 0 THEN 'its pages are written again, without the change'
    END AS how
    FROM company.findings f
    JOIN company.changes c ON f.fingerprint IN (format('rolled_back:C-%s', c.id), format('undone:C-%s', c.id))
    JOIN LATERAL (
      SELECT l.* FROM company.deployments l WHERE l.change_id = c.id ORDER BY l.id DESC LIMIT 1
    ) AS d ON true
    WHERE f.closed_at IS NULL AND f.found_by = company.me() AND company.may_close(f)
  ) AS o WHERE o.how IS NOT NULL
$$;
GRANT EXECUTE ON FUNCTION company.takings_back_that_are_over() TO @staff@;

-- Causes for which pages could not be written at several fires of deliver, and none was written for these customers
-- since; numbers of customers, and no names. None for which a change waits, for its auditor or for its owner's word.
CREATE OR REPLACE FUNCTION company.unwritten_pages(fires integer) RETURNS TABLE (
  file text, function text, error text, customers bigint, customer_ids bigint[], since timestamptz,
  last_good_at timestamptz, first_line bigint
)
-- In plpgsql, as what follows: each beat asks it, and to plan it takes longer than to run it.
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH failed AS (
    SELECT l.id, l.session_id, l.at, l.facts ->> 'file' AS file, l.facts ->> 'function' AS function,
      l.facts ->> 'error' AS error, c.id::bigint AS customer_id
    FROM company.session_log l, jsonb_array_elements_text(l.facts -> 'customers') AS c (id)
    WHERE l.role = 'deliver' AND l.kind = 'page_unwritten' AND l.at > company.now() - interval '7 days'
  ), served AS (
    SELECT c.id, max(d.written_at) AS written_at, max(d.ended_at) FILTER (WHERE d.status = 'sent') AS good_at
    FROM company.customers c LEFT JOIN company.deliveries d ON d.customer_id = c.id AND d.occasion <> 'correction'
    WHERE NOT c.is_paused AND c.id IN (SELECT customer_id FROM failed)
    GROUP BY c.id
  )
  SELECT f.file, f.function, f.error, count(DISTINCT f.customer_id), array_agg(DISTINCT f.customer_id), min(f.at),
    max(v.good_at), min(f.id)
  FROM failed f JOIN served v ON v.id = f.customer_id AND f.at > coalesce(v.written_at, '-infinity')
  GROUP BY f.file, f.function, f.error
  HAVING count(DISTINCT f.session_id) >= fires AND NOT EXISTS (
    SELECT FROM company.changes c JOIN company.task_queue t ON t.id = c.task_id
    WHERE t.payload @> jsonb_build_object('kind', 'page_unwritten', 'file', f.file, 'function', f.function,
        'error', f.error)
      AND (c.status = 'proposed' OR c.status = 'proved' AND company.leave_to_deploy(c.id) <> 'refused'
        AND NOT EXISTS (SELECT FROM company.deployments d
          WHERE d.change_id = c.id AND d.status IN ('kept', 'released', 'rolled_back', 'undone'))));
END $$;
GRANT EXECUTE ON FUNCTION company.unwritten_pages(integer) TO @staff@;

-- Whether anybody of building may have to be woken: cheap, and never no where somebody must be. Each condition is that
-- of a part of company.build_wakes_due, or a wider one.
CREATE OR REPLACE FUNCTION company.may_wake_builders(moment timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  since CONSTANT timestamptz := moment - interval '1 hour';
BEGIN
  RETURN EXISTS (SELECT FROM company.raw_documents r WHERE r.verdict = 'malformed' AND r.fetched_at > since)
    OR EXISTS (SELECT FROM company.batches b WHERE b.status = 'held' AND b.checked_at > since)
    OR EXISTS (SELECT FROM company.session_log l
      WHERE l.kind = 'page_unwritten' AND l.at > moment - interval '7 days')
    OR EXISTS (SELECT FROM company.task_queue t
      WHERE t.status = 'pending' AND t.mode IN ('build', 'scrape') AND t.created_at > since)
    OR EXISTS (SELECT FROM company.changes c WHERE c.status = 'proposed' AND c.proposed_at > since)
    OR EXISTS (SELECT FROM company.deployments d
      WHERE d.status IN ('started', 'live', 'kept') AND company.is_unsettled(d))
    OR EXISTS (SELECT FROM company.deployments_to_report())
    OR EXISTS (SELECT FROM company.change_orders o WHERE o.done_at IS NULL)
    OR EXISTS (SELECT FROM company.roster r JOIN company.deployments d ON d.live_at < r.published_at
      WHERE r.published_at > since AND d.status IN ('live', 'kept'));
END $$;

-- Who of building must be woken now, and the name of the wake; each once: a document that cannot be read, an edition
-- that is held in another form, pages that cannot be written, the tasks that follow from them, a change, a deployment
-- to settle or resume, an order.
CREATE OR REPLACE FUNCTION company.build_wakes_due(most_a_day integer) RETURNS TABLE (role text, name text)
-- In plpgsql: a session plans it once. It is long, and to plan it takes ten times as long as to run it.
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH lately AS (SELECT company.now() - interval '1 hour' AS since),
  waiting AS (
    SELECT 'scraping' AS domain, 'manager' AS kind, 'document' AS about, max(r.id) AS number,
      format('raw%s', max(r.id)) AS what
    FROM company.raw_documents r, lately
    WHERE r.verdict = 'malformed' AND r.fetched_at > lately.since
      AND EXISTS (SELECT FROM company.batches b WHERE b.source = r.source AND b.status = 'promoted')
      AND NOT EXISTS (SELECT FROM company.task_queue t WHERE t.closed_at IS NULL AND t.payload ->> 'source' = r.source
        AND t.payload ->> 'kind' IN ('malformed', 'format_changed'))
    GROUP BY r.source
    UNION ALL
    SELECT 'build', 'manager', 'edition', max(b.id), format('b%s', max(b.id)) FROM company.batches b, lately
    WHERE b.status = 'held' AND b.checked_at > lately.since
      AND EXISTS (SELECT FROM company.check_verdicts c
        WHERE c.batch_id = b.id AND c.check_name = 'details_can_be_read' AND c.severity = 'hold' AND NOT c.is_ok)
      AND NOT EXISTS (SELECT FROM company.task_queue t WHERE t.mode = 'build' AND t.closed_at IS NULL
        AND t.payload ->> 'source' = b.source)
    GROUP BY b.source
    UNION ALL
    SELECT 'build', 'manager', 'page', u.first_line, format('p%s', u.first_line)
    FROM company.unwritten_pages(2) AS u
    WHERE NOT EXISTS (SELECT FROM company.task_queue t WHERE t.mode = 'build' AND t.closed_at IS NULL
      AND t.payload @> jsonb_build_object('kind', 'page_unwritten', 'file', u.file, 'function', u.function))
    UNION ALL
    SELECT CASE t.mode WHEN 'scrape' THEN 'scraping' ELSE t.mode END, 'worker', 'task', t.id, format('t%s', t.id)
    FROM company.task_queue t, lately
    WHERE t.status = 'pending' AND t.created_at > lately.since AND (t.mode = 'build'
      OR (t.mode = 'scrape' AND t.payload ->> 'kind' = 'malformed'))
    UNION ALL
    SELECT 'build', 'auditor', 'change', c.id, format('c%s', c.id) FROM company.changes c, lately
    WHERE c.status = 'proposed' AND c.proposed_at > lately.since
    UNION ALL
    -- One that was held up is tried again soon, three times; then at the auditor's own hours.
    SELECT 'build', 'auditor', 'deployment', d.id, format('d%s-%s', d.id,
        CASE WHEN company.going_back(d.id) IS NULL THEN d.status ELSE 'back' END)
      || (SELECT coalesce('-' || nullif(least(count(*), 3), 0), '') FROM company.deployment_steps h
        WHERE h.deployment_id = d.id AND h.step = 'held_up')
    FROM company.deployments d
    JOIN company.sessions s ON s.id = (SELECT max(l.session_id) FROM company.deployment_steps l
      WHERE l.deployment_id = d.id)
    WHERE d.status IN ('started', 'live', 'kept') AND company.is_unsettled(d)
      AND (d.status = 'live' AND company.going_back(d.id) IS NULL OR s.finished_at IS NOT NULL)
    UNION ALL
    SELECT 'build', 'auditor', 'taking back', d.id, format('b%s', d.id) FROM company.deployments_to_report() d
    UNION ALL
    SELECT 'build', 'auditor', 'order', o.id, format('o%s', o.id) FROM company.change_orders o
    WHERE o.done_at IS NULL
    UNION ALL
    -- A deploy of the owner's may have undone what is in force.
    SELECT 'build', 'auditor', 'deploy of the owner', extract(epoch FROM max(r.published_at))::bigint,
      format('r%s', extract(epoch FROM max(r.published_at))::bigint)
    FROM company.roster r
    WHERE EXISTS (SELECT FROM company.deployments d
      WHERE d.status IN ('live', 'kept') AND d.live_at < r.published_at)
    HAVING max(r.published_at) > (SELECT since FROM lately)
  ), named AS (
    SELECT r.role, w.about, w.number, format('wake-%s-%s', r.role, w.what) AS name FROM waiting w
    JOIN company.roster r ON r.role = w.domain || '_' || w.kind
  )
  SELECT DISTINCT ON (n.role) n.role, n.name FROM named n
  WHERE NOT EXISTS (SELECT FROM company.slots s WHERE s.schedule = n.name)
    AND NOT EXISTS (
      SELECT FROM company.slots s
      WHERE s.role = n.role AND s.is_wake AND s.status = 'expected' AND s.due_at >= company.now()
    )
    AND (
      SELECT count(*) FROM company.slots s
      WHERE s.role = n.role AND s.is_wake AND s.due_at > company.now() - interval '1 day'
    ) < most_a_day
  -- C-9 before C-10: the oldest change is judged first, whatever the wake is called, and that wake is used up.
  ORDER BY n.role, array_position(ARRAY['edition', 'taking back', 'change', 'deployment', 'order', 'page', 'document',
    'deploy of the owner', 'task'], n.about), n.number, n.name;
END $$;
GRANT EXECUTE ON FUNCTION company.build_wakes_due(integer) TO @login:heartbeat@;
