-- Why: who proves a change puts it into force, and only with the owner's approval; one change at a time, each step a
-- row, and the way back is known before the first step (scar: two changes were deployed at once, and nobody knew which
-- of them broke).

GRANT SELECT ON company.deployments, company.deployment_steps, company.change_orders TO @staff@;

CREATE OR REPLACE FUNCTION company.require_auditor_of_building() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM company.roster me JOIN company.roster m ON m.role = me.reports_to
    WHERE me.role = company.me() AND me.kind = 'auditor' AND 'build' = ANY (m.modes)
  ) THEN
    PERFORM company.refuse('only_auditors_of_building_deploy', coalesce(company.me(), session_user) || ' is none');
  END IF;
END $$;

-- An owner who closes the action at this moment waits for this transaction, or this waits for the owner.
CREATE OR REPLACE FUNCTION company.require_leave_to_deploy(my_change bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM company.approvals WHERE action = 'deploy' FOR SHARE;
  IF company.leave_to_deploy(my_change) <> 'deploy' THEN
    PERFORM company.refuse('a_deployment_has_the_owners_approval',
      format('C-%s: %s', my_change, company.leave_to_deploy(my_change)));
  END IF;
END $$;

CREATE OR REPLACE FUNCTION company.start_deployment(my_change bigint, my_session bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  was text;
  started bigint;
BEGIN
  PERFORM company.require_auditor_of_building();
  PERFORM company.require_open_session(my_session);
  SELECT status INTO was FROM company.changes WHERE id = my_change FOR SHARE;
  IF was IS DISTINCT FROM 'proved' THEN
    PERFORM company.refuse('only_a_proved_change_is_deployed',
      format('change %s is %s', my_change, coalesce(was, 'unknown')));
  END IF;
  PERFORM company.require_leave_to_deploy(my_change);
  IF EXISTS (SELECT FROM company.deployments WHERE change_id = my_change AND status IN ('rolled_back', 'undone')) AND
    NOT EXISTS (SELECT FROM company.change_orders o WHERE o.change_id = my_change AND o.what = 'approve'
      AND o.given_at > (SELECT max(ended_at) FROM company.deployments WHERE change_id = my_change)) THEN
    PERFORM company.refuse('what_was_rolled_back_is_not_deployed_again', format('C-%s was; its owner may approve it',
      my_change));
  END IF;
  INSERT INTO company.deployments (change_id, by_role, session_id) VALUES (my_change, company.me(), my_session)
  ON CONFLICT DO NOTHING RETURNING id INTO started;
  IF started IS NULL THEN
    PERFORM company.refuse('two_changes_never_race', 'another deployment is not settled yet');
  END IF;
  INSERT INTO company.deployment_steps (deployment_id, by_role, session_id, step)
  VALUES (started, company.me(), my_session, 'started');
  RETURN started;
END $$;
GRANT EXECUTE ON FUNCTION company.start_deployment(bigint, bigint) TO @staff@;

-- A later layer holds all the changes before it, so the one below cannot be taken out alone; so is it with a page.
CREATE OR REPLACE FUNCTION company.require_nothing_on_top(my_change bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  on_top bigint;
BEGIN
  SELECT later.change_id INTO on_top FROM company.deployments d
  JOIN company.changes c ON c.id = d.change_id
  JOIN company.deployments later ON later.id > d.id AND later.status IN ('live', 'kept')
  JOIN company.changes top ON top.id = later.change_id
  WHERE d.change_id = my_change AND d.status IN ('started', 'live', 'kept')
    AND company.page_of_change(top.files) IS NOT DISTINCT FROM company.page_of_change(c.files)
  ORDER BY later.id DESC LIMIT 1;
  IF on_top IS NOT NULL THEN
    PERFORM company.refuse('the_newest_is_rolled_back_first',
      format('C-%s was deployed on top of C-%s: roll C-%s back first', on_top, my_change, on_top));
  END IF;
END $$;

-- How a deployment is to end that somebody has begun to take back, and why; null where nobody has.
CREATE OR REPLACE FUNCTION company.going_back(my_deployment bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.facts FROM company.deployment_steps s
  WHERE s.deployment_id = my_deployment AND s.step = 'taking_back' ORDER BY s.id DESC LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION company.going_back(bigint) TO @staff@;

-- A step that was done. The facts with which a deployment is resumed or taken back are kept before they are needed.
CREATE OR REPLACE FUNCTION company.note_deployment(
  my_deployment bigint, my_session bigint, my_step text, my_facts jsonb
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  is_end CONSTANT boolean := my_step IN ('kept', 'rolled_back', 'withdrawn', 'undone', 'released');
  d company.deployments;
  is_going_back boolean;
BEGIN
  PERFORM company.require_auditor_of_building();
  PERFORM company.require_open_session(my_session);
  SELECT * INTO d FROM company.deployments WHERE id = my_deployment FOR UPDATE;
  is_going_back := company.going_back(my_deployment) IS NOT NULL;
  IF d.id IS NULL OR NOT (CASE my_step
    WHEN 'planned' THEN d.status = 'started'
    WHEN 'layer_published' THEN d.status = 'started'
    WHEN 'function_published' THEN d.status = 'started'
    WHEN 'held_up' THEN d.status = 'started' AND NOT is_going_back
    WHEN 'moving' THEN d.status = 'started' AND NOT is_going_back
    WHEN 'live' THEN d.status = 'started' AND NOT is_going_back
    WHEN 'kept' THEN d.status = 'live' AND NOT is_going_back
    WHEN 'taking_back' THEN d.status IN ('started', 'live', 'kept')
    WHEN 'rolled_back' THEN d.status IN ('started', 'live', 'kept')
    WHEN 'withdrawn' THEN d.status = 'started'
    WHEN 'undone' THEN d.status IN ('live', 'kept')
    WHEN 'released' THEN d.status IN ('live', 'kept')
    ELSE false END) THEN
    PERFORM company.refuse('a_deployment_goes_step_by_step',
      format('deployment %s is %s, and cannot be %s', my_deployment, coalesce(d.status, 'unknown'), my_step));
  END IF;
  IF my_step = 'moving' OR (my_step = 'live' AND NOT EXISTS (SELECT FROM company.deployment_steps s
    WHERE s.deployment_id = my_deployment AND s.step = 'moving')) THEN
    PERFORM company.require_leave_to_deploy(d.change_id);
  END IF;
  IF 'rolled_back' IN (my_step, my_facts ->> 'end') THEN
    PERFORM company.require_nothing_on_top(d.change_id);
  END IF;
  UPDATE company.deployments SET
    status = CASE WHEN my_step = 'live' OR is_end THEN my_step ELSE status END,
    functions = functions || coalesce(my_facts -> 'functions', '{}'),
    layer_arn = coalesce(my_facts ->> 'layer_arn', layer_arn),
    layer_sha256 = coalesce(my_facts ->> 'layer_sha256', layer_sha256),
    live_at = CASE my_step WHEN 'live' THEN company.now() ELSE live_at END,
    ended_at = CASE WHEN is_end THEN company.now() ELSE ended_at END,
    reason = CASE WHEN is_end THEN my_facts ->> 'reason' ELSE reason END,
    evidence = coalesce(my_facts -> 'evidence', evidence)
  WHERE id = my_deployment;
  INSERT INTO company.deployment_steps (deployment_id, by_role, session_id, step, facts)
  VALUES (my_deployment, company.me(), my_session, my_step, my_facts);
END $$;
GRANT EXECUTE ON FUNCTION company.note_deployment(bigint, bigint, text, jsonb) TO @staff@;

-- What went wrong since a deployment went live, one line each: a watched function that failed and had not failed so
-- before, one that did not even begin though its schedule is on, a source whose editions are put aside more than
-- before, pages that cannot be written as its task has it or newly so, a pipeline that flow_check found still.
CREATE OR REPLACE FUNCTION company.failures_since(my_deployment bigint) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH d AS (SELECT * FROM company.deployments WHERE id = my_deployment),
  watched AS (SELECT f.value ->> 'role' AS role FROM d, jsonb_each(d.functions) AS f)
  SELECT format('%s %s: %s', s.role, s.outcome, left(coalesce(s.reason, 'no reason'), 120))
  FROM d, company.sessions s
  WHERE s.started_at >= d.live_at AND s.outcome IN ('failed', 'crashed', 'timed_out')
    AND s.role IN (SELECT role FROM watched)
    AND NOT EXISTS (
      SELECT FROM company.sessions b
      WHERE b.role = s.role AND b.started_at BETWEEN d.live_at - interval '1 day' AND d.live_at
        AND b.outcome = s.outcome AND b.reason IS NOT DISTINCT FROM s.reason
    )
  UNION ALL
  SELECT format('%s did not begin at %s: %s', s.role, to_char(s.due_at AT TIME ZONE 'UTC', 'HH24:MI'), s.reason)
  FROM d, company.slots s
  JOIN company.schedules on_aws ON on_aws.schedule = s.schedule AND on_aws.state = 'ENABLED' AND on_aws.gone_at IS NULL
  WHERE s.due_at >= d.live_at AND s.status = 'missed' AND s.role IN (SELECT role FROM watched)
    AND NOT EXISTS (
      SELECT FROM company.slots b
      WHERE b.role = s.role AND b.due_at BETWEEN d.live_at - interval '1 day' AND d.live_at AND b.status = 'missed'
    )
  UNION ALL
  SELECT format('%s put %s of %s rows aside, before it %s of %s', b.source, b.quarantined, b.rows_read,
    coalesce(was.quarantined, 0), coalesce(was.rows_read, 0))
  FROM d JOIN company.batches b ON b.staged_at >= d.live_at AND b.rows_read > 0
  LEFT JOIN LATERAL (
    SELECT w.quarantined, w.rows_read FROM company.batches w
    WHERE w.source = b.source AND w.staged_at < d.live_at AND w.status = 'promoted' ORDER BY w.id DESC LIMIT 1
  ) AS was ON true
  WHERE b.quarantined::float8 / b.rows_read > coalesce(was.quarantined::float8 / nullif(was.rows_read, 0), 0) + 0.01
  UNION ALL
  SELECT format('%s: batch %s was held or refused', b.source, b.id)
  FROM d JOIN company.changes c ON c.id = d.change_id
  JOIN company.batches b ON b.source = c.subject AND b.staged_at >= d.live_at AND b.status IN ('held', 'refused')
  UNION ALL
  SELECT format('%s is still not read: %s', f.source, left(f.reason, 120))
  FROM d JOIN company.changes c ON c.id = d.change_id
  JOIN LATERAL (
    SELECT r.source, r.reason, r.verdict FROM company.raw_documents r
    WHERE r.source = c.subject AND r.fetched_at >= d.live_at
    ORDER BY r.id DESC LIMIT 1
  ) AS f ON f.verdict = 'malformed'
  UNION ALL
  SELECT format('%s: %s', s.role, l.body)
  FROM d JOIN company.changes c ON c.id = d.change_id
  JOIN company.task_queue t ON t.id = c.task_id
  JOIN company.sessions s ON s.role = 'deliver' AND s.started_at >= d.live_at
  JOIN company.session_log l ON l.session_id = s.id AND l.kind = 'page_unwritten'
  WHERE l.facts @> jsonb_build_object('file', t.payload -> 'file', 'function', t.payload -> 'function')
    OR NOT EXISTS (
      SELECT FROM company.session_log b
      WHERE b.role = s.role AND b.kind = l.kind AND b.at BETWEEN d.live_at - interval '1 day' AND d.live_at
        AND b.facts @> jsonb_build_object('file', l.facts -> 'file', 'function', l.facts -> 'function',
          'error', l.facts -> 'error')
    )
  UNION ALL
  SELECT format('flow_check: %s', f.title)
  FROM d JOIN company.findings f ON f.found_by = 'flow_check' AND f.found_at >= d.live_at AND f.closed_at IS NULL
$$;
GRANT EXECUTE ON FUNCTION company.failures_since(bigint) TO @staff@;

-- The evidence that a deployment works: what its functions have done, and what came into force of its source. Of a new
-- address it is enough that it answers that nothing is new: the next edition may be a week away, and no other change is
-- deployed until then.
CREATE OR REPLACE FUNCTION company.evidence_since(my_deployment bigint, OUT worked integer, OUT rows_read bigint,
  OUT rows_in_force bigint, OUT needs_rows boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT
    (SELECT count(*)::integer FROM company.sessions s, jsonb_each(d.functions) AS f
      WHERE s.role = f.value ->> 'role' AND s.started_at >= d.live_at AND s.outcome = 'done'),
    (SELECT coalesce(sum(b.rows_read), 0) FROM company.batches b
      WHERE b.source = c.subject AND b.staged_at >= d.live_at),
    (SELECT coalesce(sum(b.promoted + b.unchanged), 0) FROM company.batches b
      WHERE b.source = c.subject AND b.staged_at >= d.live_at AND b.status = 'promoted'),
    EXISTS (SELECT FROM company.streams s WHERE s.source = c.subject) AND NOT EXISTS (
      SELECT FROM company.task_queue t JOIN company.fetches f ON f.source = c.subject AND f.at >= d.live_at
      WHERE t.id = c.task_id AND t.payload ->> 'kind' = 'address_moved' AND f.moved_to IS NULL
        AND f.result IN ('unchanged', 'not_modified')
        AND starts_with(f.url, split_part(t.payload ->> 'new', '{', 1)))
  FROM company.deployments d JOIN company.changes c ON c.id = d.change_id WHERE d.id = my_deployment
$$;
GRANT EXECUTE ON FUNCTION company.evidence_since(bigint) TO @staff@;

CREATE OR REPLACE FUNCTION company.has_worked(my_deployment bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT e.worked > 0 AND (e.rows_in_force > 0 OR NOT e.needs_rows)
    AND coalesce(company.pages_sent(d.change_id, d.live_at), 1) > 0
  FROM company.deployments d, company.evidence_since(d.id) AS e WHERE d.id = my_deployment
$$;
GRANT EXECUTE ON FUNCTION company.has_worked(bigint) TO @staff@;
