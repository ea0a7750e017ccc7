-- Why: numbers before opinions. A proposal without them is refused, and its judge is a manager who did not make it.

GRANT SELECT ON company.proposals TO @staff@;

-- What a proposal says beside its numbers: the proposer's judgement, and no figure that was not measured.
CREATE OR REPLACE FUNCTION company.require_measured(my_remark text, b company.backtests) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  loose text;
  measured text := concat_ws(' ', b.title, b.subject, b.numbers, b.past, b.weights, b.looked_at);
BEGIN
  IF length(my_remark) > 400 THEN
    PERFORM company.refuse('every_figure_of_a_remark_was_measured', 'a remark has 400 characters at most');
  END IF;
  SELECT string_agg(said[1], ', ') INTO loose FROM regexp_matches(my_remark, '[0-9][0-9,]*(?:\.[0-9]+)?', 'g') AS said
  WHERE rtrim(replace(said[1], ',', ''), '.')::numeric NOT IN (
    SELECT rtrim(replace(known[1], ',', ''), '.')::numeric
    FROM regexp_matches(measured, '[0-9][0-9,]*(?:\.[0-9]+)?', 'g') AS known
  );
  loose := nullif(concat_ws(', ', loose, (SELECT string_agg(said, ', ')
    FROM company.figures_in_other_signs(my_remark, measured) AS said)), '');
  IF loose IS NOT NULL THEN
    PERFORM company.refuse('every_figure_of_a_remark_was_measured', 'the backtest does not hold ' || loose);
  END IF;
END $$;

-- The figures are those of a backtest of one's own, copied. The same pattern while the first is open, or judged within
-- the time given, is the same.
CREATE OR REPLACE FUNCTION company.propose(
  my_session bigint, my_backtest bigint, my_remark text, not_again_within interval, OUT proposal_id bigint,
  OUT is_new boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  b company.backtests := (SELECT t FROM company.backtests t WHERE t.id = my_backtest);
BEGIN
  PERFORM company.require_research(my_session);
  IF b.id IS NULL OR b.run_by IS DISTINCT FROM company.me() THEN
    PERFORM company.refuse('a_proposal_rests_on_ones_own_backtest',
      format('backtest %s is none of %s', my_backtest, company.me()));
  END IF;
  IF b.run_at < company.now() - interval '1 day' THEN
    PERFORM company.refuse('a_proposal_rests_on_a_fresh_backtest',
      format('backtest %s is of %s; run the study again', b.id, b.run_at::date));
  END IF;
  IF b.model_version IS DISTINCT FROM company.score_model_in_force() THEN
    PERFORM company.refuse('a_backtest_is_of_the_weights_in_force',
      format('backtest %s was run beside the weights of %s', b.id, b.model_version));
  END IF;
  PERFORM company.require_measured(coalesce(my_remark, ''), b);
  SELECT p.id INTO proposal_id FROM company.proposals p
  WHERE p.study = b.study AND p.subject = b.subject
    AND (p.status = 'proposed' OR p.judged_at > company.now() - not_again_within)
  ORDER BY p.id DESC LIMIT 1;
  is_new := proposal_id IS NULL;
  IF is_new THEN
    INSERT INTO company.proposals (study, subject, title, numbers, past, weights, looked_at, backtest_id, remark,
      proposed_by, session_id)
    VALUES (b.study, b.subject, b.title, b.numbers, b.past, b.weights, b.looked_at, b.id,
      btrim(coalesce(my_remark, '')),
      company.me(), my_session)
    RETURNING id INTO proposal_id;
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.propose(bigint, bigint, text, interval) TO @staff@;

CREATE OR REPLACE FUNCTION company.judge_proposal(
  my_proposal bigint, my_status text, my_verdict text, my_task bigint, my_decision bigint
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM company.roster
    WHERE role = company.me() AND kind = 'manager' AND 'research' = ANY (modes)) THEN
    PERFORM company.refuse('the_manager_of_research_judges_proposals',
      coalesce(company.me(), session_user) || ' is not it');
  END IF;
  UPDATE company.proposals
  SET status = my_status, judged_by = company.me(), judged_at = company.now(), verdict = my_verdict, task_id = my_task,
    decision_id = my_decision
  WHERE id = my_proposal AND status = 'proposed';
  IF NOT FOUND THEN
    PERFORM company.refuse('a_proposal_is_judged_once', format('proposal %s does not wait for a verdict', my_proposal));
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.judge_proposal(bigint, text, text, bigint, bigint) TO @staff@;
