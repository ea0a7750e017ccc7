-- Why: the owner acts on the console as at her terminal. The console's login may do for her only what it wrote down
-- first, in the same transaction, with the key of a form that was never sent before (scar: a copied form acted twice).

GRANT SELECT ON company.console_acts TO @owners@, @login:console@;

CREATE OR REPLACE FUNCTION company.note_console_act(my_form_key text, my_session_key text, my_act text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  noted bigint;
BEGIN
  IF company.me() IS DISTINCT FROM 'console' THEN
    PERFORM company.refuse('only_the_console_acts_for_the_owner',
      coalesce(company.me(), session_user) || ' is not the console');
  END IF;
  IF EXISTS (SELECT FROM company.console_logouts WHERE session_key = my_session_key) THEN
    PERFORM company.refuse('an_ended_session_acts_no_more', 'the owner logged out of this session');
  END IF;
  INSERT INTO company.console_acts (form_key, session_key, act) VALUES (my_form_key, my_session_key, my_act)
  ON CONFLICT (form_key) DO NOTHING RETURNING id INTO noted;
  IF noted IS NULL THEN
    PERFORM company.refuse('a_form_is_sent_once', 'this form was sent before; nothing was done again');
  END IF;
  RETURN noted;
END $$;
GRANT EXECUTE ON FUNCTION company.note_console_act(text, text, text) TO @login:console@;

-- What came of it, as the next page says it; written once.
CREATE OR REPLACE FUNCTION company.say_console_act(my_act bigint, my_said text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.me() IS DISTINCT FROM 'console' THEN
    PERFORM company.refuse('only_the_console_acts_for_the_owner',
      coalesce(company.me(), session_user) || ' is not the console');
  END IF;
  UPDATE company.console_acts SET said = my_said WHERE id = my_act AND said = '';
END $$;
GRANT EXECUTE ON FUNCTION company.say_console_act(bigint, text) TO @login:console@;

-- Whether this transaction is an act of the owner's, noted before by the console.
CREATE OR REPLACE FUNCTION company.is_console_act() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(company.me() = 'console', false)
    AND EXISTS (SELECT FROM company.console_acts WHERE made_in = pg_current_xact_id_if_assigned())
$$;
GRANT EXECUTE ON FUNCTION company.is_console_act() TO @staff@;

-- Whether this is the owner: by her own login, or by an act of hers on the console.
CREATE OR REPLACE FUNCTION company.acts_for_the_owner() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(company.my_kind() = 'owner', false) OR company.is_console_act()
$$;
GRANT EXECUTE ON FUNCTION company.acts_for_the_owner() TO @staff@;

-- A noted act is history: nobody takes one back, so no form is ever sent again.
CREATE OR REPLACE FUNCTION company.keep_console_acts() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP <> 'UPDATE' OR OLD.said <> ''
    OR (NEW.id, NEW.form_key, NEW.session_key, NEW.act, NEW.at, NEW.made_in)
      IS DISTINCT FROM (OLD.id, OLD.form_key, OLD.session_key, OLD.act, OLD.at, OLD.made_in) THEN
    PERFORM company.refuse('what_the_console_did_stays', 'an act of the console is not changed');
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER keep_console_acts BEFORE UPDATE OR DELETE ON company.console_acts
FOR EACH ROW EXECUTE FUNCTION company.keep_console_acts();
CREATE OR REPLACE TRIGGER never_empty_acts BEFORE TRUNCATE ON company.console_acts
FOR EACH STATEMENT EXECUTE FUNCTION company.keep_console_acts();
