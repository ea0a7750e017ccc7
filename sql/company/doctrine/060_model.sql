-- Why: the owner reads which fires were worked by the model and which by the book, and why.

CREATE OR REPLACE FUNCTION company.record_model_use(
  my_session bigint, by_whom text, my_model text, my_turns integer, my_tokens jsonb, my_cost numeric
)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_open_session(my_session);
  UPDATE company.sessions
  -- The cost is summed from the calls themselves (221_calls); my_cost is the session's own figure, and is not used.
  SET worked_by = by_whom, model = my_model, turns = my_turns, tokens = my_tokens
  WHERE id = my_session;
END $$;
GRANT EXECUTE ON FUNCTION company.record_model_use(bigint, text, text, integer, jsonb, numeric) TO @staff@;

CREATE OR REPLACE FUNCTION company.book_took_over(my_session bigint, my_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_open_session(my_session);
  UPDATE company.sessions SET worked_by = 'book', by_book_because = my_reason WHERE id = my_session;
END $$;
GRANT EXECUTE ON FUNCTION company.book_took_over(bigint, text) TO @staff@;

CREATE OR REPLACE FUNCTION company.book_replaced_part(my_session bigint, my_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_open_session(my_session);
  UPDATE company.sessions SET by_book_because = my_reason WHERE id = my_session;
END $$;
GRANT EXECUTE ON FUNCTION company.book_replaced_part(bigint, text) TO @staff@;

-- By whom a fire is worked, as it is shown. One that has not ended, or was killed, does not say it yet: it is the
-- model's once it called one.
CREATE OR REPLACE FUNCTION company.shown_worker(of company.sessions) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN of.worked_by = 'book' AND of.model IS NULL
      AND EXISTS (SELECT FROM company.spend_fires c WHERE c.session_id = of.id AND c.calls > 0) THEN 'model'
    ELSE of.worked_by END
$$;
GRANT EXECUTE ON FUNCTION company.shown_worker(company.sessions) TO @staff@;
