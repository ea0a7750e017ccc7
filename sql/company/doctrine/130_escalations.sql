-- Why: what cannot wait wakes its watcher at once, and what its watcher does not answer escalates: to the ceo, then to
-- the owner. Each step happens once (scar: an escalation nobody answered).

-- Who must be woken now, and for what: findings without an answer, escalations and alarms that cannot wait. Not who is
-- being woken already, nor who was woken often enough today. With the owner's rights, because mail is read only by its
-- two ends.
CREATE OR REPLACE FUNCTION company.wakes_due(most_a_day integer)
RETURNS TABLE (role text, findings bigint[], messages bigint[], woken_before integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH waiting AS (
    SELECT f.watcher AS role, f.id AS finding_id, NULL::bigint AS message_id, f.wakes FROM company.findings f
    WHERE f.closed_at IS NULL AND f.answered_at IS NULL AND f.level IN ('ring', 'today') AND f.watcher <> 'owner'
      AND (f.muted_until IS NULL OR f.muted_until < company.now()) AND NOT company.was_woken(f)
    UNION ALL
    SELECT to_role, NULL, id, NULL FROM company.inbox
    WHERE kind IN ('escalation', 'alarm') AND answered_at IS NULL AND woken_at IS NULL AND level IN ('ring', 'today')
      AND to_role <> 'owner'
      -- Only new messages: an old one waits for its reader's next fire, and is raised again.
      AND sent_at > company.now() - interval '1 hour'
  )
  SELECT w.role, array_remove(array_agg(w.finding_id ORDER BY w.finding_id), NULL) AS findings,
    array_remove(array_agg(w.message_id ORDER BY w.message_id), NULL) AS messages,
    coalesce((array_agg(w.wakes ORDER BY w.finding_id))[1], 0) AS woken_before
  FROM waiting w
  WHERE NOT EXISTS (
      SELECT FROM company.slots s WHERE s.role = w.role AND s.is_wake AND s.status = 'expected'
        AND s.due_at >= company.now()
    )
    AND (
      SELECT count(*) FROM company.slots s
      WHERE s.role = w.role AND s.is_wake AND s.due_at > company.now() - interval '1 day'
        AND s.due_at <= company.now() + interval '1 hour'
    ) < most_a_day
  GROUP BY w.role
  ORDER BY w.role;
END $$;
GRANT EXECUTE ON FUNCTION company.wakes_due(integer) TO @login:heartbeat@;

-- A watcher was woken for these findings and messages; each wakes once, a finding once more when it is urgent anew.
CREATE OR REPLACE FUNCTION company.note_woken(called_for bigint[], called_by bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_heartbeat();
  UPDATE company.findings f SET woken_at = company.now(), wakes = f.wakes + 1
  WHERE f.id = ANY (called_for) AND NOT company.was_woken(f);
  UPDATE company.inbox SET woken_at = company.now() WHERE id = ANY (called_by) AND woken_at IS NULL;
END $$;
GRANT EXECUTE ON FUNCTION company.note_woken(bigint[], bigint[]) TO @login:heartbeat@;

-- Findings whose watcher did not answer in time escalate to the ceo, or, where the ceo had its time too, to the owner.
CREATE OR REPLACE FUNCTION company.escalate_findings()
RETURNS TABLE (finding_id bigint, unanswered_by text, escalated_to text, problem text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  f record;
BEGIN
  PERFORM company.require_heartbeat();
  FOR f IN
    SELECT x.id, x.title, x.level, x.watcher, x.escalated, w.kind,
      greatest(x.escalated_at, x.woken_at, x.urgent_since, x.muted_until, x.found_at) AS since,
      CASE WHEN company.was_woken(x) THEN 'was woken and ' ELSE '' END AS woken,
      coalesce(w.answers_within, interval '0') AS answers_within
    FROM company.findings x LEFT JOIN company.roster w ON w.role = CASE WHEN x.escalated = 0 THEN x.watcher
      ELSE 'ceo' END
      AND w.left_at IS NULL
    WHERE x.closed_at IS NULL AND x.answered_at IS NULL AND x.level IN ('ring', 'today') AND x.escalated < 2
      AND (x.muted_until IS NULL OR x.muted_until < company.now())
    ORDER BY x.id
    FOR UPDATE OF x SKIP LOCKED
  LOOP
    CONTINUE WHEN f.since + f.answers_within > company.now();
    finding_id := f.id;
    unanswered_by := CASE WHEN f.escalated = 0 THEN f.watcher ELSE 'ceo' END;
    -- A finding of the ceo's own goes straight to the owner: nobody stands between them.
    escalated_to := CASE WHEN f.escalated = 0 AND f.kind IS DISTINCT FROM 'ceo' THEN 'ceo' ELSE 'owner' END;
    problem := NULL;
    BEGIN
      UPDATE company.findings
      SET escalated = CASE escalated_to WHEN 'ceo' THEN 1 ELSE 2 END, escalated_at = company.now()
      WHERE id = f.id;
      IF escalated_to = 'ceo' THEN
        INSERT INTO company.inbox (to_role, from_role, kind, level, subject, body, finding_id)
        VALUES ('ceo', company.me(), 'alarm', f.level, format('F-%s has no answer from %s', f.id, f.watcher),
          format('%s %s %shas not answered within %s.', f.title, f.watcher, f.woken, f.answers_within), f.id);
      ELSE
        PERFORM company.raise_alert('unanswered', x.id, x.level,
          company.alert_facts(x) || jsonb_build_object('was_woken', company.was_woken(x)), company.me(), x.id,
          caused_by => x.found_by)
        FROM company.findings x WHERE x.id = f.id;
      END IF;
    EXCEPTION WHEN OTHERS THEN
      problem := SQLERRM;  -- this one is tried again at the next beat; the others escalate
    END;
    RETURN NEXT;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION company.escalate_findings() TO @login:heartbeat@;

-- An escalation that was raised twice and is still unanswered is reported to the owner, once; each apart.
CREATE OR REPLACE FUNCTION company.alert_unanswered_escalations(waited interval)
RETURNS TABLE (message_id bigint, alert_id bigint, problem text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  i company.inbox;
BEGIN
  PERFORM company.require_heartbeat();
  FOR i IN
    SELECT * FROM company.inbox x
    WHERE x.kind = 'escalation' AND x.answered_at IS NULL AND x.raised = 2 AND x.sent_at + waited * 3 < company.now()
      AND x.alerted_at IS NULL
    ORDER BY x.id
    FOR UPDATE SKIP LOCKED
  LOOP
    message_id := i.id;
    problem := NULL;
    BEGIN
      UPDATE company.inbox SET alerted_at = company.now() WHERE id = i.id;
      -- Null where it is one of many: then one alert says how many.
      alert_id := company.raise_alert('escalation', i.id, 'today',
        jsonb_build_object('to_role', i.to_role, 'from_role', i.from_role, 'subject', i.subject, 'body', i.body),
        company.me(), i.finding_id, i.decision_id, i.from_role);
    EXCEPTION WHEN OTHERS THEN
      problem := SQLERRM;
    END;
    RETURN NEXT;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION company.alert_unanswered_escalations(interval) TO @login:heartbeat@;

CREATE OR REPLACE FUNCTION company.raise_again(my_message bigint, waited interval) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.me() IS DISTINCT FROM 'schedule_auditor' THEN
    PERFORM company.refuse('only_schedule_auditor_raises_again',
      coalesce(company.me(), session_user) || ' is not schedule_auditor');
  END IF;
  -- Unread again, so that the next fire of whom it waits for finds it in its mail.
  UPDATE company.inbox SET raised = raised + 1, read_at = NULL
  WHERE id = my_message AND kind = 'escalation' AND answered_at IS NULL AND raised < 2
    AND sent_at + waited * (raised + 1) <= company.now();
  RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION company.raise_again(bigint, interval) TO @staff@;
