-- Why: who writes a change does not approve it, and who judges one writes none (scar: a worker approved its own work).

GRANT SELECT ON company.changes TO @staff@;

-- Of a change of one employee's page, and of nothing else: whose page it is. Else null.
CREATE OR REPLACE FUNCTION company.page_of_change(my_files text[]) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN cardinality(my_files) = 1 THEN substring(my_files[1] FROM '^([a-z][a-z0-9_]*)/SKILL\.md$') END
$$;
GRANT EXECUTE ON FUNCTION company.page_of_change(text[]) TO @staff@;

-- Written while its task is held. The same diff again returns the change that already has it.
CREATE OR REPLACE FUNCTION company.propose_change(
  my_task bigint, my_session bigint, my_subject text, my_title text, my_reason text, my_diff text, my_files text[],
  my_test text,
  my_documents bigint[], OUT change_id bigint, OUT is_new boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  held company.task_queue;
BEGIN
  IF company.my_kind() IS DISTINCT FROM 'worker' THEN
    PERFORM company.refuse('only_workers_write_changes', coalesce(company.me(), session_user) || ' is none');
  END IF;
  held := company.hold_task(my_task, my_session);
  IF held.mode <> 'build' THEN
    PERFORM company.refuse('a_change_answers_a_build_task', format('task %s is one of %s', my_task, held.mode));
  END IF;
  INSERT INTO company.changes (task_id, subject, title, reason, diff, files, test, documents, author, session_id)
  VALUES (my_task, my_subject, my_title, my_reason, my_diff, my_files, my_test, coalesce(my_documents, '{}'),
    company.me(), my_session)
  ON CONFLICT (subject, md5(diff)) WHERE status <> 'refused' DO NOTHING
  RETURNING id INTO change_id;
  is_new := change_id IS NOT NULL;
  IF NOT is_new THEN
    SELECT id INTO change_id FROM company.changes WHERE subject = my_subject AND diff = my_diff AND status <> 'refused';
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.propose_change(bigint, bigint, text, text, text, text, text[], text, bigint[])
TO @staff@;

CREATE OR REPLACE FUNCTION company.judge_change(
  my_change bigint, my_session bigint, my_status text, my_verdict text, my_evidence jsonb
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  was text;
BEGIN
  IF NOT EXISTS (
    SELECT FROM company.roster me JOIN company.roster m ON m.role = me.reports_to
    WHERE me.role = company.me() AND me.kind = 'auditor' AND 'build' = ANY (m.modes)
  ) THEN
    PERFORM company.refuse('only_auditors_of_building_judge_changes',
      coalesce(company.me(), session_user) || ' is none');
  END IF;
  PERFORM company.require_open_session(my_session);
  -- What was shown to this auditor alone has a verdict in its audit, and no row that anybody could deploy.
  IF my_status IN ('proved', 'refused') AND EXISTS (SELECT FROM company.plants
    WHERE fault = 'unproved_change' AND item = 'C-' || my_change AND whose_test = company.me()
      AND removed_at IS NULL) THEN
    UPDATE company.plants SET removed_at = company.now()
    WHERE fault = 'unproved_change' AND item = 'C-' || my_change AND whose_test = company.me();
    RETURN;
  END IF;
  SELECT status INTO was FROM company.changes WHERE id = my_change FOR UPDATE;
  IF was IS DISTINCT FROM 'proposed' OR my_status NOT IN ('proved', 'refused') THEN
    PERFORM company.refuse('a_change_is_judged_once', format('change %s is %s', my_change, coalesce(was, 'unknown')));
  END IF;
  UPDATE company.changes
  SET status = my_status, judged_by = company.me(), judged_in = my_session, judged_at = company.now(),
    verdict = my_verdict, evidence = my_evidence
  WHERE id = my_change;
END $$;
GRANT EXECUTE ON FUNCTION company.judge_change(bigint, bigint, text, text, jsonb) TO @staff@;

-- What was proposed is what is judged: a proposed change is never altered or removed.
CREATE OR REPLACE FUNCTION company.keep_the_change_as_proposed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.status <> 'proposed'
    OR (NEW.diff, NEW.test, NEW.files, NEW.documents, NEW.author, NEW.task_id) IS DISTINCT FROM
      (OLD.diff, OLD.test, OLD.files, OLD.documents, OLD.author, OLD.task_id) THEN
    PERFORM company.refuse('a_change_stays_as_it_was_proposed', format('change %s', OLD.id));
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER keep_the_change_as_proposed BEFORE UPDATE OR DELETE ON company.changes
FOR EACH ROW EXECUTE FUNCTION company.keep_the_change_as_proposed();

-- Of a change for pages that could not be written: how many were written and sent since then for the customers that
-- its task names; of any other change null.
CREATE OR REPLACE FUNCTION company.pages_sent(my_change bigint, since timestamptz) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT count(d.id)::integer FROM company.changes c
  JOIN company.task_queue t ON t.id = c.task_id AND t.payload ->> 'kind' = 'page_unwritten'
  LEFT JOIN company.deliveries d ON d.written_at >= since AND d.status = 'sent' AND d.occasion <> 'correction'
    AND t.payload -> 'customer_ids' @> to_jsonb(d.customer_id)
  WHERE c.id = my_change GROUP BY c.id
$$;
GRANT EXECUTE ON FUNCTION company.pages_sent(bigint, timestamptz) TO @staff@;
