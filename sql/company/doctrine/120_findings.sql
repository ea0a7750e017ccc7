-- Why: what is wrong has one open row, a named watcher who must answer, and is never closed by whom it accuses.

GRANT SELECT ON company.findings TO @staff@;

-- Findings about something planted. Those whom the mark would help do not read it: neither who is tested nor the
-- accused.
CREATE OR REPLACE VIEW company.planted_findings AS
SELECT DISTINCT f.id AS finding_id
FROM company.plants p JOIN company.findings f ON f.subject IN (p.subject, p.item) AND f.found_at >= p.planted_at
  AND f.found_at <= coalesce(p.removed_at, 'infinity')
-- What is planted for one auditor is shown to nobody else: a finding about the same thing by another is none of it.
WHERE p.item IS NULL OR (f.found_by = p.whose_test
  AND (f.subject = p.item OR strpos(concat(f.title, f.evidence), p.item) > 0));
GRANT SELECT ON company.planted_findings TO @owners@, @ceos@, @login:org_page@, @login:console@,
  @login:audit_auditor@, @login:planter@;

-- Who opens findings of a kind: the roles whose records state it, and the database itself for what its own clocks and
-- functions report. Empty for a kind that is free: then each opener has its own.
CREATE OR REPLACE FUNCTION company.openers_of(my_kind text) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(who ORDER BY who), '{}') FROM (
    SELECT role AS who FROM company.roster WHERE my_kind = ANY (findings) AND left_at IS NULL
    UNION ALL
    SELECT 'the database' WHERE my_kind IN ('stale_beat', 'incomplete_beat', 'short_ledger', 'not_flowing',
      'brief_late', 'clock_cannot_look', 'alert_unsent', 'taken_back', 'instructions_in_data', 'model_endpoint',
      'set_aside')
  ) AS openers
$$;
GRANT EXECUTE ON FUNCTION company.openers_of(text) TO @staff@;

