-- Why: the model worked its fire to the end, but one piece of it had to be the book's; the owner reads that, and why.

CREATE OR REPLACE FUNCTION company.book_stood_in(my_session bigint, my_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_living_session(my_session);
  UPDATE company.sessions SET by_book_because = my_reason WHERE id = my_session;
END $$;
REVOKE EXECUTE ON FUNCTION company.book_stood_in(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION company.book_stood_in(bigint, text) TO @staff@;
