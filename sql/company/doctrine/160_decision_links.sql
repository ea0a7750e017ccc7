-- Why: an answer by mail is the owner's only when nobody else could have given it: one link, one question, one answer,
-- an end; and looking at a page answers nothing (scar: a mail scanner opened every link and took a decision).

CREATE OR REPLACE FUNCTION company.issue_decision_link(my_decision bigint, my_token_sha256 bytea) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  d company.decisions;
  until timestamptz;
BEGIN
  IF (company.my_kind() = 'ceo' OR company.me() = 'console') IS NOT TRUE THEN
    PERFORM company.refuse('only_the_ceo_and_the_console_issue_links',
      coalesce(company.me(), session_user) || ' is neither');
  END IF;
  SELECT * INTO d FROM company.decisions WHERE id = my_decision;
  IF d.id IS NULL OR d.answered_at IS NOT NULL THEN
    PERFORM company.refuse('a_link_leads_to_an_open_decision', format('D-%s does not wait for an answer', my_decision));
  END IF;
  -- Until the default is taken, at the CEO's next fire after the time is over.
  until := least(greatest(d.answer_by, company.now() + interval '1 hour'), company.now() + interval '7 days');
  INSERT INTO company.decision_links (token_sha256, decision_id, issued_by, expires_at)
  VALUES (my_token_sha256, my_decision, company.me(), until);
  RETURN until;
END $$;
GRANT EXECUTE ON FUNCTION company.issue_decision_link(bigint, bytea) TO @ceos@, @login:console@;

-- What a link leads to; no row for one that was never issued. Changes nothing.
CREATE OR REPLACE FUNCTION company.find_decision_link(my_token_sha256 bytea)
RETURNS TABLE (decision_id bigint, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT l.decision_id, CASE WHEN l.used_at IS NOT NULL THEN 'used' WHEN d.answered_at IS NOT NULL THEN 'answered'
    WHEN l.expires_at <= company.now() THEN 'expired' ELSE 'open' END
  FROM company.decision_links l JOIN company.decisions d ON d.id = l.decision_id
  WHERE l.token_sha256 = my_token_sha256
$$;
GRANT EXECUTE ON FUNCTION company.find_decision_link(bytea) TO @login:console@;

CREATE OR REPLACE FUNCTION company.answer_by_link(my_token_sha256 bytea, my_option text, my_words text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  link company.decision_links;
BEGIN
  IF company.me() IS DISTINCT FROM 'console' THEN
    PERFORM company.refuse('only_the_console_answers_by_link',
      coalesce(company.me(), session_user) || ' is not the console');
  END IF;
  SELECT * INTO link FROM company.decision_links WHERE token_sha256 = my_token_sha256 FOR UPDATE;
  IF link.decision_id IS NULL THEN
    PERFORM company.refuse('a_link_is_one_that_was_issued', 'nobody issued this link');
  END IF;
  IF link.used_at IS NOT NULL THEN
    PERFORM company.refuse('a_link_answers_once', format('D-%s was answered by this link', link.decision_id));
  END IF;
  IF link.expires_at <= company.now() THEN
    PERFORM company.refuse('a_link_expires',
      format('this link to D-%s was good until %s', link.decision_id, link.expires_at));
  END IF;
  UPDATE company.decision_links SET used_at = company.now() WHERE token_sha256 = my_token_sha256;
  RETURN company.settle_decision(link.decision_id, my_option, my_words);
END $$;
GRANT EXECUTE ON FUNCTION company.answer_by_link(bytea, text, text) TO @login:console@;
