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
GRANT EXECUTE ON FUNCTION company.plant(text, text, text) TO @staff@;

CREATE OR REPLACE FUNCTION company.require_planter() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.me() IS DISTINCT FROM 'planter' THEN
    PERFORM company.refuse('only_planter_plants_for_audits', coalesce(company.me(), session_user) || ' is not planter');
  END IF;
END $$;

-- A post about one scored thing, with a false score. It looks like the worker's own, or it would test nothing.
CREATE OR REPLACE FUNCTION company.plant_false_draft(my_session bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  author text := (SELECT role FROM company.roster WHERE kind = 'worker' AND 'content' = ANY (modes) AND left_at IS NULL
    ORDER BY role LIMIT 1);
  tested text := (SELECT w.role FROM company.roster a JOIN company.roster w ON w.role = a.watched_by
    WHERE a.role = author AND w.kind = 'auditor');
  true_one company.scores := (SELECT s FROM company.scores s ORDER BY md5(s.entity || my_session) LIMIT 1);
  lie numeric := CASE WHEN true_one.score > 50 THEN true_one.score - 20 ELSE true_one.score + 20 END;
  draft bigint;
BEGIN
  PERFORM company.require_planter();
  PERFORM company.require_open_session(my_session);
  IF true_one.entity IS NULL OR tested IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO company.drafts (kind, topic, title, body, facts, written_by)
  VALUES ('post', 'one_of_many', 'A closer look: ' || true_one.entity, format('%s stands at %s.', true_one.entity, lie),
    jsonb_build_array(jsonb_build_object('source', 'scores', 'key', true_one.entity, 'field', 'score', 'value',
      lie::text)), author)
  RETURNING id INTO draft;
  INSERT INTO company.plants (fault, subject, note, planted_by, whose_test)
  VALUES ('false_fact', 'draft ' || draft,
    format('%s scores %s, the draft says %s', true_one.entity, true_one.score, lie), company.me(), tested);
  RETURN draft;
END $$;
GRANT EXECUTE ON FUNCTION company.plant_false_draft(bigint) TO @staff@;

-- Removes planted defects that somebody found, or had long enough to find.
CREATE OR REPLACE FUNCTION company.remove_plants(my_session bigint, long_enough interval) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  gone bigint[];
BEGIN
  PERFORM company.require_planter();
  PERFORM company.require_open_session(my_session);
  WITH removed AS (
    UPDATE company.plants SET removed_at = company.now()
    WHERE planted_by = company.me() AND removed_at IS NULL
      AND (found_by IS NOT NULL OR planted_at + long_enough <= company.now())
    RETURNING substr(subject, 7)::bigint AS draft
  )
  SELECT array_agg(draft) INTO gone FROM removed;
  UPDATE company.drafts SET status = 'withdrawn', reason = 'planted for an audit, and taken away',
    ended_at = company.now()
  WHERE id = ANY (gone);
  RETURN coalesce(cardinality(gone), 0);
END $$;
GRANT EXECUTE ON FUNCTION company.remove_plants(bigint, interval) TO @staff@;

-- The planter and the auditor of audits know what is planted; the tested role does not.
CREATE OR REPLACE FUNCTION company.plants_for_audit(since timestamptz) RETURNS SETOF company.plants
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM company.plants
  WHERE planted_at >= since AND whose_test IS NOT NULL
    AND (company.me() IN ('planter', 'audit_auditor') OR company.my_kind() = 'owner')
  ORDER BY id
$$;
GRANT EXECUTE ON FUNCTION company.plants_for_audit(timestamptz) TO @staff@;
