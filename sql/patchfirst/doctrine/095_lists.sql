-- Why: what a customer should fix now and what may come next are two lists; a page and a file show the same.

-- The two lists of a customer, each the most urgent first, as far as they are shown. question: now for what CISA
-- lists, next for the rest. of_list: how many are on that list, shown or not. A limit of the score is one for what may
-- come: it never silences the list of the known exploited. A rejected record is no vulnerability; while CISA lists it,
-- it is named. What the customer has handled is left out until it is another danger.
CREATE OR REPLACE FUNCTION patchfirst.lists_of(my_customer bigint, most_now integer, most_next integer)
RETURNS TABLE (cve text, question text, number numeric, score numeric, place bigint, of_list bigint, state text)
-- Planned once in a session, not at each call.
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH me AS MATERIALIZED (
    SELECT w.by_name, w.min_score FROM patchfirst.watch_of(my_customer) w
  )
  SELECT l.* FROM (
    SELECT r.cve, CASE WHEN r.is_listed THEN 'now' ELSE 'next' END AS question,
      CASE WHEN r.is_listed THEN r.fix_now ELSE r.next END AS number, r.score,
      row_number() OVER (PARTITION BY r.is_listed
        ORDER BY CASE WHEN r.is_listed THEN r.fix_now ELSE r.next END DESC NULLS LAST, r.score DESC, r.cve) AS place,
      count(*) OVER (PARTITION BY r.is_listed) AS of_list, c.state
    FROM me
    -- Who names nothing watches all that has a score: what is below their limit is left out before all else.
    CROSS JOIN LATERAL (
      SELECT a.* FROM patchfirst.rankings a WHERE NOT me.by_name AND (a.is_listed OR a.score >= me.min_score)
      UNION ALL
      SELECT a.* FROM patchfirst.watched_by(my_customer) AS w (cve) JOIN patchfirst.rankings a ON a.cve = w.cve
      WHERE me.by_name AND (a.is_listed OR a.score >= me.min_score)
    ) AS r
    LEFT JOIN patchfirst.cves c ON c.cve = r.cve
    WHERE (r.is_listed OR c.state IS DISTINCT FROM 'REJECTED')
      AND r.cve NOT IN (SELECT h.cve FROM patchfirst.handled h
        WHERE h.customer_id = my_customer AND h.back_because IS NULL)
  ) AS l
  WHERE l.place <= CASE l.question WHEN 'now' THEN most_now ELSE most_next END;
END $$;
GRANT EXECUTE ON FUNCTION patchfirst.lists_of(bigint, integer, integer) TO @staff@;