-- What readers act upon is known by its kind: a miss is one because heartbeat says so.
CREATE OR REPLACE FUNCTION company.require_own_kind(my_kind text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  openers text[] := company.openers_of(my_kind);
BEGIN
  IF company.me() <> ALL (openers) AND cardinality(openers) > 0 THEN
    PERFORM company.refuse('a_kind_of_finding_has_its_openers',
      format('%s is opened by %s, not by %s: give what you found a kind of your own', my_kind,
        array_to_string(openers, ', '), company.me()));
  END IF;
END $$;

-- A finding is about whom it accuses. Where it accuses nobody it is about the role that is its subject, or whose
-- schedule is: otherwise an accused could open it first and leave that field empty.
CREATE OR REPLACE FUNCTION company.is_about(f company.findings, who text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN f.accused IS NOT NULL THEN f.accused = who
    ELSE f.subject = who OR EXISTS (SELECT FROM company.schedules s WHERE s.schedule = f.subject AND s.role = who) END
$$;
GRANT EXECUTE ON FUNCTION company.is_about(company.findings, text) TO @staff@;

-- A brain of before may hold a finding under this name by somebody who does not open its kind, and the database's own
-- clock repeats nobody: the report of its rightful writer takes its place, and says so.
CREATE OR REPLACE FUNCTION company.replace_findings(by_finding bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  mine company.findings := (SELECT f FROM company.findings f WHERE f.id = by_finding);
  openers text[] := company.openers_of(mine.kind);
  replaced text[];
BEGIN
  IF NOT mine.by_database AND mine.found_by <> ALL (openers) THEN
    RETURN;
  END IF;
  WITH closed AS (
    UPDATE company.findings
    SET closed_at = company.now(), closed_by = 'the database',
      resolution = format('replaced by F-%s of %s, who opens findings of this kind', mine.id, mine.found_by)
    WHERE id IN (
      SELECT id FROM company.findings
      WHERE fingerprint = mine.fingerprint AND kind = mine.kind AND closed_at IS NULL AND NOT by_database
        AND id <> mine.id AND (mine.by_database OR found_by <> ALL (openers))
      -- Somebody who keeps a row locked must not keep a clock waiting.
      FOR UPDATE SKIP LOCKED
    )
    RETURNING format('F-%s of %s', id, found_by) AS one
  )
  SELECT array_agg(one) INTO replaced FROM closed;
  IF replaced IS NOT NULL THEN
    UPDATE company.findings
    SET evidence = evidence || jsonb_build_object('replaces', array_to_string(replaced, ', ')) WHERE id = mine.id;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION company.open_finding(
  my_fingerprint text, my_kind text, my_subject text, my_level text, my_title text, my_effect text,
  my_evidence jsonb, my_accused text, my_watcher text, OUT finding_id bigint, OUT is_new boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  levels CONSTANT text[] := ARRAY['ring', 'today', 'brief', 'log'];
  open_level text;
BEGIN
  IF company.me() IS NULL OR company.my_kind() = 'worker' THEN
    PERFORM company.refuse('findings_come_from_who_checks',
      coalesce(company.me(), session_user) || ' writes a note to its manager instead');
  END IF;
  PERFORM company.require_own_kind(my_kind);
  -- What the database has reported already stays one finding when a role sees it too.
  UPDATE company.findings f
  SET times_seen = f.times_seen + 1, last_seen_at = company.now(), evidence = coalesce(my_evidence, '{}') || f.evidence
  WHERE f.fingerprint = my_fingerprint AND f.kind = my_kind AND f.by_database AND f.closed_at IS NULL
  RETURNING f.id, false INTO finding_id, is_new;
  IF FOUND THEN
    RETURN;
  END IF;
  SELECT level INTO open_level FROM company.findings
  WHERE fingerprint = my_fingerprint AND found_by = company.me() AND closed_at IS NULL AND NOT by_database;
  -- A fourth ring of the day comes as today, or nobody would get up for the first; also a fourth across midnight.
  IF my_level = 'ring' AND open_level IS DISTINCT FROM 'ring'
    AND (NOT company.may_say('ring', my_title) OR company.rang_lately(company.me()) >= 3) THEN
    my_level := 'today';
  END IF;
  IF open_level IS NULL AND NOT company.may_say('finding', my_title) THEN
    finding_id := company.name_the_loud();
    is_new := false;
    RETURN;
  END IF;
  INSERT INTO company.findings AS f (fingerprint, kind, subject, level, title, effect, evidence, accused, watcher,
    found_by)
  VALUES (
    my_fingerprint, my_kind, my_subject, my_level, my_title, coalesce(my_effect, ''), coalesce(my_evidence, '{}'),
    my_accused,
    my_watcher, company.me()
  )
  ON CONFLICT (fingerprint, found_by) WHERE closed_at IS NULL AND NOT by_database DO UPDATE
  SET times_seen = f.times_seen + 1, last_seen_at = company.now(), evidence = f.evidence || excluded.evidence,
    -- A finding of level today that comes back at ring becomes ring; seeing it again never lowers its level. A finding
    -- of many schedules, or of work that is overdue, says how many now, and what it does; that of an old edition
    -- says which one is read now.
    level = CASE WHEN array_position(levels, excluded.level) < array_position(levels, f.level) THEN excluded.level
      ELSE f.level END,
    title = CASE WHEN f.fingerprint LIKE 'many:%' OR f.kind = 'overdue_work' THEN excluded.title ELSE f.title END,
    effect = CASE WHEN f.fingerprint LIKE 'many:%' OR f.kind IN ('overdue_work', 'stale_source') THEN excluded.effect
      ELSE f.effect END,
    (answered_at, answered_by, answer, muted_until, escalated, escalated_at, urgent_since) = (
      SELECT u.answered_at, u.answered_by, u.answer, u.muted_until, u.escalated, u.escalated_at, u.urgent_since
      FROM company.urgent_anew(f, excluded.level, excluded.evidence) AS u)
  RETURNING f.id, f.times_seen = 1 INTO finding_id, is_new;
  IF is_new THEN
    PERFORM company.replace_findings(finding_id);
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.open_finding(text, text, text, text, text, text, jsonb, text, text) TO @staff@;

-- A finding that the database itself makes, without a member of staff. Nothing that anybody opened under the same name
-- keeps it from being new.
CREATE OR REPLACE FUNCTION company.open_database_finding(
  my_fingerprint text, my_kind text, my_subject text, my_level text, my_title text, my_effect text, my_evidence jsonb,
  my_watcher text, by_whom text,
  OUT finding_id bigint, OUT is_new boolean
)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO company.findings AS f (fingerprint, kind, subject, level, title, effect, evidence, accused, watcher,
    found_by, by_database)
  VALUES (
    my_fingerprint, my_kind, my_subject, my_level, my_title, my_effect, my_evidence,
    (SELECT role FROM company.roster WHERE role = my_subject),
    coalesce((SELECT role FROM company.roster WHERE role = my_watcher AND left_at IS NULL), 'ceo'), by_whom, true
  )
  ON CONFLICT (fingerprint) WHERE closed_at IS NULL AND by_database DO UPDATE SET last_seen_at = company.now()
  RETURNING f.id, f.xmax = 0 INTO finding_id, is_new;
  PERFORM company.replace_findings(finding_id);
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
  IF company.is_about(f, company.me()) THEN
    PERFORM company.refuse('findings_are_not_answered_by_the_accused',
      format('F-%s is about %s', my_finding, company.me()));
  END IF;
  IF company.me() IS DISTINCT FROM f.watcher AND coalesce(company.my_kind(), '') NOT IN ('ceo', 'owner')
    AND NOT EXISTS (SELECT FROM company.roster WHERE role = f.watcher AND reports_to = company.me()) THEN
    PERFORM company.refuse('a_finding_is_answered_by_its_watcher',
      format('F-%s waits for %s, not for %s', my_finding, f.watcher, company.me()));
  END IF;
  UPDATE company.findings
  SET answered_at = coalesce(answered_at, company.now()), answered_by = company.me(),
    answer = nullif(btrim(my_answer), '')
  WHERE id = my_finding;
END $$;
GRANT EXECUTE ON FUNCTION company.answer_finding(bigint, text) TO @staff@;

-- Whether close_finding would close it for me: asked by those who look for findings to close, so that none is refused.
CREATE OR REPLACE FUNCTION company.may_close(f company.findings) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.closed_at IS NULL AND NOT company.is_about(f, company.me())
    AND (company.me() IN (f.watcher, f.found_by) OR coalesce(company.my_kind(), '') IN ('ceo', 'owner'))
$$;
GRANT EXECUTE ON FUNCTION company.may_close(company.findings) TO @staff@;

CREATE OR REPLACE FUNCTION company.close_finding(my_finding bigint, my_resolution text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  f company.findings;
BEGIN
  SELECT * INTO f FROM company.findings WHERE id = my_finding FOR UPDATE;
  IF company.is_about(f, company.me()) THEN
    PERFORM company.refuse('findings_are_not_closed_by_the_accused',
      format('F-%s is about %s', my_finding, company.me()));
  END IF;
  IF company.me() IS DISTINCT FROM f.watcher AND company.me() IS DISTINCT FROM f.found_by
    AND coalesce(company.my_kind(), '') NOT IN ('ceo', 'owner') THEN
    PERFORM company.refuse('a_finding_is_closed_by_finder_watcher_ceo_or_owner',
      format('%s is none of them for F-%s', company.me(), my_finding));
  END IF;
  UPDATE company.findings SET closed_at = company.now(), closed_by = company.me(),
    resolution = nullif(btrim(my_resolution), '')
  WHERE id = my_finding AND closed_at IS NULL;
  RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION company.close_finding(bigint, text) TO @staff@;

CREATE OR REPLACE FUNCTION company.mute_finding(my_finding bigint, until timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_owner('only_the_owner_mutes_a_finding');
  IF until IS NULL OR until <= company.now() OR until > company.now() + interval '366 days' THEN
    PERFORM company.refuse('a_finding_is_muted_for_a_year_at_most', 'until when? a time after now, within a year');
  END IF;
  UPDATE company.findings SET muted_until = until WHERE id = my_finding AND closed_at IS NULL;
  IF NOT FOUND THEN
    PERFORM company.refuse('one_mutes_only_an_open_finding', format('F-%s is not open', my_finding));
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.mute_finding(bigint, timestamptz) TO @staff@;

-- A finding without a text helps nobody, and one without a watcher is never answered. Machines take texts and watchers
-- from facts and records; managers, auditors and the ceo may write anything, so it must be something, for somebody who
-- answers.
CREATE OR REPLACE FUNCTION company.limit_findings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(company.my_kind(), 'machine') NOT IN ('manager', 'auditor', 'ceo')
    OR NEW.found_by IS DISTINCT FROM company.me() THEN
    RETURN NEW;
  END IF;
  IF btrim(NEW.title) = '' OR btrim(NEW.kind) = '' OR btrim(NEW.subject) = '' THEN
    PERFORM company.refuse('a_finding_says_what_is_wrong',
      'title, kind and subject are words that somebody else understands');
  END IF;
  IF NOT EXISTS (SELECT FROM company.roster
    WHERE role = NEW.watcher AND left_at IS NULL AND kind <> 'machine') THEN
    PERFORM company.refuse('a_finding_waits_for_somebody_here',
      coalesce(NEW.watcher, 'nobody') || ' is nobody here who answers');
  END IF;
  -- Only the accused could answer it, who may not: the fires of that role failed one after another, and the brief with
  -- them.
  IF company.is_about(NEW, NEW.watcher) THEN
    PERFORM company.refuse('nobody_watches_a_finding_about_themselves', NEW.watcher || ' is whom it is about');
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER limit_findings BEFORE INSERT ON company.findings
FOR EACH ROW EXECUTE FUNCTION company.limit_findings();
CREATE OR REPLACE TRIGGER cut_to_length BEFORE INSERT OR UPDATE ON company.findings FOR EACH ROW
WHEN (length(NEW.title) > 300 OR length(NEW.effect) > 300 OR length(NEW.subject) > 120 OR length(NEW.kind) > 60
  OR length(NEW.answer) > 2000
  OR length(NEW.resolution) > 1000)
EXECUTE FUNCTION company.cut_to_length('title', '300', 'effect', '300', 'subject', '120', 'kind', '60', 'answer',
  '2000', 'resolution', '1000');

-- A finding at ring raises its alert by itself, for every opener. One that another clock of the database reported a
-- while ago under the same name raises none; what a role opened keeps no clock from ringing.
CREATE OR REPLACE FUNCTION company.ring_at_once() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM company.findings f JOIN company.alerts a ON a.finding_id = f.id
    WHERE f.fingerprint = NEW.fingerprint AND f.kind = NEW.kind AND f.by_database AND f.found_by <> NEW.found_by
      AND a.raised_at > company.now() - interval '3 hours'
  ) THEN
    PERFORM company.alert_of_finding(NEW);
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER ring_at_once AFTER INSERT ON company.findings
FOR EACH ROW WHEN (NEW.level = 'ring') EXECUTE FUNCTION company.ring_at_once();

-- Code that went live without her and came back reaches the owner the same day, not with the next brief.
CREATE OR REPLACE FUNCTION company.tell_of_rollback() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.alert_of_finding(NEW);
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER tell_of_rollback AFTER INSERT ON company.findings
FOR EACH ROW WHEN (NEW.kind = 'rolled_back') EXECUTE FUNCTION company.tell_of_rollback();

-- Also when a finding of level today becomes ring.
CREATE OR REPLACE TRIGGER ring_when_it_grows AFTER UPDATE OF level ON company.findings
FOR EACH ROW WHEN (NEW.level = 'ring' AND OLD.level <> 'ring') EXECUTE FUNCTION company.ring_at_once();
