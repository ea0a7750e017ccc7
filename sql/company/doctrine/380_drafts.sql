-- Why: no sentence is published that somebody else has not checked against what is in force. Who writes does not
-- approve; who approves does not publish.

GRANT SELECT ON company.drafts TO @staff@;

-- What is in force now under a citation, as text; null when there is no such thing.
CREATE OR REPLACE FUNCTION company.canonical_value(my_source text, my_key text, my_field text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  stream company.streams := (SELECT s FROM company.streams s WHERE s.source = my_source);
  found text;
BEGIN
  IF my_source = 'scores' THEN
    RETURN (SELECT to_jsonb(s) ->> my_field FROM company.scores s WHERE s.entity = my_key);
  ELSIF stream.source IS NULL THEN
    RETURN NULL;
  END IF;
  EXECUTE format('SELECT to_jsonb(t) ->> $2 FROM %I.%I t WHERE t.%I::text = $1', stream.schema_name, stream.source,
    stream.key_column)
  INTO found USING my_key, my_field;
  RETURN found;
END $$;
GRANT EXECUTE ON FUNCTION company.canonical_value(text, text, text) TO @staff@;

-- Each fact that is not true now. 'how many' is the one fact about the draft itself: how many things it is about.
CREATE OR REPLACE FUNCTION company.false_facts(my_facts jsonb) RETURNS TABLE (item text, expected text, found text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('%s %s %s', f ->> 'source', f ->> 'key', f ->> 'field'), f ->> 'value', so.is
  FROM jsonb_array_elements(my_facts) AS f,
    LATERAL (SELECT CASE WHEN f ->> 'source' = 'draft'
      THEN (SELECT count(DISTINCT x ->> 'key')::text FROM jsonb_array_elements(my_facts) AS x
        WHERE x ->> 'source' <> 'draft')
      ELSE company.canonical_value(f ->> 'source', f ->> 'key', f ->> 'field') END AS is) AS so
  WHERE f ->> 'value' IS DISTINCT FROM so.is
$$;
GRANT EXECUTE ON FUNCTION company.false_facts(jsonb) TO @staff@;

-- The figures of a text that no fact holds, in whatever signs; null where each is cited.
CREATE OR REPLACE FUNCTION company.uncited_figures(my_text text, my_facts jsonb) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH cited AS (
    SELECT coalesce(string_agg(concat_ws(' ', f ->> 'key', f ->> 'value'), ' '), '') AS said
    FROM jsonb_array_elements(my_facts) AS f
  )
  SELECT string_agg(left(figure, 60), ', ') FROM (
    SELECT figure FROM cited, company.figures_in(my_text) AS figure
    WHERE figure NOT IN (SELECT company.figures_in(cited.said))
    UNION
    SELECT loose FROM cited, company.figures_in_other_signs(my_text, cited.said) AS loose
  ) AS found
$$;
GRANT EXECUTE ON FUNCTION company.uncited_figures(text, jsonb) TO @auditors@;

CREATE OR REPLACE FUNCTION company.require_figures_cited(my_text text, my_facts jsonb) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  loose text := company.uncited_figures(my_text, my_facts);
BEGIN
  IF loose IS NOT NULL THEN
    PERFORM company.refuse('every_figure_of_a_draft_is_cited',
      format('nothing is cited for %s; write each figure as its fact does, in the digits 0 to 9', loose));
  END IF;
END $$;

CREATE OR REPLACE FUNCTION company.require_cited(my_text text, my_facts jsonb) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM jsonb_array_elements(my_facts) AS f, unnest(ARRAY['source', 'key', 'field', 'value']) AS part
    WHERE coalesce(f ->> part, '') = ''
  ) THEN
    PERFORM company.refuse('a_citation_names_source_key_field_and_value',
      'a fact without one of them cannot be checked');
  END IF;
  PERFORM company.require_figures_cited(my_text, my_facts);
END $$;

-- The auditor looks again, later: a citation that was made up never gets so far.
CREATE OR REPLACE FUNCTION company.require_in_force(my_facts jsonb) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  wrong text := (SELECT string_agg(format('%s: cited %s, in force %s', f.item, f.expected,
    coalesce(f.found, 'nothing')), '; ')
    FROM (SELECT * FROM company.false_facts(my_facts) LIMIT 5) AS f);
BEGIN
  IF wrong IS NOT NULL THEN
    PERFORM company.refuse('a_draft_cites_what_is_in_force', wrong);
  END IF;
END $$;

CREATE OR REPLACE FUNCTION company.write_draft(
  my_session bigint, my_kind text, my_topic text, my_title text, my_body text, my_facts jsonb,
  my_task bigint DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM company.roster
    WHERE role = company.me() AND kind = 'worker' AND 'content' = ANY (modes)) THEN
    PERFORM company.refuse('drafts_come_from_who_works_content',
      coalesce(company.me(), session_user) || ' does not write drafts');
  END IF;
  PERFORM company.require_open_session(my_session);
  IF my_task IS NOT NULL THEN
    PERFORM company.require_task_of_session(my_task, my_session);
  END IF;
  IF jsonb_typeof(my_facts) = 'array' THEN
    PERFORM company.require_cited(my_title || ' ' || my_body, my_facts);
    PERFORM company.require_in_force(my_facts);
  END IF;
  INSERT INTO company.drafts (kind, topic, title, body, facts, written_by, session_id, task_id)
  VALUES (my_kind, my_topic, my_title, my_body, my_facts, company.me(), my_session, my_task)
  RETURNING id INTO written;
  RETURN written;
END $$;
GRANT EXECUTE ON FUNCTION company.write_draft(bigint, text, text, text, text, jsonb, bigint) TO @staff@;

-- An auditor's verdict on another's draft. A draft with a false fact cannot be approved.
CREATE OR REPLACE FUNCTION company.judge_draft(my_session bigint, my_draft bigint, my_verdict text, my_reason text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  d company.drafts;
BEGIN
  SELECT * INTO d FROM company.drafts WHERE id = my_draft FOR UPDATE;
  IF company.my_kind() IS DISTINCT FROM 'auditor' OR company.me() = d.written_by THEN
    PERFORM company.refuse('a_draft_is_judged_by_an_auditor_who_did_not_write_it',
      coalesce(company.me(), session_user) || ' is not that');
  END IF;
  PERFORM company.require_open_session(my_session);
  IF d.status IS DISTINCT FROM 'drafted' OR my_verdict NOT IN ('audited', 'rejected') THEN
    PERFORM company.refuse('a_draft_is_judged_once',
      format('draft %s is %s; %s', my_draft, coalesce(d.status, 'not there'), my_verdict));
  END IF;
  IF my_verdict = 'audited' AND EXISTS (SELECT FROM company.false_facts(d.facts)) THEN
    PERFORM company.refuse('a_false_fact_is_not_approved', format('draft %s says what is not so', my_draft));
  ELSIF my_verdict = 'audited' THEN
    PERFORM company.require_figures_cited(d.title || ' ' || d.body, d.facts);
  END IF;
  UPDATE company.drafts SET status = my_verdict, judged_by = company.me(), judged_at = company.now(),
    reason = nullif(btrim(my_reason), '')
  WHERE id = my_draft;
  UPDATE company.plants SET found_by = company.me(), found_at = company.now()
  WHERE subject = 'draft ' || my_draft AND removed_at IS NULL AND found_by IS NULL AND my_verdict = 'rejected'
    AND whose_test = company.me();
END $$;
GRANT EXECUTE ON FUNCTION company.judge_draft(bigint, bigint, text, text) TO @staff@;

CREATE OR REPLACE FUNCTION company.require_publish() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.me() IS DISTINCT FROM 'publish' THEN
    PERFORM company.refuse('only_publish_publishes', coalesce(company.me(), session_user) || ' is not publish');
  END IF;
END $$;

-- The last step, after the outbox entry was recorded. A defect planted for an auditor is never published, approved or
-- not.
CREATE OR REPLACE FUNCTION company.publish_draft(my_session bigint, my_draft bigint, my_slug text, my_outbox bigint)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  d company.drafts;
BEGIN
  SELECT * INTO d FROM company.drafts WHERE id = my_draft FOR UPDATE;
  PERFORM company.require_publish();
  PERFORM company.require_open_session(my_session);
  IF d.kind = 'outreach' THEN
    PERFORM company.refuse('outreach_is_only_drafted', format('draft %s is a letter; a person sends it', my_draft));
  END IF;
  IF d.status IS DISTINCT FROM 'audited'
    OR EXISTS (SELECT FROM company.plants WHERE subject = 'draft ' || my_draft) THEN
    PERFORM company.refuse('only_audited_drafts_are_published',
      format('draft %s is %s', my_draft, coalesce(d.status, 'not there')));
  END IF;
  IF NOT EXISTS (SELECT FROM company.outbox WHERE id = my_outbox AND action = 'publish' AND status = 'sent'
    AND by_role = company.me() AND payload ->> 'draft' = my_draft::text) THEN
    PERFORM company.refuse('a_post_was_published_when_its_entry_was_sent',
      format('entry %s is no confirmed one of draft %s', my_outbox, my_draft));
  END IF;
  UPDATE company.drafts SET status = 'published', slug = my_slug, outbox_id = my_outbox, ended_at = company.now()
  WHERE id = my_draft;
END $$;
GRANT EXECUTE ON FUNCTION company.publish_draft(bigint, bigint, text, bigint) TO @login:publish@;

-- Audited posts that may be published; planted ones are not among them, and no employee can see which those are.
CREATE OR REPLACE FUNCTION company.drafts_to_publish() RETURNS SETOF company.drafts
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM company.drafts d
  WHERE d.status = 'audited' AND d.kind = 'post'
    AND NOT EXISTS (SELECT FROM company.plants p WHERE p.subject = 'draft ' || d.id)
  ORDER BY d.id
$$;
GRANT EXECUTE ON FUNCTION company.drafts_to_publish() TO @login:publish@;

CREATE OR REPLACE FUNCTION company.supersede_draft(my_draft bigint, my_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM company.roster
    WHERE role = company.me() AND kind = 'manager' AND 'content' = ANY (modes)) THEN
    PERFORM company.refuse('the_editor_supersedes_drafts',
      coalesce(company.me(), session_user) || ' does not manage content');
  END IF;
  UPDATE company.drafts SET status = 'superseded', reason = nullif(btrim(my_reason), ''), ended_at = company.now()
  WHERE id = my_draft AND status IN ('drafted', 'audited', 'rejected');
  IF NOT FOUND THEN
    PERFORM company.refuse('what_was_published_stays_published', format('draft %s is not under way', my_draft));
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.supersede_draft(bigint, text) TO @staff@;
