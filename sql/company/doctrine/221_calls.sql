-- Why: what may stand in a line of spending, also where its owner writes it by hand, what the line counts, and where
-- that is added up. Triggers, no CHECKs and no generated columns, for the reason that 068_shape_of_a_task.sql gives.

-- A call changes once, from reserved to settled or released, and then in what it used alone. What it counts is worked
-- out here, so that nobody writes it. What is read back from the cache counts in dollars only: limits in tokens are
-- there against work without end.
CREATE OR REPLACE FUNCTION company.keep_shape_of_a_call() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.id IS NOT NULL AND (OLD.state <> 'reserved' OR NEW.id <> OLD.id OR NEW.session_id <> OLD.session_id
    OR NEW.role <> OLD.role OR NEW.model <> OLD.model OR NEW.at <> OLD.at OR NEW.most_input <> OLD.most_input
    OR NEW.most_output <> OLD.most_output OR NEW.reserved_usd <> OLD.reserved_usd) THEN
    PERFORM company.refuse('what_was_spent_stays_spent', format('call %s of %s', OLD.id, OLD.role));
  END IF;
  IF least(NEW.most_input, NEW.most_output, NEW.input, NEW.output, NEW.cache_write, NEW.cache_read) < 0 THEN
    PERFORM company.refuse('tokens_are_never_negative', format('call %s of %s', NEW.id, NEW.role));
  END IF;
  IF (NEW.state = 'reserved') <> (NEW.ended_at IS NULL) THEN
    PERFORM company.refuse('a_settled_call_says_when', format('call %s is %s, ended at %s', NEW.id, NEW.state,
      coalesce(NEW.ended_at::text, 'no time')));
  END IF;
  CASE NEW.state
    WHEN 'reserved' THEN
      NEW.counts_usd := NEW.reserved_usd;
      NEW.counts_tokens := NEW.most_input::bigint + NEW.most_output;
    WHEN 'settled' THEN
      NEW.counts_usd := NEW.cost_usd;
      NEW.counts_tokens := NEW.input::bigint + NEW.output + NEW.cache_write;
    WHEN 'released' THEN
      NEW.counts_usd := 0;
      NEW.counts_tokens := 0;
    ELSE
      PERFORM company.refuse('a_call_is_reserved_settled_or_released', format('%s is not among them', NEW.state));
  END CASE;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER keep_shape_of_a_call BEFORE INSERT OR UPDATE ON company.spend
FOR EACH ROW EXECUTE FUNCTION company.keep_shape_of_a_call();

CREATE OR REPLACE FUNCTION company.keep_what_was_spent() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.refuse('what_was_spent_stays_spent', format('call %s of %s', OLD.id, OLD.role));
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER keep_what_was_spent BEFORE DELETE ON company.spend
FOR EACH ROW EXECUTE FUNCTION company.keep_what_was_spent();
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON company.spend
FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();

-- A fire costs what its calls cost, whatever its session says; an agent's own account was three times too low
-- elsewhere (scar 14). A day's sums of a role are kept beside it. It runs with the rights of who writes a call, which
-- are those of reserve_spend, settle_spend and release_spend.
CREATE OR REPLACE FUNCTION company.add_up_spending() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  more_usd CONSTANT numeric := NEW.counts_usd - coalesce(OLD.counts_usd, 0);
  more_tokens CONSTANT bigint := NEW.counts_tokens - coalesce(OLD.counts_tokens, 0);
  more_calls CONSTANT integer := (NEW.state <> 'released')::integer - coalesce(OLD.state <> 'released', false)::integer;
  of_fire integer;
BEGIN
  LOOP
    UPDATE company.spend_fires SET usd = usd + more_usd, tokens = tokens + more_tokens, calls = calls + more_calls
    WHERE session_id = NEW.session_id RETURNING calls INTO of_fire;
    EXIT WHEN FOUND;
    INSERT INTO company.spend_fires (session_id) VALUES (NEW.session_id) ON CONFLICT (session_id) DO NOTHING;
  END LOOP;
  LOOP
    -- A fire counts on the day of its first call.
    UPDATE company.spend_days SET usd = usd + more_usd, tokens = tokens + more_tokens,
      fires = greatest(fires + CASE of_fire WHEN 1 THEN greatest(more_calls, 0) WHEN 0 THEN more_calls ELSE 0 END, 0)
    WHERE day = date_trunc('day', NEW.at, 'UTC') AND role = NEW.role;
    EXIT WHEN FOUND;
    INSERT INTO company.spend_days (day, role) VALUES (date_trunc('day', NEW.at, 'UTC'), NEW.role)
    ON CONFLICT (day, role) DO NOTHING;
  END LOOP;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER add_up_spending AFTER INSERT OR UPDATE ON company.spend
FOR EACH ROW EXECUTE FUNCTION company.add_up_spending();
