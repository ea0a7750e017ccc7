-- Why: a customer reads no more of what it has handled, until it is another danger than the one that it handled.

-- When entries joined the list of the known exploited. One that was taken off and is back, by a new edition or by an
-- undone one, joined it again. is_read_again: only an undone batch had taken it away.
CREATE OR REPLACE VIEW patchfirst.joined_the_list AS
SELECT k.cve, k.first_seen_at AS at, k.date_added, false AS is_read_again FROM patchfirst.kev k
UNION
SELECT h.cve, back.at, k.date_added, h.ended_how = 'undone'
FROM patchfirst.kev_history h JOIN patchfirst.kev k ON k.cve = h.cve, LATERAL (
  SELECT min(b.valid_from) AS at FROM (
    SELECT k.valid_from UNION ALL SELECT o.valid_from FROM patchfirst.kev_history o WHERE o.cve = h.cve
  ) AS b WHERE b.valid_from >= h.valid_to
) AS back
WHERE h.ended_how IN ('removed', 'undone') AND back.at > k.first_seen_at;
GRANT SELECT ON patchfirst.joined_the_list TO @staff@;

-- What would bring a CVE back: that CISA lists it, and that ransomware uses it. Null for a CVE that no source has. Of a
-- flag that nobody can read today the last word counts.
CREATE OR REPLACE FUNCTION patchfirst.facts_when_handled(my_cve text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object('is_listed', k.cve IS NOT NULL, 'ransomware', coalesce(k.ransomware, (
    SELECT h.ransomware FROM patchfirst.kev_history h WHERE h.cve = one.cve AND h.ransomware IS NOT NULL
    ORDER BY h.valid_to DESC LIMIT 1), false))
  FROM (SELECT my_cve AS cve) AS one
  LEFT JOIN patchfirst.kev k ON k.cve = one.cve
  WHERE k.cve IS NOT NULL OR EXISTS (SELECT FROM company.scores s WHERE s.entity = one.cve)
    OR EXISTS (SELECT FROM patchfirst.cves c WHERE c.cve = one.cve)
$$;
GRANT EXECUTE ON FUNCTION patchfirst.facts_when_handled(text) TO @staff@;

-- What each customer has handled. back_because: the change that brought it back, a kind of change; null while it stays
-- away. That an undone batch is read again is no change.
CREATE OR REPLACE VIEW patchfirst.handled AS
SELECT h.customer_id, h.entity AS cve, h.at AS handled_at, h.by_whom, h.note, CASE
    WHEN k.cve IS NOT NULL AND (NOT (h.facts ->> 'is_listed')::boolean OR EXISTS (
      SELECT FROM patchfirst.joined_the_list j WHERE j.cve = h.entity AND j.at > h.at AND NOT j.is_read_again
    )) THEN 'known_exploited'
    WHEN k.ransomware AND NOT (h.facts ->> 'ransomware')::boolean THEN 'ransomware' END AS back_because
FROM company.handled_now h
LEFT JOIN patchfirst.kev k ON k.cve = h.entity;
GRANT SELECT ON patchfirst.handled TO @staff@;

-- What stays away from a customer's lists and pages.
CREATE OR REPLACE FUNCTION patchfirst.is_handled(my_customer bigint, my_cve text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM patchfirst.handled h
    WHERE h.customer_id = my_customer AND h.cve = my_cve AND h.back_because IS NULL)
$$;
GRANT EXECUTE ON FUNCTION patchfirst.is_handled(bigint, text) TO @staff@;
