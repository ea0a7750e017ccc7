-- Why: every page of the brain has its one writer, and every earlier text of it is kept.

GRANT SELECT ON company.brain, company.brain_history TO @staff@;

-- Every earlier text of the brain is kept, of every writer.
CREATE OR REPLACE FUNCTION company.keep_earlier_text() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO company.brain_history (file_key, content, updated_at, updated_by)
  VALUES (OLD.file_key, OLD.content, OLD.updated_at, OLD.updated_by);
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER keep_earlier_text BEFORE UPDATE ON company.brain
FOR EACH ROW WHEN (OLD.content IS DISTINCT FROM NEW.content) EXECUTE FUNCTION company.keep_earlier_text();

-- A memory page of a role that does not exist is read by nobody, and the org page would show it as somebody.
CREATE OR REPLACE FUNCTION company.require_memory_of_staff() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM company.roster WHERE 'MEMORY_' || upper(role) = NEW.file_key AND kind <> 'owner') THEN
    PERFORM company.refuse('a_memory_is_of_somebody_here', NEW.file_key || ' is not the page of a role here');
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER require_memory_of_staff BEFORE INSERT ON company.brain FOR EACH ROW
WHEN (NEW.file_key LIKE 'MEMORY\_%') EXECUTE FUNCTION company.require_memory_of_staff();

-- Who may write which page: the CEO the status, the memory worker the memories, and migrate (no member of staff) the
-- records.
CREATE OR REPLACE FUNCTION company.write_brain(key text, new_content text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF ((company.my_kind() = 'ceo' AND key = 'PROJECT_STATUS')
    OR (company.me() = 'memory_worker' AND key LIKE 'MEMORY\_%')) IS NOT TRUE THEN
    PERFORM company.refuse('each_page_of_the_brain_has_its_writer',
      coalesce(company.me(), session_user) || ' does not write ' || key);
  END IF;
  IF key LIKE 'MEMORY\_%' THEN
    PERFORM company.require_kept_memory(key, new_content);
  END IF;
  INSERT INTO company.brain (file_key, content, updated_by) VALUES (key, new_content, company.me())
  ON CONFLICT (file_key) DO UPDATE
  SET content = excluded.content, updated_at = company.now(), updated_by = excluded.updated_by
  WHERE brain.content IS DISTINCT FROM excluded.content;
END $$;
GRANT EXECUTE ON FUNCTION company.write_brain(text, text) TO @staff@;
CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE OR DELETE ON company.brain_history
FOR EACH ROW EXECUTE FUNCTION company.only_add();
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.brain_history
FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();
