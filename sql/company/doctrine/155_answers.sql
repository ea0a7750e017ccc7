-- Why: an answer acts only when the owner gave it, only on what its question was about, and once. Words cannot be
-- judged, so what an option does is data: it follows from the question's subject (scar: a question about something
-- else, or nobody's answer, switched a schedule on).

-- What a question is about to switch on: subject has schedule (one) or schedules (several).
CREATE OR REPLACE FUNCTION company.schedules_in(my_subject jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT name ORDER BY name), '{}') FROM (
    SELECT my_subject ->> 'schedule' AS name
    UNION ALL
    SELECT jsonb_array_elements_text(my_subject -> 'schedules') WHERE jsonb_typeof(my_subject -> 'schedules') = 'array'
  ) AS named
  WHERE name IS NOT NULL
$$;

-- The options that do something: yes to schedules or to entries of the outbox, and what a study says becomes a task.
CREATE OR REPLACE FUNCTION company.acting_options(my_subject jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT array_remove(ARRAY[
    CASE WHEN my_subject ?| ARRAY['schedule', 'schedules', 'action', 'entries'] THEN 'yes' END,
    my_subject ->> 'acts_on'
  ], NULL)
$$;

-- All that a default may be called. Each of them means that nothing happens.
CREATE OR REPLACE FUNCTION company.harmless_options() RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT ARRAY['no', 'wait', 'later', 'not now', 'nothing', 'leave it', 'leave as it is'] $$;

-- The options as they are shown: at most six, with short names, each text cut to a line or two.
CREATE OR REPLACE FUNCTION company.short_options(my_options jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF jsonb_typeof(my_options) IS DISTINCT FROM 'object' THEN
    RETURN my_options;  -- a constraint refuses it
  END IF;
  IF (SELECT count(*) > 6 OR max(length(k)) > 40 FROM jsonb_object_keys(my_options) AS k) THEN
    PERFORM company.refuse('options_are_few_and_short', 'at most six, each with a name of 40 characters at most');
  END IF;
  RETURN (SELECT coalesce(jsonb_object_agg(o.key, left(o.value, 300)), '{}') FROM jsonb_each_text(my_options) AS o);
END $$;

-- The question about schedules, worded from what a yes switches on, so that no asker can word it otherwise.
CREATE OR REPLACE FUNCTION company.question_about_schedules(names text[]) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE cardinality(names)
    WHEN 1 THEN format('Switch %s''s schedule back on?', names[1])
    WHEN 2 THEN format('Switch the schedules of %s and %s back on?', names[1], names[2])
    WHEN 3 THEN format('Switch the schedules of %s, %s and %s back on?', names[1], names[2], names[3])
    ELSE format('Switch the schedules of %s and %s back on?', array_to_string(names[1:3], ', '),
      company.counted(cardinality(names) - 3, 'other'))
  END
$$;

-- The question about a new address of a source, worded from what an answer allows.
CREATE OR REPLACE FUNCTION company.question_about_address(my_subject jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('%s says that it is at %s now. Ask it there?', my_subject ->> 'source', my_subject ->> 'moved_to')
$$;

-- What the caller may act upon: answers of the owner to the caller's own questions. What expired is not among them.
CREATE OR REPLACE FUNCTION company.answers_to_act_on() RETURNS SETOF company.decisions
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT d.* FROM company.decisions d
  WHERE d.asked_by = company.me() AND d.answered_by = 'owner' AND d.acted_at IS NULL
  ORDER BY d.id
$$;
GRANT EXECUTE ON FUNCTION company.answers_to_act_on() TO @staff@;

-- Takes the owner's yes for one schedule, in the transaction that switches it on; refused where there is none.
CREATE OR REPLACE FUNCTION company.use_yes(my_decision bigint, my_schedule text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  d company.decisions;
BEGIN
  SELECT * INTO d FROM company.decisions WHERE id = my_decision FOR UPDATE;
  IF d.asked_by IS DISTINCT FROM company.me() OR NOT my_schedule = ANY (company.schedules_in(d.subject)) THEN
    PERFORM company.refuse('an_answer_acts_on_its_own_question',
      format('D-%s is not a question of %s about %s', my_decision, company.me(), my_schedule));
  END IF;
  IF (d.answered_by = 'owner' AND d.answer = 'yes') IS NOT TRUE OR d.acted_at IS NOT NULL OR my_schedule = ANY (d.used)
  THEN
    PERFORM company.refuse('only_the_owners_yes_acts_and_once',
      format('D-%s holds no unused yes of the owner for %s: it says %s', my_decision, my_schedule,
        coalesce(d.answer, CASE d.answered_by WHEN 'silence' THEN 'nothing, and expired' END, 'nothing yet')));
  END IF;
  PERFORM company.require_yes_in_force(d, my_schedule);
  UPDATE company.decisions SET used = used || my_schedule WHERE id = my_decision;
END $$;
GRANT EXECUTE ON FUNCTION company.use_yes(bigint, text) TO @staff@;

-- A yes ends with what it was about, and with a later answer about the same schedule; it is for whom one watches.
CREATE OR REPLACE FUNCTION company.require_yes_in_force(d company.decisions, my_schedule text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM company.findings WHERE id = d.finding_id AND closed_at IS NOT NULL) THEN
    PERFORM company.refuse('a_yes_ends_with_its_finding', format('F-%s, which D-%s was about, is closed', d.finding_id,
      d.id));
  END IF;
  IF EXISTS (SELECT FROM company.decisions later
    WHERE later.answered_by = 'owner' AND later.answered_at > d.answered_at AND later.answer IS DISTINCT FROM 'yes'
      AND my_schedule = ANY (company.schedules_in(later.subject))) THEN
    PERFORM company.refuse('the_owners_last_answer_is_in_force',
      format('the owner answered a later question about %s otherwise', my_schedule));
  END IF;
  IF company.my_kind() <> 'ceo' AND NOT EXISTS (
    SELECT FROM company.roster WHERE role = my_schedule AND company.me() IN (watched_by, reports_to)
  ) THEN
    PERFORM company.refuse('one_switches_on_whom_one_watches_or_manages',
      format('%s neither watches nor manages %s', company.me(), my_schedule));
  END IF;
END $$;

-- Whether a question was answered lately and nothing is new: it is not asked again until there is another finding,
-- another subject, or a week has gone by; and not while its answer waits to be acted upon. A yes that was acted upon,
-- and words alone, may be followed by a question at once.
CREATE OR REPLACE FUNCTION company.was_asked_lately(last company.decisions, my_finding bigint, my_subject jsonb)
RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT (last.answered_at > company.now() - interval '7 days'
    AND (last.finding_id, last.subject) IS NOT DISTINCT FROM (my_finding, my_subject)
    AND (last.answered_by = 'silence' OR last.acted_at IS NULL
      OR NOT last.answer = ANY (company.acting_options(last.subject)))) IS TRUE
$$;

-- Which schedules of a finding my questions are about, each with the last: what waits for its answer, or was answered
-- lately. Not what was switched off anew since the answer; what a yes has switched on just now heartbeat has yet to
-- see.
CREATE OR REPLACE FUNCTION company.asked_about(my_finding bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(jsonb_object_agg(asked.name, asked.id), '{}') FROM (
    SELECT name, max(d.id) AS id
    FROM company.decisions d CROSS JOIN unnest(company.schedules_in(d.subject)) AS name
    LEFT JOIN company.schedules s ON s.schedule = name
    WHERE d.finding_id = my_finding AND d.asked_by = company.me() AND (d.answered_at IS NULL
      OR (s.changed_at > d.answered_at) IS NOT TRUE AND (company.was_asked_lately(d, d.finding_id, d.subject)
        OR name = ANY (d.used) AND d.acted_at > company.now() - interval '10 minutes'))
    GROUP BY name
  ) AS asked
$$;
GRANT EXECUTE ON FUNCTION company.asked_about(bigint) TO @staff@;
