-- Why: an auditor who never errs may never look. Each is shown, once a week, something of its own trade that is wrong;
-- all others read what is so, and nothing of it can be published, deployed, remembered or delivered.

-- A figure as a pattern that finds it alone: 81.5, and not the end of 181.5 or the beginning of 81.55.
CREATE OR REPLACE FUNCTION company.as_a_figure(figure text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT '(?<![0-9.,])' || replace(figure, '.', '\.') || '(?![0-9]|[.,][0-9])' $$;

-- The draft that is made false, and the score in it that is made another. One that nobody judged, whose text holds the
-- score and whose title does not.
CREATE OR REPLACE FUNCTION company.draft_to_falsify(luck text, OUT draft bigint, OUT score text, OUT lie text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT d.id, f ->> 'value',
    trim_scale((f ->> 'value')::numeric + CASE WHEN (f ->> 'value')::numeric > 50 THEN -20.3 ELSE 20.3 END)::text
  FROM company.drafts d, jsonb_array_elements(d.facts) AS f
  WHERE d.status = 'drafted' AND NOT EXISTS (SELECT FROM company.plants p WHERE p.subject = 'draft ' || d.id)
    AND f ->> 'source' = 'scores' AND f ->> 'field' = 'score'
    AND f ->> 'value' ~ '^[0-9]{1,3}(\.[0-9]+)?$' AND d.body ~ company.as_a_figure(f ->> 'value')
    AND d.title !~ company.as_a_figure(f ->> 'value')
  ORDER BY md5(format('%s %s %s', luck, d.id, f ->> 'key'))
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
CREATE OR REPLACE FUNCTION company.falsify_a_draft(luck text, is_due boolean) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  chosen record;
  planted bigint;
BEGIN
  SELECT * INTO chosen FROM company.draft_to_falsify(luck);
  IF NOT is_due THEN
    chosen.draft := NULL;
  END IF;
  UPDATE company.drafts d
  SET facts = CASE WHEN d.id = chosen.draft THEN company.falsified(d.facts, chosen.score, chosen.lie) ELSE d.facts END,
    body = CASE WHEN d.id = chosen.draft
      THEN regexp_replace(d.body, company.as_a_figure(chosen.score), chosen.lie, 'g') ELSE d.body END
  WHERE d.status = 'drafted';
  INSERT INTO company.plants (fault, subject, note, planted_by, whose_test)
  SELECT 'false_fact', 'draft ' || chosen.draft, format('a score of %s, the draft says %s', chosen.score, chosen.lie),
    company.me(), 'content_auditor'
  WHERE chosen.draft IS NOT NULL
  RETURNING id INTO planted;
  RETURN planted;
END $$;

-- A row of a whole edition in which one value is another row's; where all rows have the same, a longer text.
CREATE OR REPLACE FUNCTION company.wrong_row(
  luck text, OUT subject text, OUT item text, OUT shadow jsonb, OUT note text
)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s company.streams;
  sql record;
  truth jsonb;
  field text;
  is_wrong boolean;
BEGIN
  FOR s IN SELECT t.* FROM company.streams t WHERE t.off_because IS NULL AND t.is_full_edition
    ORDER BY md5(luck || t.source) LOOP
    sql := company.stream_sql(s.source);
    EXECUTE format('SELECT to_jsonb(c) FROM %s AS c ORDER BY md5($1 || %s::text) LIMIT 1', sql.canonical, sql.key)
    INTO truth USING luck;
    FOR field IN SELECT c FROM unnest(s.value_columns) AS c ORDER BY md5(luck || c) LOOP
      EXECUTE format('SELECT $2 || jsonb_build_object($1, to_jsonb(o) -> $1)
        FROM (SELECT * FROM %1$s ORDER BY md5($3 || $1 || %2$s::text) LIMIT 100) AS o
        WHERE to_jsonb(o) -> $1 NOT IN (''null'', $2 -> $1) ORDER BY md5($3 || %2$s::text) LIMIT 1',
        sql.canonical, sql.key) INTO shadow USING field, truth, luck;
      IF shadow IS NULL AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = sql.canonical::regclass
        AND a.attname = field AND a.atttypid = 'text'::regtype) THEN
        shadow := truth || jsonb_build_object(field, concat(truth ->> field, ' 2'));
      END IF;
      CONTINUE WHEN shadow IS NULL;
      EXECUTE format('SELECT coalesce(bool_or(%2$s), false) FROM jsonb_populate_record(NULL::%1$s, $1) AS s,
        jsonb_populate_record(NULL::%1$s, $2) AS c', sql.canonical, sql.differs) INTO is_wrong USING truth, shadow;
      IF is_wrong THEN
        subject := s.source;
        item := truth ->> s.key_column;
        note := format('%s of %s is %s, shown as %s', field, item, truth -> field, shadow -> field);
        RETURN;
      END IF;
    END LOOP;
  END LOOP;
  shadow := NULL;
END $$;

-- The page of a machine, which no machine reads, with another figure in one line; without a figure the line is gone.
CREATE OR REPLACE FUNCTION company.stale_line(
  luck text, OUT subject text, OUT item text, OUT shadow jsonb, OUT note text
)
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  WITH page AS (
    SELECT r.role, b.file_key, b.content
    FROM company.roster r JOIN company.brain b ON b.file_key = 'SKILL_' || upper(r.role)
    WHERE r.kind = 'machine' AND r.left_at IS NULL
    ORDER BY md5(luck || r.role) LIMIT 1
  ), lines AS (
    SELECT l.line, l.n, row_number() OVER (
      ORDER BY l.line ~ '[0-9]' DESC, length(l.line) > 20 DESC, md5(luck || l.n)) AS pick
    FROM page p, regexp_split_to_table(p.content, '\n') WITH ORDINALITY AS l (line, n)
  )
  SELECT 'pages and records', 'record ' || p.role,
    jsonb_build_object('file_key', p.file_key, 'content', (SELECT string_agg(CASE WHEN l.pick > 1 THEN l.line
      ELSE regexp_replace(l.line, '[0-9]{1,9}',
        (coalesce(substring(l.line FROM '[0-9]{1,9}'), '0')::bigint + 3)::text) END, E'\n' ORDER BY l.n)
      FROM lines l WHERE l.pick > 1 OR l.line ~ '[0-9]')),
    format('one line of %s is another', p.file_key)
  FROM page p
$$;

-- A schedule that is on, and is shown as switched off without a word of heartbeat's.
CREATE OR REPLACE FUNCTION company.muted_schedule(
  luck text, OUT subject text, OUT item text, OUT shadow jsonb, OUT note text
)
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT 'the watch', s.schedule, jsonb_build_object('state', 'DISABLED'), s.schedule || ' is shown as DISABLED'
  FROM company.schedules s JOIN company.roster r ON r.role = s.role
  WHERE s.schedule = s.role AND s.gone_at IS NULL AND s.state = 'ENABLED' AND r.left_at IS NULL AND NOT r.is_paused
  ORDER BY md5(luck || s.schedule) LIMIT 1
$$;

-- A lesson that cites a session that never was. Only memory_auditor is shown it, so no page of memory ever has it.
CREATE OR REPLACE FUNCTION company.invented_lesson(
  luck text, OUT subject text, OUT item text, OUT shadow jsonb, OUT note text
)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  cited bigint := (SELECT max(id) + 100000 + (company.drawn_share(luck) * 100000)::bigint FROM company.sessions);
  about company.sessions := (SELECT s FROM company.sessions s JOIN company.roster r ON r.role = s.role
    WHERE r.kind <> 'owner' AND r.left_at IS NULL ORDER BY md5(luck || s.id) LIMIT 1);
  like_it company.lessons := (SELECT l FROM company.lessons l ORDER BY md5(luck || l.id) LIMIT 1);
  number bigint;
BEGIN
  IF about.id IS NULL THEN
    RETURN;
  END IF;
  number := nextval(pg_get_serial_sequence('company.lessons', 'id'));
  subject := 'memory';
  item := 'L-' || number;
  shadow := jsonb_build_object('id', number, 'role', about.role, 'sessions', ARRAY[cited],
    'signature', coalesce(like_it.signature, 'failed: the answer had no rows'),
    'lesson', coalesce(like_it.lesson, 'An answer without rows ended the fire; ask once more before you count them.'),
    'first_at', about.started_at, 'last_at', about.started_at, 'written_by', 'memory_worker',
    'written_at', company.now());
  note := format('it cites session %s, which never was', cited);
END $$;

-- A change that changes nothing that is read, with a test that passes without it. Only build_auditor is shown it, so
-- nothing can deploy it.
CREATE OR REPLACE FUNCTION company.unproved_change(
  material jsonb, OUT subject text, OUT item text, OUT shadow jsonb, OUT note text
)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  author text := (SELECT min(role) FROM company.roster
    WHERE kind = 'worker' AND 'build' = ANY (modes) AND left_at IS NULL);
  number bigint;
BEGIN
  IF author IS NULL OR material ->> 'diff' IS NULL THEN
    RETURN;
  END IF;
  number := nextval(pg_get_serial_sequence('company.changes', 'id'));
  subject := 'C-' || number;
  item := subject;
  shadow := material || jsonb_build_object('id', number, 'status', 'proposed', 'author', author,
    'documents', '{}'::bigint[], 'proposed_at', company.now(),
    'task_id', (SELECT max(id) FROM company.task_queue WHERE mode = 'build'));
  note := 'its test passes without it';
END $$;

-- An auditor's audit that names a thing that never was, as one does that looked at nothing.
CREATE OR REPLACE FUNCTION company.stamped_audit(
  luck text, OUT subject text, OUT item text, OUT shadow jsonb, OUT note text
)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  real record;
  invented text;
BEGIN
  SELECT a.id, a.auditor, a.subject, x.item INTO real
  FROM company.audits a JOIN company.streams s ON s.source = a.subject, jsonb_array_elements_text(a.sample) AS x (item)
  WHERE a.audited_at > company.now() - interval '7 days' AND a.auditor <> 'audit_auditor' AND x.item ~ '[0-9]'
  ORDER BY md5(format('%s %s %s', luck, a.id, x.item)) LIMIT 1;
  invented := translate(real.item, '0123456789', '8976054321');
  IF real.id IS NULL OR EXISTS (SELECT FROM company.entity_history(real.subject, invented)) THEN
    RETURN;
  END IF;
  subject := real.auditor;
  item := concat_ws(' ', real.subject, invented);
  shadow := jsonb_build_object('audit_id', real.id, 'subject', real.subject, 'item', invented);
  note := format('an audit of %s is shown to name %s', real.auditor, item);
END $$;

-- What each auditor is tested with.
CREATE OR REPLACE FUNCTION company.fault_for(my_auditor text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE my_auditor
    WHEN 'data_auditor' THEN 'wrong_row' WHEN 'docs_auditor' THEN 'stale_line'
    WHEN 'schedule_auditor' THEN 'muted_schedule' WHEN 'memory_auditor' THEN 'invented_lesson'
    WHEN 'build_auditor' THEN 'unproved_change' WHEN 'audit_auditor' THEN 'stamped_audit' END
$$;

-- One defect for one auditor, the one function by which all are planted: the kind that this one has to find. It begins
-- at a moment that is drawn, so that the day on which the planter fires tells nobody, and takes the place of the last.
-- Null where there is nothing to plant, or where none is due.
CREATE OR REPLACE FUNCTION company.plant_test(
  my_session bigint, my_auditor text, material jsonb, begins_within interval
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  luck text := company.chance(format('%s is tested in session %s', my_auditor, my_session));
  is_due boolean;
  defect record;
  planted bigint;
BEGIN
  PERFORM company.require_planter();
  PERFORM company.require_open_session(my_session);
  IF NOT EXISTS (SELECT FROM company.roster WHERE role = my_auditor AND kind = 'auditor' AND left_at IS NULL) THEN
    PERFORM company.refuse('only_an_auditor_is_tested', coalesce(my_auditor, 'null') || ' is none here');
  END IF;
  is_due := company.tests_are_planted() AND NOT EXISTS (SELECT FROM company.plants
    WHERE whose_test = my_auditor AND planted_at > company.now() - interval '4 days');
  IF my_auditor = 'content_auditor' THEN
    RETURN company.falsify_a_draft(luck, is_due);
  ELSIF NOT is_due THEN
    RETURN NULL;
  END IF;
  CASE my_auditor
    WHEN 'data_auditor' THEN SELECT * INTO defect FROM company.wrong_row(luck);
    WHEN 'docs_auditor' THEN SELECT * INTO defect FROM company.stale_line(luck);
    WHEN 'schedule_auditor' THEN SELECT * INTO defect FROM company.muted_schedule(luck);
    WHEN 'memory_auditor' THEN SELECT * INTO defect FROM company.invented_lesson(luck);
    WHEN 'build_auditor' THEN SELECT * INTO defect FROM company.unproved_change(material);
    WHEN 'audit_auditor' THEN SELECT * INTO defect FROM company.stamped_audit(luck);
    ELSE RETURN NULL;
  END CASE;
  IF defect.shadow IS NULL THEN
    RETURN NULL;
  END IF;
  UPDATE company.plants SET removed_at = company.now() WHERE whose_test = my_auditor AND removed_at IS NULL;
  INSERT INTO company.plants (fault, subject, item, shadow, note, planted_by, whose_test, planted_at)
  VALUES (company.fault_for(my_auditor), defect.subject, defect.item, defect.shadow, defect.note, company.me(),
    my_auditor,
    company.now() + CASE my_auditor WHEN 'audit_auditor' THEN interval '0'
      ELSE company.drawn_share(luck || ' begins') * begins_within END)
  RETURNING id INTO planted;
  RETURN planted;
END $$;
GRANT EXECUTE ON FUNCTION company.plant_test(bigint, text, jsonb, interval) TO @login:planter@;
