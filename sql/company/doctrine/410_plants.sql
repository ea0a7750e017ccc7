-- Why: the watchers are tested with defects that harm nobody. Each is recorded before it exists, is shown to one
-- auditor, and stands for a week at most.

GRANT SELECT ON company.plants TO @owners@, @ceos@, @login:console@;

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

-- Tests are planted in a simulated brain unless its owner says off, and in a live one when its owner says on.
CREATE OR REPLACE FUNCTION company.tests_are_planted() RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce((SELECT value FROM company.switches WHERE switch = 'planted_tests'),
    CASE WHEN (SELECT is_simulated FROM company.clock) THEN 'on' ELSE 'off' END) = 'on'
$$;
GRANT EXECUTE ON FUNCTION company.tests_are_planted() TO @staff@;

-- What stands now: each test ends with its week, also when nobody is there to take it away.
CREATE OR REPLACE VIEW company.standing_tests AS
SELECT p.* FROM company.plants p, (SELECT company.now() AS moment) AS clock
WHERE p.whose_test IS NOT NULL AND p.removed_at IS NULL AND p.found_by IS NULL
  AND p.planted_at <= clock.moment AND p.planted_at > clock.moment - interval '7 days';

-- What stands for the asker of a fault: asked by the functions through which an auditor reads, and by nobody else.
CREATE OR REPLACE FUNCTION company.shadow_for_me(my_fault text, my_subject text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT shadow FROM company.standing_tests
  WHERE whose_test = company.me() AND fault = my_fault AND subject = my_subject ORDER BY id LIMIT 1
$$;

CREATE OR REPLACE FUNCTION company.items_planted_for_me(my_subject text) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(item), '{}') FROM company.standing_tests
  WHERE whose_test = company.me() AND subject = my_subject AND item IS NOT NULL
$$;

-- An audit that names what is planted has found it; where the subject itself is planted, any difference of it does.
CREATE OR REPLACE FUNCTION company.note_found_tests(my_audit bigint) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  UPDATE company.plants p SET found_by = a.auditor, found_at = a.audited_at, found_in = a.id
  FROM company.audits a
  WHERE a.id = my_audit AND a.differing > 0 AND p.whose_test = a.auditor AND p.subject = a.subject
    AND p.id IN (SELECT id FROM company.standing_tests)
    AND (coalesce(p.item, p.subject) = p.subject
      OR EXISTS (SELECT FROM company.audit_checks c WHERE c.audit_id = a.id AND c.item = p.item))
$$;

-- Takes away what was judged, and what has had its week. The draft that was made false is withdrawn, never published;
-- all other tests were shown and never written, and end by themselves.
CREATE OR REPLACE FUNCTION company.end_tests() RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ended integer;
BEGIN
  WITH removed AS (
    UPDATE company.plants p SET removed_at = company.now()
    WHERE p.whose_test IS NOT NULL AND p.removed_at IS NULL
      AND (p.found_by IS NOT NULL OR p.planted_at + interval '7 days' <= company.now()
        OR EXISTS (SELECT FROM company.drafts d WHERE p.subject = 'draft ' || d.id AND d.status <> 'drafted'))
    RETURNING p.subject
  ), withdrawn AS (
    UPDATE company.drafts d SET status = 'withdrawn', reason = 'planted for an audit, and taken away',
      ended_at = company.now()
    FROM removed r WHERE r.subject = 'draft ' || d.id
  )
  SELECT count(*) INTO ended FROM removed;
  RETURN ended;
END $$;

CREATE OR REPLACE FUNCTION company.remove_plants(my_session bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_planter();
  PERFORM company.require_open_session(my_session);
  RETURN company.end_tests();
END $$;
GRANT EXECUTE ON FUNCTION company.remove_plants(bigint) TO @login:planter@;

-- How long a test may stand until its auditor, who fires each day or each week, has missed it.
CREATE OR REPLACE FUNCTION company.time_to_find(my_auditor text) RETURNS interval
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE my_auditor WHEN 'audit_auditor' THEN interval '7 days' ELSE interval '2 days' END $$;

-- The tests that are over, as the auditor of audits may know them: none that stands, and none of its own. The planter
-- and the owner read all.
CREATE OR REPLACE FUNCTION company.plants_for_audit(since timestamptz) RETURNS SETOF company.plants
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM company.plants
  WHERE planted_at >= since AND whose_test IS NOT NULL
    AND (company.my_kind() = 'owner' OR (company.me() = 'audit_auditor' AND whose_test <> company.me()
      AND (found_by IS NOT NULL OR planted_at + company.time_to_find(whose_test) <= company.now())))
  ORDER BY id
$$;
GRANT EXECUTE ON FUNCTION company.plants_for_audit(timestamptz) TO @owners@, @login:audit_auditor@;

-- How many of its tests each auditor found, week by week from a moment backwards, and after how many hours. A test that
-- was taken away before its time counts for nobody. The auditor of audits does not read its own.
CREATE OR REPLACE FUNCTION company.catch_rates(until timestamptz, weeks integer)
RETURNS TABLE (auditor text, weeks_ago integer, planted integer, caught integer, missed integer, hours double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.whose_test, p.week, count(*)::integer, count(p.found_by)::integer,
    count(*) FILTER (WHERE p.is_missed)::integer,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY (extract(epoch FROM p.found_at - p.planted_at) / 3600)::float8)
  FROM (
    SELECT t.*, floor(extract(epoch FROM until - t.planted_at) / (7 * 86400))::integer AS week,
      t.found_by IS NULL AND t.planted_at + company.time_to_find(t.whose_test) <= until
        AND coalesce(t.removed_at >= t.planted_at + company.time_to_find(t.whose_test), true) AS is_missed
    FROM company.plants t
    WHERE t.whose_test IS NOT NULL AND t.planted_at <= until
      AND t.planted_at > until - make_interval(weeks => weeks)
  ) AS p
  WHERE (p.found_by IS NOT NULL OR p.is_missed OR (p.removed_at IS NULL AND company.my_kind() IN ('owner', 'ceo')))
    AND (company.my_kind() IN ('owner', 'ceo') OR (company.me() = 'audit_auditor' AND p.whose_test <> company.me()))
  GROUP BY p.whose_test, p.week
  ORDER BY p.whose_test, p.week
$$;
GRANT EXECUTE ON FUNCTION company.catch_rates(timestamptz, integer) TO @owners@, @ceos@, @login:audit_auditor@;
