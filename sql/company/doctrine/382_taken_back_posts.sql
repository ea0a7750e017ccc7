-- Why: what was taken back is not published, and a post that says it says so too: once, and after the owner's yes.

-- The facts of a draft that this batch had put into force, and that are not so now.
CREATE OR REPLACE FUNCTION company.facts_taken_back(my_facts jsonb, b company.batches) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  sql record := company.stream_sql(b.source);
  found jsonb;
BEGIN
  EXECUTE format('SELECT jsonb_agg(f ORDER BY n) FROM jsonb_array_elements($1) WITH ORDINALITY AS a (f, n)
    WHERE f ->> ''source'' = $2 AND EXISTS (SELECT FROM %s h
      WHERE h.batch_id = $3 AND h.ended_how = ''undone'' AND h.%s::text = f ->> ''key''
        AND to_jsonb(h) ->> (f ->> ''field'') = f ->> ''value'')
      AND f ->> ''value'' IS DISTINCT FROM company.canonical_value($2, f ->> ''key'', f ->> ''field'')',
    sql.history, sql.key)
  INTO found USING my_facts, b.source, b.id;
  RETURN found;
END $$;

-- A post that is put out while what it says is taken back waits for that, and is refused where it has left the queue.
CREATE OR REPLACE FUNCTION company.require_draft_in_queue() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM company.drafts WHERE id::text = NEW.payload ->> 'draft' AND status = 'audited' FOR SHARE;
  IF NOT FOUND THEN
    PERFORM company.refuse('a_post_is_put_out_from_the_queue',
      format('draft %s is not in the queue any more', NEW.payload ->> 'draft'));
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER put_out_from_the_queue BEFORE INSERT OR UPDATE OF status ON company.outbox FOR EACH ROW
WHEN (NEW.action = 'publish' AND NEW.status IN ('waiting', 'recorded') AND NEW.payload ? 'draft')
EXECUTE FUNCTION company.require_draft_in_queue();

-- At an undoing: a draft that says what was taken back leaves the queue, and its topic is due again. A post that was
-- published, or may have been, bears what it said wrongly. Entries are locked before their drafts, as where a post is
-- put out, and looked at once both are.
CREATE OR REPLACE FUNCTION company.take_back_posts(b company.batches, moment timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  because CONSTANT text := format('it says what was taken back with B-%s', b.id);
  d record;
BEGIN
  PERFORM FROM company.outbox WHERE action = 'publish' AND status IN ('waiting', 'allowed', 'recorded')
  ORDER BY id FOR UPDATE;
  PERFORM FROM company.drafts WHERE status IN ('drafted', 'audited', 'published') AND written_at >= b.promoted_at
  ORDER BY id FOR UPDATE;
  FOR d IN
    SELECT t.id, company.facts_taken_back(t.facts, b) AS wrong, EXISTS (SELECT FROM company.outbox o
      WHERE o.action = 'publish' AND o.payload ->> 'draft' = t.id::text
        AND o.status IN ('recorded', 'sent', 'unknown')) AS has_left
    FROM company.drafts t
    WHERE t.status IN ('drafted', 'audited', 'published') AND t.written_at >= b.promoted_at
    ORDER BY t.id
  LOOP
    IF d.wrong IS NULL THEN
      CONTINUE;
    ELSIF d.has_left THEN
      UPDATE company.drafts SET taken_back = coalesce(taken_back, '[]') || d.wrong, taken_back_at = moment,
        corrected_at = NULL WHERE id = d.id;
    ELSE
      PERFORM company.decline_entries(array_agg(o.id), because) FROM company.outbox o
      WHERE o.action = 'publish' AND o.payload ->> 'draft' = d.id::text;
      UPDATE company.drafts SET status = 'superseded', reason = because, ended_at = moment
      WHERE id = d.id AND status <> 'superseded';
    END IF;
  END LOOP;
END $$;

-- Corrections that wait although nothing of what they name is still wrong.
CREATE OR REPLACE FUNCTION company.pointless_post_corrections() RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT o.id FROM company.outbox o JOIN company.drafts d ON d.id = (o.payload ->> 'draft')::bigint
  WHERE o.action = 'correct' AND o.by_role = 'publish' AND o.status IN ('waiting', 'allowed')
    AND NOT EXISTS (SELECT FROM company.false_facts(d.taken_back))
$$;
GRANT EXECUTE ON FUNCTION company.pointless_post_corrections() TO @staff@;

-- What was read again needs no correction; how many were withdrawn.
CREATE OR REPLACE FUNCTION company.withdraw_post_corrections(because text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_publish();
  RETURN company.withdraw_entries(ARRAY(SELECT company.pointless_post_corrections()), because);
END $$;
GRANT EXECUTE ON FUNCTION company.withdraw_post_corrections(text) TO @login:publish@;

-- A post now says on its page what was taken back.
CREATE OR REPLACE FUNCTION company.correct_post(my_session bigint, my_draft bigint, my_outbox bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_publish();
  PERFORM company.require_open_session(my_session);
  IF NOT EXISTS (SELECT FROM company.outbox WHERE id = my_outbox AND action = 'correct' AND status = 'sent'
    AND by_role = company.me() AND payload ->> 'draft' = my_draft::text) THEN
    PERFORM company.refuse('a_post_was_corrected_when_its_entry_was_sent',
      format('entry %s is no confirmed correction of draft %s', my_outbox, my_draft));
  END IF;
  UPDATE company.drafts SET corrected_at = company.now()
  WHERE id = my_draft AND status = 'published' AND taken_back IS NOT NULL;
  IF NOT FOUND THEN
    PERFORM company.refuse('a_post_is_corrected_where_facts_were_taken_back',
      format('nothing that draft %s says was taken back', my_draft));
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.correct_post(bigint, bigint, bigint) TO @login:publish@;
