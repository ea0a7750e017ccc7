-- Why: what is one thing across sources is linked by rule where a rule is safe, and by a named person where it is not.

GRANT SELECT ON company.entities, company.links, company.spellings TO @staff@;
GRANT SELECT ON company.ended_links, company.histories TO @staff@;
GRANT SELECT ON company.links, company.ended_links, company.histories TO @readers@;
GRANT INSERT, UPDATE, DELETE ON company.entities TO @login:link@;
-- A link begins and ends; what stands in it never changes, and when it began is the database's to say.
GRANT INSERT (kind, entity, target), DELETE ON company.links TO @login:link@;

-- A link that ends was believed until then.
CREATE OR REPLACE FUNCTION company.keep_ended_links() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO company.ended_links (kind, entity, target, linked_at)
  SELECT kind, entity, target, linked_at FROM ended;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER ended_links_are_kept AFTER DELETE ON company.links
REFERENCING OLD TABLE AS ended FOR EACH STATEMENT EXECUTE FUNCTION company.keep_ended_links();
CREATE OR REPLACE TRIGGER ended_links_only_grow BEFORE UPDATE OR DELETE ON company.ended_links
FOR EACH ROW EXECUTE FUNCTION company.only_add();
CREATE OR REPLACE TRIGGER ended_links_are_never_emptied BEFORE TRUNCATE ON company.ended_links
FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();

-- Spellings that a rule can settle come with a name; the others come with candidates, and wait for a data worker.
-- Nobody is asked about one that no feed has any more.
CREATE OR REPLACE FUNCTION company.note_spellings(
  my_kind text, spelt text[], names text[], methods text[], candidate_lists jsonb
) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  noted integer;
BEGIN
  IF company.me() IS DISTINCT FROM 'link' THEN
    PERFORM company.refuse('links_are_written_by_link', coalesce(company.me(), session_user) || ' is not link');
  END IF;
  INSERT INTO company.spellings AS s (kind, spelling, name, method, candidates)
  SELECT my_kind, t.spelling, t.name, t.method, ARRAY(SELECT jsonb_array_elements_text(candidate_lists -> t.spelling))
  FROM unnest(spelt, names, methods) AS t (spelling, name, method)
  ON CONFLICT (kind, spelling) DO UPDATE SET name = excluded.name, method = excluded.method,
    candidates = excluded.candidates
  WHERE s.method <> 'decided'
    AND (s.name, s.method, s.candidates) IS DISTINCT FROM (excluded.name, excluded.method, excluded.candidates);
  GET DIAGNOSTICS noted = ROW_COUNT;
  DELETE FROM company.spellings WHERE kind = my_kind AND method = 'asked' AND spelling <> ALL (spelt);
  RETURN noted;
END $$;
GRANT EXECUTE ON FUNCTION company.note_spellings(text, text[], text[], text[], jsonb) TO @login:link@;

-- A data worker decides a spelling. The name may be one of the candidates or the spelling itself: then it is a name of
-- its own.
CREATE OR REPLACE FUNCTION company.resolve_spelling(my_kind text, my_spelling text, my_name text, my_reason text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(company.me(), '') NOT IN ('data_worker', 'data_auditor')
    AND coalesce(company.my_kind(), '') <> 'owner' THEN
    PERFORM company.refuse('spellings_are_decided_by_data_worker', coalesce(company.me(), session_user) || ' does not');
  END IF;
  IF NOT EXISTS (SELECT FROM company.spellings
    WHERE kind = my_kind AND spelling = my_spelling AND method IN ('asked', 'decided')) THEN
    PERFORM company.refuse('only_a_spelling_that_is_asked_about_is_decided',
      format('nobody asks about the %s %s: a rule settled it, or no feed has it', my_kind, my_spelling));
  END IF;
  UPDATE company.spellings
  SET name = my_name, method = 'decided', decided_by = company.me(), decided_at = company.now(), reason = my_reason
  WHERE kind = my_kind AND spelling = my_spelling AND (my_name = spelling OR my_name = ANY (candidates));
  IF NOT FOUND THEN
    PERFORM company.refuse('a_spelling_is_one_of_its_candidates_or_itself',
      format('%s %s cannot be %s', my_kind, my_spelling, my_name));
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.resolve_spelling(text, text, text, text) TO @staff@;
