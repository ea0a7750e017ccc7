-- Why: the watchers are tested with defects that harm nobody. Each is recorded before it exists, goes to one auditor,
-- and is removed again.

GRANT SELECT ON company.plants TO @owners@, @ceos@;

-- A fault planted on purpose. Only the owner (for the desk's demo and the drill) and the planter plant.
CREATE OR REPLACE FUNCTION company.plant(my_fault text, my_subject text, my_note text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  planted bigint;
BEGIN
  IF coalesce(company.my_kind(), '') <> 'owner' AND coalesce(company.me(), '') <> 'planter' THEN
    PERFORM company.refuse('only_planter_and_owner_plant', coalesce(company.me(), session_user) || ' is neither');
  END IF;
  INSERT INTO company.plants (fault, subject, note) VALUES (my_fault, my_subject, my_note) RETURNING id INTO planted;
  RETURN planted;
END $$;
GRANT EXECUTE ON FUNCTION company.plant(text, text, text) TO @owners@, @login:planter@;

CREATE OR REPLACE FUNCTION company.require_planter() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.me() IS DISTINCT FROM 'planter' THEN
    PERFORM company.refuse('only_planter_plants_for_audits', coalesce(company.me(), session_user) || ' is not planter');
  END IF;
END $$;

-- A figure as a pattern that finds it alone: 81.5, and not the end of 181.5 or the beginning of 81.55.
CREATE OR REPLACE FUNCTION company.as_a_figure(figure text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT '(?<![0-9.,])' || replace(figure, '.', '\.') || '(?![0-9]|[.,][0-9])' $$;

-- The draft that is made false, and the score in it that is made another. One that nobody judged, whose text holds the
-- score and whose title does not.
CREATE OR REPLACE FUNCTION company.draft_to_falsify(my_session bigint, OUT draft bigint, OUT score text, OUT lie text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT d.id, f ->> 'value',
    trim_scale((f ->> 'value')::numeric + CASE WHEN (f ->> 'value')::numeric > 50 THEN -20.3 ELSE 20.3 END)::text
  FROM company.drafts d, jsonb_array_elements(d.facts) AS f
  WHERE d.status = 'drafted' AND NOT EXISTS (SELECT FROM company.plants p WHERE p.subject = 'draft ' || d.id)
    AND f ->> 'source' = 'scores' AND f ->> 'field' = 'score'
    AND f ->> 'value' ~ '^[0-9]{1,3}(\.[0-9]+)?$' AND d.body ~ company.as_a_figure(f ->> 'value')
    AND d.title !~ company.as_a_figure(f ->> 'value')
  ORDER BY md5(format('%s %s %s', d.id, f ->> 'key', my_session))
  LIMIT 1
$$;

-- The fact with another score, where it is this one.
CREATE OR REPLACE FUNCTION company.falsified(my_facts jsonb, score text, lie text) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_agg(CASE WHEN f.fact @> jsonb_build_object('source', 'scores', 'field', 'score', 'value', score)
    THEN f.fact || jsonb_build_object('value', lie) ELSE f.fact END ORDER BY f.n)
  FROM jsonb_array_elements(my_facts) WITH ORDINALITY AS f (fact, n)
$$;

-- One score in a draft that waits for its auditor becomes another: row, session, task, time and note stay its author's.
-- A draft of the planter's own was known by its empty session. All that wait are written again, also when none is made
-- false, because a row that was written later than its neighbours would be known by that.
CREATE OR REPLACE FUNCTION company.plant_false_draft(my_session bigint, not_again_within interval) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  chosen record;
  tested text;
BEGIN
  PERFORM company.require_planter();
  PERFORM company.require_open_session(my_session);
  SELECT * INTO chosen FROM company.draft_to_falsify(my_session);
  SELECT a.role INTO tested
  FROM company.drafts d JOIN company.roster w ON w.role = d.written_by JOIN company.roster a ON a.role = w.watched_by
  WHERE d.id = chosen.draft AND a.kind = 'auditor';
  IF tested IS NULL OR EXISTS (SELECT FROM company.plants
    WHERE planted_by = company.me() AND planted_at > company.now() - not_again_within) THEN
    chosen.draft := NULL;
  END IF;
  UPDATE company.drafts d
  SET facts = CASE WHEN d.id = chosen.draft THEN company.falsified(d.facts, chosen.score, chosen.lie) ELSE d.facts END,
    body = CASE WHEN d.id = chosen.draft
      THEN regexp_replace(d.body, company.as_a_figure(chosen.score), chosen.lie, 'g') ELSE d.body END
  WHERE d.status = 'drafted';
  INSERT INTO company.plants (fault, subject, note, planted_by, whose_test)
  SELECT 'false_fact', 'draft ' || chosen.draft, format('a score of %s, the draft says %s', chosen.score, chosen.lie),
    company.me(), tested
  WHERE chosen.draft IS NOT NULL;
  RETURN chosen.draft;
END $$;
GRANT EXECUTE ON FUNCTION company.plant_false_draft(bigint, interval) TO @login:planter@;

-- Removes planted defects that were judged, or were there long enough to be found.
CREATE OR REPLACE FUNCTION company.remove_plants(my_session bigint, long_enough interval) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  gone bigint[];
BEGIN
  PERFORM company.require_planter();
  PERFORM company.require_open_session(my_session);
  WITH removed AS (
    UPDATE company.plants p SET removed_at = company.now()
    FROM company.drafts d
    WHERE p.planted_by = company.me() AND p.removed_at IS NULL AND p.subject = 'draft ' || d.id
      AND (d.status <> 'drafted' OR p.planted_at + long_enough <= company.now())
    RETURNING d.id
  )
  SELECT array_agg(id) INTO gone FROM removed;
  UPDATE company.drafts SET status = 'withdrawn', reason = 'planted for an audit, and taken away',
    ended_at = company.now()
  WHERE id = ANY (gone);
  RETURN coalesce(cardinality(gone), 0);
END $$;
GRANT EXECUTE ON FUNCTION company.remove_plants(bigint, interval) TO @login:planter@;

-- The planter and the auditor of audits know what is planted; the tested role does not.
CREATE OR REPLACE FUNCTION company.plants_for_audit(since timestamptz) RETURNS SETOF company.plants
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM company.plants
  WHERE planted_at >= since AND whose_test IS NOT NULL
    AND (company.me() IN ('planter', 'audit_auditor') OR company.my_kind() = 'owner')
  ORDER BY id
$$;
GRANT EXECUTE ON FUNCTION company.plants_for_audit(timestamptz) TO @owners@, @login:planter@, @login:audit_auditor@;
