-- Why: what happened stays as it happened. Time cannot be given to a live brain, and history is only ever added to.

CREATE OR REPLACE FUNCTION company.keep_the_birth_of_the_clock() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP <> 'UPDATE' OR NEW.is_simulated IS DISTINCT FROM OLD.is_simulated THEN
    PERFORM company.refuse('a_brain_stays_live_or_simulated', 'whether time is simulated is decided when the database is created');
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER keep_the_birth_of_the_clock BEFORE INSERT OR UPDATE OR DELETE ON company.clock
FOR EACH ROW EXECUTE FUNCTION company.keep_the_birth_of_the_clock();

CREATE OR REPLACE FUNCTION company.only_add() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.refuse(TG_TABLE_NAME || '_is_append_only', TG_OP || ' is not a thing one does to history');
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE OR DELETE ON company.session_log
FOR EACH ROW EXECUTE FUNCTION company.only_add();
CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE OR DELETE ON company.task_events
FOR EACH ROW EXECUTE FUNCTION company.only_add();
CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE OR DELETE ON company.brain_history
FOR EACH ROW EXECUTE FUNCTION company.only_add();

-- Row triggers do not hear a TRUNCATE.
CREATE OR REPLACE FUNCTION company.never_empty() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.refuse('history_is_never_emptied', TG_TABLE_NAME || ' keeps its rows');
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.clock FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.session_log FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.task_events FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.task_queue FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.brain_history FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();

-- Every earlier text of the brain is kept, whoever writes.
CREATE OR REPLACE FUNCTION company.keep_the_earlier_text() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO company.brain_history (file_key, content, updated_at, updated_by)
  VALUES (OLD.file_key, OLD.content, OLD.updated_at, OLD.updated_by);
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER keep_the_earlier_text BEFORE UPDATE ON company.brain
FOR EACH ROW WHEN (OLD.content IS DISTINCT FROM NEW.content) EXECUTE FUNCTION company.keep_the_earlier_text();

-- Who may write which page: the CEO the status, the memory worker the memories, and migrate (no member of staff) the records.
CREATE OR REPLACE FUNCTION company.write_brain(key text, new_content text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF ((company.my_kind() = 'ceo' AND key = 'PROJECT_STATUS') OR (company.me() = 'memory_worker' AND key LIKE 'MEMORY\_%')) IS NOT TRUE THEN
    PERFORM company.refuse('each_page_of_the_brain_has_its_writer', coalesce(company.me(), session_user) || ' does not write ' || key);
  END IF;
  IF key LIKE 'MEMORY\_%' THEN
    PERFORM company.require_kept_memory(key, new_content);
  END IF;
  INSERT INTO company.brain (file_key, content, updated_by) VALUES (key, new_content, company.me())
  ON CONFLICT (file_key) DO UPDATE
  SET content = excluded.content, updated_at = company.now(), updated_by = excluded.updated_by
  WHERE brain.content IS DISTINCT FROM excluded.content;
END $$;
