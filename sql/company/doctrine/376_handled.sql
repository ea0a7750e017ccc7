-- Why: what a customer called handled leaves its lists, so nobody else may call it so, and nothing of it is forgotten.

GRANT SELECT ON company.handled TO @staff@;

CREATE OR REPLACE TRIGGER handled_only_grows BEFORE UPDATE OR DELETE ON company.handled
FOR EACH ROW EXECUTE FUNCTION company.only_add();
CREATE OR REPLACE TRIGGER handled_is_never_emptied BEFORE TRUNCATE ON company.handled
FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();

-- What each customer has handled, by its last word on it.
CREATE OR REPLACE VIEW company.handled_now AS
SELECT * FROM (
  SELECT DISTINCT ON (customer_id, entity) * FROM company.handled ORDER BY customer_id, entity, id DESC
) AS last
WHERE NOT last.is_undone;
GRANT SELECT ON company.handled_now TO @staff@;

-- A product whose customers may handle things says by facts_when_handled(text), in its own schema, what of a thing
-- would bring it back: as JSON, or null for a thing that it does not know.
CREATE OR REPLACE FUNCTION company.facts_when_handled(my_entity text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  product text;
  facts jsonb;
BEGIN
  SELECT DISTINCT schema_name INTO product FROM company.streams
  WHERE to_regprocedure(format('%I.facts_when_handled(text)', schema_name)) IS NOT NULL;
  IF product IS NOT NULL THEN
    EXECUTE format('SELECT %I.facts_when_handled($1)', product) INTO facts USING my_entity;
  END IF;
  IF facts IS NULL THEN
    PERFORM company.refuse('one_handles_what_is_known', format('nothing is known of %s', left(my_entity, 60)));
  END IF;
  RETURN facts;
END $$;

-- What the owner heard of a customer. False when it was handled already.
CREATE OR REPLACE FUNCTION company.handle(my_customer text, my_entity text, my_note text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  whose bigint;
BEGIN
  PERFORM company.require_owner('only_the_owner_handles_for_a_customer');
  SELECT id INTO whose FROM company.customers WHERE name = my_customer;
  IF whose IS NULL THEN
    PERFORM company.refuse('one_handles_for_a_customer_one_has', my_customer || ' is no customer');
  END IF;
  RETURN company.note_handled(whose, my_entity, 'owner', my_note);
END $$;
GRANT EXECUTE ON FUNCTION company.handle(text, text, text) TO @owners@, @login:console@;

CREATE OR REPLACE FUNCTION company.undo_handled(my_customer text, my_entity text, my_note text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_owner('only_the_owner_handles_for_a_customer');
  INSERT INTO company.handled (customer_id, entity, is_undone, by_whom, note, facts)
  SELECT h.customer_id, h.entity, true, 'owner', my_note, '{}'
  FROM company.handled_now h JOIN company.customers c ON c.id = h.customer_id
  WHERE c.name = my_customer AND h.entity = my_entity;
  IF NOT FOUND THEN
    PERFORM company.refuse('one_undoes_what_is_handled', format('%s has not handled %s', my_customer, my_entity));
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.undo_handled(text, text, text) TO @owners@, @login:console@;

-- The mark of the owner or of the customer itself, however often: only what is new leaves a row, so that no note is
-- lost. False when it was handled already.
CREATE OR REPLACE FUNCTION company.note_handled(my_customer bigint, my_entity text, whose_word text, my_note text)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  known jsonb := company.facts_when_handled(my_entity);
BEGIN
  PERFORM FROM company.customers WHERE id = my_customer FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM company.refuse('one_handles_for_a_customer_one_has', format('there is no customer %s', my_customer));
  END IF;
  INSERT INTO company.handled (customer_id, entity, is_undone, by_whom, note, facts)
  SELECT my_customer, my_entity, false, whose_word, my_note, known
  WHERE NOT EXISTS (SELECT FROM company.handled_now h
    WHERE h.customer_id = my_customer AND h.entity = my_entity AND h.facts = known);
  RETURN FOUND;
END $$;

-- By a link whose signature the console has read.
CREATE OR REPLACE FUNCTION company.handle_by_link(my_customer bigint, my_entity text, my_note text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.me() IS DISTINCT FROM 'console' THEN
    PERFORM company.refuse('only_the_console_handles_by_link',
      coalesce(company.me(), session_user) || ' is not the console');
  END IF;
  RETURN company.note_handled(my_customer, my_entity, 'customer', my_note);
END $$;
GRANT EXECUTE ON FUNCTION company.handle_by_link(bigint, text, text) TO @login:console@;

-- By a key that lookup has read: for the customer whose key it is, while it is good.
CREATE OR REPLACE FUNCTION company.handle_by_key(my_key_id text, my_entity text, my_note text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT company.note_handled(company.customer_of_key(my_key_id), my_entity, 'customer', my_note)
$$;
GRANT EXECUTE ON FUNCTION company.handle_by_key(text, text, text) TO @login:lookup@;
