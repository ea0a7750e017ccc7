-- Why: an auditor who is tested reads the thing that is planted for it among all others, and the same thing as it is to
-- everybody else. These functions are how the queries of auditors read what may be planted.

CREATE OR REPLACE FUNCTION company.page_as_read(my_key text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN planted ->> 'file_key' = b.file_key THEN planted ->> 'content' ELSE b.content END
  FROM company.brain b, (SELECT company.shadow_for_me('stale_line', 'pages and records') AS planted) AS mine
  WHERE b.file_key = my_key
$$;
GRANT EXECUTE ON FUNCTION company.page_as_read(text) TO @staff@;

CREATE OR REPLACE FUNCTION company.schedules_as_read()
RETURNS TABLE (schedule text, role text, state text, changed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.schedule, s.role, coalesce(t.shadow ->> 'state', s.state), s.changed_at
  FROM company.schedules s LEFT JOIN company.standing_tests t
    ON t.whose_test = company.me() AND t.fault = 'muted_schedule' AND t.item = s.schedule
  WHERE s.gone_at IS NULL
$$;
GRANT EXECUTE ON FUNCTION company.schedules_as_read() TO @staff@;

CREATE OR REPLACE FUNCTION company.lessons_as_read() RETURNS SETOF company.lessons
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM company.lessons WHERE retired_at IS NULL
  UNION ALL
  SELECT l.* FROM company.standing_tests t, jsonb_populate_record(NULL::company.lessons, t.shadow) AS l
  WHERE t.whose_test = company.me() AND t.fault = 'invented_lesson'
$$;
GRANT EXECUTE ON FUNCTION company.lessons_as_read() TO @staff@;

CREATE OR REPLACE FUNCTION company.changes_as_read() RETURNS SETOF company.changes
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM company.changes
  UNION ALL
  SELECT c.* FROM company.standing_tests t, jsonb_populate_record(NULL::company.changes, t.shadow) AS c
  WHERE t.whose_test = company.me() AND t.fault = 'unproved_change'
$$;
GRANT EXECUTE ON FUNCTION company.changes_as_read() TO @staff@;

-- Drawn at each asking, among what an auditor said that it looked at.
CREATE OR REPLACE FUNCTION company.audited_items_as_read(my_auditor text, since timestamptz, most integer)
RETURNS TABLE (audit_id bigint, subject text, item text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT d.audit_id, d.subject, d.item FROM (
    SELECT (t.shadow ->> 'audit_id')::bigint AS audit_id, t.shadow ->> 'subject' AS subject,
      t.shadow ->> 'item' AS item, 0::double precision AS turn
    FROM company.standing_tests t
    WHERE t.whose_test = company.me() AND t.fault = 'stamped_audit' AND t.subject = my_auditor
    UNION ALL
    SELECT a.id, a.subject, x.item, 1 + company.drawn_share(format('%s %s %s', luck.word, a.id, x.item))
    FROM (SELECT company.chance(format('items of %s at %s', my_auditor, extract(epoch FROM company.now()))) AS word
      OFFSET 0) AS luck,
      company.audits a JOIN company.streams s ON s.source = a.subject,
      jsonb_array_elements_text(a.sample) AS x (item)
    WHERE a.auditor = my_auditor AND a.audited_at >= since
    ORDER BY turn
    LIMIT most
  ) AS d
  ORDER BY d.subject, d.item
$$;
GRANT EXECUTE ON FUNCTION company.audited_items_as_read(text, timestamptz, integer) TO @auditors@;
