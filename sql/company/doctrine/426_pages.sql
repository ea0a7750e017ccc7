-- Why: an employee's page is read at its boot from the brain, so a change of it is deployed there, in one transaction
-- with its step. Nobody's change reaches the page of who wrote it or of who judges it (scar: the audited had
-- written the page by which it was judged).

CREATE OR REPLACE FUNCTION company.require_page_may_change(my_role text, my_author text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF my_role IS NULL OR NOT EXISTS (SELECT FROM company.roster
    WHERE role = my_role AND kind NOT IN ('machine', 'owner') AND left_at IS NULL) THEN
    PERFORM company.refuse('a_page_is_an_employees', coalesce(my_role, 'the change') || ' has no page that is read');
  END IF;
  IF my_role = my_author OR EXISTS (
    SELECT FROM company.roster me JOIN company.roster m ON m.role = me.reports_to
    WHERE me.role = my_role AND me.kind = 'auditor' AND 'build' = ANY (m.modes)
  ) THEN
    PERFORM company.refuse('nobody_changes_the_page_they_are_judged_by',
      format('%s is the author of the change, or judges it', my_role));
  END IF;
END $$;

-- From started to live, or nothing: the text of before is kept in the same transaction.
CREATE OR REPLACE FUNCTION company.put_page(my_deployment bigint, my_session bigint, my_text text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  my_role text;
  my_author text;
  key text;
  was text;
BEGIN
  PERFORM company.require_auditor_of_building();
  PERFORM company.require_open_session(my_session);
  SELECT company.page_of_change(c.files), c.author INTO my_role, my_author
  FROM company.deployments d JOIN company.changes c ON c.id = d.change_id WHERE d.id = my_deployment FOR UPDATE OF d;
  PERFORM company.require_page_may_change(my_role, my_author);
  PERFORM company.note_deployment(my_deployment, my_session, 'moving', '{}');
  key := 'SKILL_' || upper(my_role);
  SELECT content INTO STRICT was FROM company.brain WHERE file_key = key FOR UPDATE;
  UPDATE company.brain SET content = my_text, updated_at = company.now(), updated_by = company.me()
  WHERE file_key = key;
  UPDATE company.deployments SET page_before = was WHERE id = my_deployment;
  PERFORM company.note_deployment(my_deployment, my_session, 'live', jsonb_build_object('functions',
    jsonb_build_object(key,
      jsonb_build_object('role', my_role, 'was', left(md5(was), 8), 'is', left(md5(my_text), 8)))));
END $$;
GRANT EXECUTE ON FUNCTION company.put_page(bigint, bigint, text) TO @staff@;

-- Whether the page of a deployment is still the text that it put there; null of one that has no page.
CREATE OR REPLACE FUNCTION company.page_is_as_deployed(my_deployment bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT left(md5(b.content), 8) = f.value ->> 'is'
  FROM company.deployments d, jsonb_each(d.functions) AS f, company.brain b
  WHERE d.id = my_deployment AND d.page_before IS NOT NULL AND b.file_key = f.key
$$;
GRANT EXECUTE ON FUNCTION company.page_is_as_deployed(bigint) TO @staff@;

-- Ends a page's deployment. The text of before comes back where the page is still the text that was put there.
CREATE OR REPLACE FUNCTION company.take_back_page(
  my_deployment bigint, my_session bigint, my_step text, my_reason text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  is_there CONSTANT boolean := coalesce(company.page_is_as_deployed(my_deployment), false);
BEGIN
  PERFORM company.note_deployment(my_deployment, my_session, my_step, jsonb_build_object('reason', my_reason));
  IF is_there THEN
    UPDATE company.brain b SET content = d.page_before, updated_at = company.now(), updated_by = company.me()
    FROM company.deployments d, jsonb_object_keys(d.functions) AS key
    WHERE d.id = my_deployment AND b.file_key = key;
  END IF;
  RETURN is_there;
END $$;
GRANT EXECUTE ON FUNCTION company.take_back_page(bigint, bigint, text, text) TO @staff@;
