-- Why: numbers before opinions. A proposal without them is refused, and its judge is a manager who did not make it.

-- The same pattern while the first is open, or judged within the time given, is the same proposal.
CREATE OR REPLACE FUNCTION company.propose(
  my_session bigint, my_study text, my_subject text, my_title text, my_numbers jsonb, my_looked_at integer, not_again_within interval,
  OUT proposal_id bigint, OUT is_new boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.my_kind() IS DISTINCT FROM 'worker' OR NOT EXISTS (SELECT FROM company.roster WHERE role = company.me() AND 'research' = ANY (modes)) THEN
    PERFORM company.refuse('only_research_proposes', coalesce(company.me(), session_user) || ' works no research');
  END IF;
  PERFORM company.require_living_session(my_session);
  SELECT id INTO proposal_id FROM company.proposals
  WHERE study = my_study AND subject = my_subject AND (status = 'proposed' OR judged_at > company.now() - not_again_within)
  ORDER BY id DESC LIMIT 1;
  is_new := proposal_id IS NULL;
  IF is_new THEN
    INSERT INTO company.proposals (study, subject, title, numbers, looked_at, proposed_by, session_id)
    VALUES (my_study, my_subject, my_title, my_numbers, my_looked_at, company.me(), my_session)
    RETURNING id INTO proposal_id;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION company.judge_proposal(my_proposal bigint, my_status text, my_verdict text, my_task bigint, my_decision bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM company.roster WHERE role = company.me() AND kind = 'manager' AND 'research' = ANY (modes)) THEN
    PERFORM company.refuse('the_manager_of_research_judges_proposals', coalesce(company.me(), session_user) || ' is not it');
  END IF;
  UPDATE company.proposals
  SET status = my_status, judged_by = company.me(), judged_at = company.now(), verdict = my_verdict, task_id = my_task, decision_id = my_decision
  WHERE id = my_proposal AND status = 'proposed';
  IF NOT FOUND THEN
    PERFORM company.refuse('a_proposal_is_judged_once', format('proposal %s does not wait for a verdict', my_proposal));
  END IF;
END $$;

REVOKE EXECUTE ON FUNCTION company.propose(bigint, text, text, text, jsonb, integer, interval),
  company.judge_proposal(bigint, text, text, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION company.propose(bigint, text, text, text, jsonb, integer, interval),
  company.judge_proposal(bigint, text, text, bigint, bigint) TO @staff@;
GRANT SELECT ON company.proposals TO @staff@;
