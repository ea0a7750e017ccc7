-- Why: what is wrong has one open row, a named watcher who must answer, and is never closed by whom it accuses.

CREATE OR REPLACE FUNCTION company.open_finding(
  my_fingerprint text, my_kind text, my_subject text, my_level text, my_title text, my_effect text,
  my_evidence jsonb, my_accused text, my_watcher text, OUT finding_id bigint, OUT is_new boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  levels CONSTANT text[] := ARRAY['ring', 'today', 'brief', 'log'];
BEGIN
  IF company.me() IS NULL OR company.my_kind() = 'worker' THEN
    PERFORM company.refuse('findings_come_from_who_checks', coalesce(company.me(), session_user) || ' tells its manager by a note instead');
  END IF;
  INSERT INTO company.findings AS f (fingerprint, kind, subject, level, title, effect, evidence, accused, watcher, found_by, planted)
  VALUES (
    my_fingerprint, my_kind, my_subject, my_level, my_title, coalesce(my_effect, ''), coalesce(my_evidence, '{}'), my_accused,
    my_watcher, company.me(),
    EXISTS (SELECT FROM company.plants p WHERE p.subject = my_subject AND p.removed_at IS NULL AND p.planted_at <= company.now())
  )
  ON CONFLICT (fingerprint) WHERE closed_at IS NULL DO UPDATE
  SET times_seen = f.times_seen + 1, last_seen_at = company.now(), evidence = f.evidence || excluded.evidence,
    -- What was for today and turns out to ring, rings; nothing gets quieter by being seen again. A finding of many says how many now.
    level = CASE WHEN array_position(levels, excluded.level) < array_position(levels, f.level) THEN excluded.level ELSE f.level END,
    title = CASE WHEN f.fingerprint LIKE 'many:%' THEN excluded.title ELSE f.title END
  RETURNING f.id, f.times_seen = 1 INTO finding_id, is_new;
END $$;

CREATE OR REPLACE FUNCTION company.answer_finding(my_finding bigint, my_answer text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  f company.findings;
BEGIN
  SELECT * INTO f FROM company.findings WHERE id = my_finding FOR UPDATE;
  IF f.id IS NULL OR f.closed_at IS NOT NULL THEN
    PERFORM company.refuse('one_answers_only_an_open_finding', format('F-%s is not open', my_finding));
  END IF;
  IF company.me() = f.accused THEN
    PERFORM company.refuse('findings_are_not_answered_by_the_accused', format('F-%s is about %s', my_finding, f.accused));
  END IF;
  IF company.me() IS DISTINCT FROM f.watcher AND coalesce(company.my_kind(), '') NOT IN ('ceo', 'owner')
    AND NOT EXISTS (SELECT FROM company.roster WHERE role = f.watcher AND reports_to = company.me()) THEN
    PERFORM company.refuse('a_finding_is_answered_by_its_watcher', format('F-%s waits for %s, not for %s', my_finding, f.watcher, company.me()));
  END IF;
  UPDATE company.findings
  SET answered_at = coalesce(answered_at, company.now()), answered_by = coalesce(answered_by, company.me()),
    answer = nullif(btrim(my_answer), '')
  WHERE id = my_finding;
END $$;

CREATE OR REPLACE FUNCTION company.close_finding(my_finding bigint, my_resolution text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  f company.findings;
BEGIN
  SELECT * INTO f FROM company.findings WHERE id = my_finding FOR UPDATE;
  IF company.me() = f.accused THEN
    PERFORM company.refuse('findings_are_not_closed_by_the_accused', format('F-%s is about %s', my_finding, f.accused));
  END IF;
  IF company.me() IS DISTINCT FROM f.watcher AND company.me() IS DISTINCT FROM f.found_by
    AND coalesce(company.my_kind(), '') NOT IN ('ceo', 'owner') THEN
    PERFORM company.refuse('a_finding_is_closed_by_finder_watcher_ceo_or_owner', format('%s is none of them for F-%s', company.me(), my_finding));
  END IF;
  UPDATE company.findings SET closed_at = company.now(), closed_by = company.me(), resolution = nullif(btrim(my_resolution), '')
  WHERE id = my_finding AND closed_at IS NULL;
  RETURN FOUND;
END $$;

CREATE OR REPLACE FUNCTION company.mute_finding(my_finding bigint, until timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.my_kind() IS DISTINCT FROM 'owner' THEN
    PERFORM company.refuse('only_the_owner_mutes_a_finding', coalesce(company.me(), session_user) || ' is not the owner');
  END IF;
  UPDATE company.findings SET muted_until = until WHERE id = my_finding AND closed_at IS NULL;
  IF NOT FOUND THEN
    PERFORM company.refuse('one_mutes_only_an_open_finding', format('F-%s is not open', my_finding));
  END IF;
END $$;

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
