-- Why: the owner's last word about a change holds; and a proved change is not parked for good because she let a
-- question pass (scar: a proved fix waited for weeks, and nobody asked about it again).

-- What the owner said last about a change, by an order or by a no to its question; NULL before she said either.
CREATE OR REPLACE FUNCTION company.last_word_about(my_change bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT said.word FROM (
    SELECT o.what AS word, o.given_at AS at FROM company.change_orders o
    WHERE o.change_id = my_change AND o.what IN ('approve', 'refuse')
    UNION ALL
    SELECT d.answer, d.answered_at FROM company.decisions d
    JOIN company.changes c ON c.judged_by = d.asked_by AND c.id = my_change
    WHERE d.fingerprint = format('approval:deploy:C-%s', my_change) AND d.answered_by = 'owner' AND d.answer = 'no'
  ) AS said
  ORDER BY said.at DESC LIMIT 1
$$;

-- What of a proved change may happen now: 'deploy', 'ask' (the owner has not been asked), 'wait' (for her answer, or
-- for the action to be opened) or 'refused'. Her order about a change counts whatever the level of the action. What was
-- proved again and did not hold on the code of today waits for her approval. Code and statements are asked about, also
-- at open: their proof is of what they do with what is here today, and no more. What she answered in words is asked
-- again a day later, and what nobody answered a week later.
CREATE OR REPLACE FUNCTION company.leave_to_deploy(my_change bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN (SELECT what = 'prove' AND outcome LIKE 'refused again:%' FROM company.change_orders
      WHERE change_id = my_change AND what IN ('approve', 'prove') AND (done_at IS NOT NULL OR what = 'approve')
      ORDER BY id DESC LIMIT 1) THEN 'refused'
    WHEN company.last_word_about(my_change) = 'approve' THEN 'deploy'
    WHEN company.last_word_about(my_change) IN ('refuse', 'no')
      OR EXISTS (SELECT FROM company.change_orders WHERE change_id = my_change AND what = 'roll_back') THEN 'refused'
    WHEN (SELECT level FROM company.approvals WHERE action = 'deploy') = 'open'
      AND NOT EXISTS (SELECT FROM company.changes c, unnest(c.files) AS f WHERE c.id = my_change AND f ~ '\.(py|sql)$')
      THEN 'deploy'
    WHEN (SELECT level FROM company.approvals WHERE action = 'deploy') = 'closed' THEN 'wait'
    ELSE coalesce((SELECT CASE WHEN d.answer = 'yes' THEN 'deploy'
        WHEN d.answered_at <= company.now() - CASE d.answered_by WHEN 'owner' THEN interval '1 day'
          ELSE interval '7 days' END THEN 'ask'
        ELSE 'wait' END
      FROM company.decisions d JOIN company.changes c ON c.judged_by = d.asked_by AND c.id = my_change
      WHERE d.fingerprint = format('approval:deploy:C-%s', c.id)
      ORDER BY d.id DESC LIMIT 1), 'ask')
  END
$$;
GRANT EXECUTE ON FUNCTION company.leave_to_deploy(bigint) TO @staff@;

-- The one question about a change, with its lines; the database words it. Silence is no yes.
CREATE OR REPLACE FUNCTION company.ask_to_deploy(my_change bigint, my_session bigint, my_answer_by timestamptz)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c company.changes;
  asked bigint;
BEGIN
  PERFORM company.require_auditor_of_building();
  PERFORM company.require_open_session(my_session);
  SELECT * INTO c FROM company.changes WHERE id = my_change AND status = 'proved';
  IF c.id IS NULL OR company.leave_to_deploy(my_change) <> 'ask' THEN
    RETURN NULL;
  END IF;
  INSERT INTO company.decisions (fingerprint, question, background, options, recommendation, default_option, asked_by,
    answer_by, subject)
  VALUES (
    format('approval:deploy:C-%s', c.id), format('Deploy C-%s (%s)?', c.id, left(c.title, 90)),
    format('%s Proved: %s.%s %s In full: watchbill changes diff %s', left(c.reason, 300), left(c.verdict, 300),
      (SELECT ' What differs: ' || left(string_agg(s.shown, '; '), 600) || '.'
        FROM jsonb_array_elements_text(CASE jsonb_typeof(c.evidence -> 'shows') WHEN 'array' THEN c.evidence -> 'shows'
          ELSE '[]' END) AS s (shown)),
      (SELECT string_agg(left(l.line, 120), '  ' ORDER BY l.n) FROM string_to_table(c.diff, E'\n') WITH ORDINALITY
        AS l (line, n) WHERE l.line ~ '^[+-]([^+-]|$)' AND l.n < 60), c.id),
    '{"yes": "deployed, watched, and rolled back by itself when a function fails", "no": "not deployed"}', 'yes', 'no',
    company.me(), my_answer_by, jsonb_build_object('action', 'deploy', 'change', c.id)
  )
  ON CONFLICT (fingerprint, asked_by) WHERE answered_at IS NULL DO NOTHING
  RETURNING id INTO asked;
  RETURN asked;
END $$;
GRANT EXECUTE ON FUNCTION company.ask_to_deploy(bigint, bigint, timestamptz) TO @staff@;
