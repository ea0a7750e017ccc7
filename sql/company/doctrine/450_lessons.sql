-- Why: what is remembered shapes every later fire. One role writes it, only with the sessions that taught it, and what
-- was learned is not lost in one night: a lesson stays until its mistake is seen to have stopped.

GRANT SELECT ON company.lessons, company.lesson_sightings TO @staff@;

CREATE OR REPLACE FUNCTION company.require_memory_worker() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.me() IS DISTINCT FROM 'memory_worker' THEN
    PERFORM company.refuse('only_memory_worker_writes_lessons',
      coalesce(company.me(), session_user) || ' is not memory_worker');
  END IF;
END $$;

-- How often a mistake was made before and after its root cause was done. A lesson that came back after it was retired
-- is the same mistake: it has the task of the earlier one until it has its own.
-- A fire that asked its source and was answered had its chance to fail, also where nothing was new.
CREATE OR REPLACE VIEW company.lesson_recurrence AS
SELECT l.id AS lesson_id, l.role, l.signature, l.lesson, l.retired_at, t.id AS task_id,
  t.closed_at AS cause_closed_at,
  CASE WHEN t.status = 'complete' THEN t.closed_at END AS done_at,
  seen.times, seen.times - seen.times_after AS times_before, seen.times_after, seen.days, seen.last_at,
  (SELECT count(*) FROM company.sessions c
    WHERE c.role = l.role AND (c.outcome = 'done' OR (c.outcome = 'skipped' AND EXISTS (SELECT FROM company.fetches f
        WHERE f.at BETWEEN c.started_at AND c.finished_at AND f.session_id = c.id
          AND f.result IN ('new', 'unchanged', 'not_modified'))))
      AND c.started_at > greatest(seen.last_at, t.closed_at)) AS fires_without
FROM company.lessons l
LEFT JOIN LATERAL (
  SELECT c.id, c.status, c.closed_at
  FROM company.lessons same JOIN company.task_queue c ON c.id = same.task_id
  WHERE same.role = l.role AND same.signature = l.signature AND same.id <= l.id
  ORDER BY same.id DESC LIMIT 1
) t ON true
CROSS JOIN LATERAL (
  SELECT count(DISTINCT s.id) AS times,
    count(DISTINCT s.id) FILTER (WHERE s.started_at > t.closed_at) AS times_after,
    count(DISTINCT (s.started_at AT TIME ZONE 'UTC')::date) FILTER (WHERE t.closed_at IS NULL
      OR s.started_at > t.closed_at) AS days,
    max(s.started_at) AS last_at
  FROM company.lessons same
  JOIN company.lesson_sightings g ON g.lesson_id = same.id
  JOIN company.sessions s ON s.id = g.session_id
  WHERE same.role = l.role AND same.signature = l.signature
) seen;
GRANT SELECT ON company.lesson_recurrence TO @staff@;

