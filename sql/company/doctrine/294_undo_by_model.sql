-- Why: what takes good data away, or lets doubtful data in, is not done on a model's word alone until the owner trusts it so far
-- (undo_by_model); letting a model act at all (act_by_model) is the lesser trust. A model that answered at random took the day's edition back,
-- with every right to, and all customers read yesterday's figures.

CREATE OR REPLACE FUNCTION company.may_undo_by_model() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM company.outward_acts WHERE act = 'undo_by_model' AND stands_at = 'open')
    -- A session that asked a model has its calls in the books; one that works by its book alone has none.
    OR NOT EXISTS (
      SELECT FROM company.sessions s JOIN company.spend p ON p.session_id = s.id WHERE s.role = company.me() AND s.finished_at IS NULL
    )
$$;

CREATE OR REPLACE FUNCTION company.bound_a_models_judgement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.may_undo_by_model() THEN
    RETURN NEW;
  END IF;
  IF NEW.status = 'undone' THEN
    PERFORM company.refuse('a_model_takes_nothing_back_until_it_is_trusted',
      format('undo_by_model is not open: open a finding about batch %s, or escalate it', NEW.id));
  -- What the book releases, a model may: an earlier edition said the same, and nothing else is wrong.
  ELSIF NOT EXISTS (
    SELECT FROM company.batches e JOIN company.batch_checks c ON c.batch_id = e.id AND NOT c.is_ok AND c.severity = 'hold'
    JOIN company.batch_checks mine ON mine.batch_id = NEW.id AND mine.check_name = c.check_name AND NOT mine.is_ok AND mine.severity = 'hold'
    WHERE e.source = NEW.source AND e.status = 'refused' AND e.edition_at < NEW.edition_at AND abs(e.rows_read - NEW.rows_read) <= 0.05 * NEW.rows_read
      AND NOT EXISTS (SELECT FROM company.batches good WHERE good.source = e.source AND good.status = 'promoted' AND good.edition_at >= e.edition_at)
  ) OR EXISTS (
    SELECT FROM company.batch_checks WHERE batch_id = NEW.id AND severity = 'hold' AND NOT is_ok AND check_name NOT IN ('keys_remain', 'rows_did_not_multiply')
  ) THEN
    PERFORM company.refuse('a_model_releases_what_a_second_edition_says',
      format('undo_by_model is not open, and no earlier edition of %s said what batch %s says', NEW.source, NEW.id));
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER bound_a_models_judgement BEFORE UPDATE OF status ON company.batches FOR EACH ROW
WHEN ((NEW.status = 'undone' AND OLD.status <> 'undone') OR (OLD.status = 'held' AND NEW.status = 'checked'))
EXECUTE FUNCTION company.bound_a_models_judgement();

REVOKE EXECUTE ON FUNCTION company.may_undo_by_model(), company.bound_a_models_judgement() FROM PUBLIC;
