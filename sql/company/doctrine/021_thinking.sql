-- Why: a model that fell silent is replaced by the book in the same session, and the session says so itself.

CREATE OR REPLACE FUNCTION company.book_took_over(my_session bigint, my_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_living_session(my_session);
  UPDATE company.sessions SET worked_by = 'book', by_book_because = my_reason WHERE id = my_session;
END $$;
REVOKE EXECUTE ON FUNCTION company.book_took_over(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION company.book_took_over(bigint, text) TO @staff@;
