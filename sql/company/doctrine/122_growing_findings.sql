-- Why: a finding changes while it is open. Four schedules were off and answered for; the fifth, which served customers,
-- woke nobody for a day.

-- An open finding as it is once it is seen again at this level, with this evidence. What is graver, or names one more,
-- is news to whom had answered it, and ends the owner's mute of what it was. Where an answer is due already, its time
-- goes on: growth at each beat would else put off its escalation for ever.
CREATE OR REPLACE FUNCTION company.urgent_anew(f company.findings, seen_at text, seen jsonb)
RETURNS company.findings
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  levels CONSTANT text[] := ARRAY['ring', 'today', 'brief', 'log'];
  is_graver CONSTANT boolean := array_position(levels, seen_at) < array_position(levels, f.level);
  names_more CONSTANT boolean := f.fingerprint LIKE 'many:%'
    AND NOT f.evidence ?& ARRAY(SELECT jsonb_object_keys(seen));
BEGIN
  IF (is_graver OR names_more) AND seen_at IN ('ring', 'today')
    AND (f.answered_at IS NOT NULL OR f.muted_until > company.now() OR f.level NOT IN ('ring', 'today')) THEN
    f.answered_at := NULL;
    f.answered_by := NULL;
    f.answer := NULL;
    f.muted_until := NULL;
    f.escalated := 0;
    f.escalated_at := NULL;
    f.urgent_since := company.now();
  END IF;
  RETURN f;
END $$;

-- Some schedules of a finding about many are well again: it names those that are left, and those are news when they go
-- wrong again.
CREATE OR REPLACE FUNCTION company.leave_finding(my_finding bigint, names text[], my_title text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  f company.findings;
BEGIN
  SELECT * INTO f FROM company.findings WHERE id = my_finding FOR UPDATE;
  IF company.may_close(f) IS NOT TRUE OR f.fingerprint NOT LIKE 'many:%' OR f.evidence - names = '{}' THEN
    PERFORM company.refuse('only_who_may_close_it_shortens_a_finding_of_many',
      format('%s may not take %s from F-%s', company.me(), array_to_string(names, ', '), my_finding));
  END IF;
  UPDATE company.findings
  SET title = my_title, evidence = evidence - names,
    named_before = named_before || ARRAY(SELECT unnest(names) EXCEPT SELECT unnest(named_before))
  WHERE id = my_finding;
END $$;
GRANT EXECUTE ON FUNCTION company.leave_finding(bigint, text[], text) TO @staff@;

-- Whether the watcher of a finding was woken for it as it is now: not before it became urgent anew, or was muted.
CREATE OR REPLACE FUNCTION company.was_woken(f company.findings) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.woken_at IS NOT NULL AND coalesce(f.woken_at >= greatest(f.urgent_since, f.muted_until), true)
$$;