-- Why a lesson has done its work by a moment; null while it has not. A mistake that had no chance to come back has not
-- stopped.
CREATE OR REPLACE FUNCTION company.lesson_is_over(my_lesson bigint, moment timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN r.left_at <= moment THEN v.role || ' left'
    WHEN moment - v.last_at >= interval '14 days' THEN format('it has not come back for %s days',
      extract(day FROM moment - v.last_at))
    WHEN v.done_at <= moment - interval '1 day' AND v.last_at <= least(v.done_at, moment - interval '2 days')
      AND v.fires_without >= 3
      THEN format('its root cause (task %s) is done, and %s went without it', v.task_id,
        company.counted(v.fires_without, 'fire'))
  END
  FROM company.lesson_recurrence v JOIN company.roster r ON r.role = v.role
  WHERE v.lesson_id = my_lesson
$$;
GRANT EXECUTE ON FUNCTION company.lesson_is_over(bigint, timestamptz) TO @staff@;

-- A lesson seen again takes its new sessions in; at most the last fifty stay cited.
CREATE OR REPLACE FUNCTION company.write_lesson(
  my_session bigint, my_role text, my_signature text, my_lesson text, my_sessions bigint[], my_task bigint DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  cited record;
  written bigint;
BEGIN
  PERFORM company.require_memory_worker();
  PERFORM company.require_open_session(my_session);
  SELECT count(*) AS n, min(started_at) AS first_at, max(started_at) AS last_at INTO cited
  FROM company.sessions WHERE id = ANY (my_sessions) AND role = my_role;
  IF cited.n < cardinality(my_sessions) THEN
    PERFORM company.refuse('a_lesson_cites_real_sessions',
      format('%s of %s sessions are %s''s', cited.n, cardinality(my_sessions), my_role));
  END IF;
  INSERT INTO company.lessons AS l (role, signature, lesson, sessions, first_at, last_at, written_by, task_id)
  VALUES (my_role, my_signature, my_lesson, my_sessions, coalesce(cited.first_at, company.now()),
    coalesce(cited.last_at, company.now()), company.me(), my_task)
  ON CONFLICT (role, signature) WHERE retired_at IS NULL DO UPDATE
  SET lesson = excluded.lesson, last_at = greatest(l.last_at, excluded.last_at), written_at = company.now(),
    task_id = coalesce(excluded.task_id, l.task_id),
    sessions = (SELECT array_agg(s ORDER BY s)
      FROM (SELECT DISTINCT s FROM unnest(l.sessions || excluded.sessions) AS s ORDER BY s DESC LIMIT 50) AS last)
  RETURNING id INTO written;
  INSERT INTO company.lesson_sightings (lesson_id, session_id) SELECT written, s FROM unnest(my_sessions) AS s
  ON CONFLICT DO NOTHING;
  RETURN written;
END $$;
GRANT EXECUTE ON FUNCTION company.write_lesson(bigint, text, text, text, bigint[], bigint) TO @staff@;

CREATE OR REPLACE FUNCTION company.retire_lesson(my_session bigint, my_lesson bigint, my_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_memory_worker();
  PERFORM company.require_open_session(my_session);
  -- Otherwise a shorter page could be had by declaring its entries untrue.
  IF company.lesson_is_over(my_lesson, company.now()) IS NULL THEN
    PERFORM company.refuse('a_lesson_stays_until_its_mistake_stopped', format('L-%s may still come back', my_lesson));
  END IF;
  UPDATE company.lessons SET retired_at = company.now(), retired_because = nullif(btrim(my_reason), '')
  WHERE id = my_lesson AND retired_at IS NULL;
END $$;
GRANT EXECUTE ON FUNCTION company.retire_lesson(bigint, bigint, text) TO @staff@;

-- The lessons on a page, by its entries: '- L-3, twice, ...'.
CREATE OR REPLACE FUNCTION company.lessons_on_page(page text) RETURNS SETOF bigint
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT (regexp_match(line, '^- L-(\d{1,12}),'))[1]::bigint
  FROM regexp_split_to_table(page, '\n') AS line
  WHERE line ~ '^- L-\d{1,12},'
$$;

-- An entry is about a lesson of this role that is not retired, and ends with sessions in which that mistake was made.
CREATE OR REPLACE FUNCTION company.entry_cites_its_sessions(entry text, my_role text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM company.lessons l
    WHERE l.id = (SELECT lesson FROM company.lessons_on_page(entry) AS lesson) AND l.role = my_role
      AND l.retired_at IS NULL
  ) AND coalesce((
    SELECT bool_and(EXISTS (
      SELECT FROM company.lesson_sightings g
      WHERE g.lesson_id = (SELECT lesson FROM company.lessons_on_page(entry) AS lesson) AND g.session_id = cited::bigint
    ))
    FROM regexp_split_to_table(substring(entry FROM '\(sessions? (\d{1,12}(?:, \d{1,12})*)(?: and earlier)?\)$'),
      ', ') AS cited
  ), false)
$$;

-- How many characters a page's entries about these lessons have.
CREATE OR REPLACE FUNCTION company.size_of_entries(page text, about bigint[]) RETURNS bigint
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(sum(length(line)), 0)
  FROM regexp_split_to_table(page, '\n') AS line
  WHERE EXISTS (SELECT FROM company.lessons_on_page(line) AS lesson WHERE lesson = ANY (about))
$$;

-- Measured against the page as it stood twelve hours ago, so that small steps in one night come to no more than one.
CREATE OR REPLACE FUNCTION company.require_kept_memory(key text, page text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  stray text;
  before text;
  stood bigint[];
  kept integer;
BEGIN
  SELECT line INTO stray
  FROM regexp_split_to_table(page, '\n') WITH ORDINALITY AS lines (line, n)
  WHERE (n > 1 OR line LIKE '-%')
    AND NOT company.entry_cites_its_sessions(line, lower(substr(key, length('MEMORY_') + 1)))
  LIMIT 1;
  IF stray IS NOT NULL THEN
    PERFORM company.refuse('an_entry_of_memory_cites_its_sessions', format('%s: %s', key, left(stray, 160)));
  END IF;
  SELECT coalesce(
    (SELECT h.content FROM company.brain_history h
      WHERE h.file_key = key AND h.replaced_at > company.now() - interval '12 hours' ORDER BY h.id LIMIT 1),
    (SELECT b.content FROM company.brain b WHERE b.file_key = key),
    '') INTO before;
  SELECT array_agg(l.id) INTO stood
  FROM company.lessons_on_page(before) AS listed JOIN company.lessons l ON l.id = listed AND l.retired_at IS NULL;
  SELECT count(*) INTO kept FROM company.lessons_on_page(page) AS listed WHERE listed = ANY (stood);
  IF kept * 4 < coalesce(cardinality(stood), 0) * 3 THEN
    PERFORM company.refuse('three_quarters_of_what_is_true_are_kept',
      format('%s keeps %s of %s lessons that still stand', key, kept, cardinality(stood)));
  END IF;
  -- Entries that are kept by their number alone, or a page without any that goes blank, would be a page emptied too.
  IF 2 * company.size_of_entries(page, ARRAY(SELECT company.lessons_on_page(page)))
      < company.size_of_entries(before, stood)
    OR (before ~ '[[:alnum:]]' AND coalesce(page, '') !~ '[[:alnum:]]') THEN
    PERFORM company.refuse('a_memory_is_not_emptied_at_once', format('%s would lose more than half of its text', key));
  END IF;
END $$;
