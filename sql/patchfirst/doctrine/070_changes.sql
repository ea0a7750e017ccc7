-- Why: which customer reads of which change is decided in one place, for pages, alerts and the owner's preview.

-- All that changed between two moments, for any customer. dated: of an entry in the first edition of the list that we
-- ever read, the day on which the list says it joined. is_read_again: only an undone batch had taken it off the list.
-- listed_at: since when we had an entry that its publisher took off the list; unknown where only an undone batch did.
-- wanted: the kinds that are looked for. least_move: smaller moves of scores are left out before they are weighed.
CREATE OR REPLACE FUNCTION patchfirst.changes_between(
  since timestamptz, until timestamptz, wanted text[], least_move numeric
)
RETURNS TABLE (cve text, what text, at timestamptz, old_score numeric, new_score numeric, dated date, old_vendor text,
  old_product text, listed_at timestamptz, is_read_again boolean)
-- In plpgsql, and by one plan for all: a session plans it once. To plan it takes longer than to run it.
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT j.cve, 'known_exploited', j.at, NULL::numeric, NULL::numeric,
    CASE WHEN j.at <= first.promoted_at THEN j.date_added END, NULL::text, NULL::text, NULL::timestamptz,
    j.is_read_again
  FROM patchfirst.joined_the_list j,
    (SELECT min(promoted_at) AS promoted_at FROM company.batches WHERE source = 'kev' AND status = 'promoted') AS first
  WHERE j.at > since AND j.at <= until AND (j.at > first.promoted_at OR j.date_added IS NOT NULL)
    AND 'known_exploited' = ANY (wanted)
  UNION ALL
  SELECT k.cve, 'ransomware', h.valid_to, NULL, NULL, NULL, NULL, NULL, NULL, false
  FROM patchfirst.kev_history h JOIN patchfirst.kev k ON k.cve = h.cve
  WHERE h.valid_to > since AND h.valid_to <= until AND h.ended_how = 'changed' AND k.ransomware
    AND 'ransomware' = ANY (wanted)
    -- What was last known of the flag; in between it may have been unreadable.
    AND h.ransomware IS NOT TRUE AND (SELECT e.ransomware FROM patchfirst.kev_history e
      WHERE e.cve = h.cve AND e.ransomware IS NOT NULL AND e.valid_to <= h.valid_to
      ORDER BY e.valid_to DESC LIMIT 1) IS FALSE
  UNION ALL
  SELECT h.cve, CASE h.ended_how WHEN 'changed' THEN 'name_corrected' ELSE 'left_the_list' END, h.valid_to, NULL,
    NULL, NULL, was.vendor, was.product, CASE h.ended_how WHEN 'removed' THEN h.first_seen_at END, false
  FROM patchfirst.kev_history h LEFT JOIN patchfirst.listed_names k ON k.cve = h.cve
  CROSS JOIN LATERAL (SELECT
    coalesce(nullif(h.vendor, ''), patchfirst.name_before('vendor', h.cve, h.valid_from)) AS vendor,
    coalesce(nullif(h.product, ''), patchfirst.name_before('product', h.cve, h.valid_from)) AS product) AS was
  WHERE h.valid_to > since AND h.valid_to <= until AND CASE h.ended_how
    WHEN 'changed' THEN
      'name_corrected' = ANY (wanted) AND (k.vendor, k.product) IS DISTINCT FROM (was.vendor, was.product)
    ELSE 'left_the_list' = ANY (wanted) AND k.cve IS NULL END
  UNION ALL
  -- Of the first edition of a list of exploits nothing is news: it may be twenty years old. Nor is another exploit of a
  -- CVE that the list had. Looked up only for what was written in the span.
  SELECT x.cve, 'exploit_seen', seen.at, NULL, NULL, NULL, NULL, NULL, NULL, false
  FROM (SELECT b.source, min(b.promoted_at) AS promoted_at FROM company.batches b GROUP BY b.source) AS first
  JOIN (
    SELECT 'metasploit' AS source, c.cve, m.valid_from FROM patchfirst.metasploit m, unnest(m.cves) AS c (cve)
    UNION ALL
    SELECT 'exploitdb', c.cve, e.valid_from FROM patchfirst.exploitdb e, unnest(e.cves) AS c (cve)
    UNION ALL
    SELECT 'nuclei', n.cve, n.valid_from FROM patchfirst.nuclei n
  ) AS x ON x.source = first.source AND x.valid_from > first.promoted_at
  CROSS JOIN LATERAL (SELECT patchfirst.exploit_listed_at(x.source, x.cve) AS at OFFSET 0) AS seen
  WHERE x.valid_from > since AND seen.at > since AND seen.at <= until AND seen.at > first.promoted_at
    AND 'exploit_seen' = ANY (wanted)
  UNION ALL
  SELECT m.cve, 'score_moved', m.at, m.old_score, m.new_score, NULL, NULL, NULL, NULL, false
  FROM patchfirst.score_moves m
  WHERE m.at > since AND m.at <= until AND 'score_moved' = ANY (wanted)
    AND abs(m.new_score - m.old_score) >= least_move;
END $$;
GRANT EXECUTE ON FUNCTION patchfirst.changes_between(timestamptz, timestamptz, text[], numeric) TO @staff@;

-- Whether a page for this customer said that the CVE became known exploited.
CREATE OR REPLACE FUNCTION patchfirst.was_reported(my_customer bigint, my_cve text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM company.arrivals d
    WHERE d.customer_id = my_customer AND d.has_arrived
      AND d.items @> jsonb_build_array(jsonb_build_object('cve', my_cve, 'what', 'known_exploited'))
  )
$$;
GRANT EXECUTE ON FUNCTION patchfirst.was_reported(bigint, text) TO @staff@;

-- Whether a score moved at a moment because its CVE joined the list.
CREATE OR REPLACE FUNCTION patchfirst.moved_by_listing(my_cve text, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM company.score_history h
    WHERE h.entity = my_cve AND h.valid_to = moment AND h.new_parts[1] > h.old_parts[1])
$$;
GRANT EXECUTE ON FUNCTION patchfirst.moved_by_listing(text, timestamptz) TO @staff@;

-- Whether the last that a customer read of a CVE and the list is that it joined: what an undone batch took away and a
-- later one brought again is no news to them.
CREATE OR REPLACE FUNCTION patchfirst.believes_it_listed(my_customer bigint, my_cve text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce((
    SELECT i.item ->> 'what' = 'known_exploited'
    FROM company.arrivals d, jsonb_array_elements(d.items) AS i (item)
    WHERE d.customer_id = my_customer AND d.has_arrived AND i.item ->> 'cve' = my_cve
      AND (i.item ->> 'what' IN ('known_exploited', 'left_the_list') OR i.item ->> 'was' = 'known_exploited')
    ORDER BY (i.item ->> 'at')::timestamptz DESC, d.id DESC LIMIT 1
  ), false)
$$;
GRANT EXECUTE ON FUNCTION patchfirst.believes_it_listed(bigint, text) TO @staff@;

-- Whether the last that a customer read of a CVE and the list is that it has another name, which is none of theirs.
CREATE OR REPLACE FUNCTION patchfirst.believes_it_anothers(my_customer bigint, my_cve text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce((
    SELECT i.item ->> 'what' = 'name_corrected'
    FROM company.arrivals d, jsonb_array_elements(d.items) AS i (item)
    WHERE d.customer_id = my_customer AND d.has_arrived AND i.item ->> 'cve' = my_cve
      AND i.item ->> 'what' IN ('known_exploited', 'left_the_list', 'name_corrected', 'name_restored')
    ORDER BY (i.item ->> 'at')::timestamptz DESC, d.id DESC LIMIT 1
  ), false)
$$;
GRANT EXECUTE ON FUNCTION patchfirst.believes_it_anothers(bigint, text) TO @staff@;

-- Whether an entry of the list had one of a customer's names before a moment, for longer than a page takes, and has not
-- left the list since.
CREATE OR REPLACE FUNCTION patchfirst.was_theirs(
  my_customer bigint, my_cve text, before timestamptz, vendors text[], products text[]
) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM patchfirst.kev_history h
    WHERE h.cve = my_cve AND h.ended_how = 'changed' AND h.valid_to < before
      AND h.valid_from < h.valid_to - interval '1 hour'
      AND (h.vendor = ANY (vendors) OR h.product = ANY (products)
        OR patchfirst.is_in_inventory(my_customer, h.vendor, h.product))
      AND NOT EXISTS (SELECT FROM patchfirst.kev_history o WHERE o.cve = my_cve AND o.ended_how <> 'changed'
        AND o.valid_to > h.valid_to AND o.valid_to <= before)
  )
$$;
GRANT EXECUTE ON FUNCTION patchfirst.was_theirs(bigint, text, timestamptz, text[], text[]) TO @staff@;

-- Whether any text of a CVE has one of these keywords, as whole words.
CREATE OR REPLACE FUNCTION patchfirst.mentions(my_cve text, keywords text[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM (
      SELECT concat_ws(' . ', k.product, k.title, k.description) AS text FROM patchfirst.kev k WHERE k.cve = my_cve
      UNION ALL
      SELECT concat_ws(' . ', array_to_string(c.products, ' . '), c.title, c.description) FROM patchfirst.cves c
      WHERE c.cve = my_cve
      UNION ALL
      SELECT n.description FROM patchfirst.nvd n WHERE n.cve = my_cve
    ) AS known, unnest(keywords) AS keyword
    WHERE strpos(' ' || company.plain_words(known.text) || ' ', keyword) > 0
  )
$$;
GRANT EXECUTE ON FUNCTION patchfirst.mentions(text, text[]) TO @staff@;

-- The vendor and product under which a customer reads of each of some CVEs: the pair that it chose by, else the first
-- that any source has, else the one that it had while it was listed. None for a CVE that nobody names.
CREATE OR REPLACE FUNCTION patchfirst.shown_names(cves text[], vendors text[], products text[])
RETURNS TABLE (cve text, vendor text, product text)
-- Planned once in a session, not at each call.
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH named AS MATERIALIZED (
    SELECT a.cve, a.place, a.vendor, a.product FROM patchfirst.affected a WHERE a.cve = ANY (cves) AND a.vendor <> ''
    UNION ALL
    SELECT h.cve, 9999, h.vendor, h.product FROM patchfirst.kev_history h WHERE h.cve = ANY (cves) AND h.vendor <> ''
  ), somebody AS MATERIALIZED (
    SELECT v.vendor FROM (SELECT DISTINCT n.vendor FROM named n) AS v
    WHERE patchfirst.vendor_key(v.vendor) IS NOT NULL
  )
  SELECT DISTINCT ON (a.cve) a.cve, coalesce(v.name, a.vendor), a.product
  FROM named a
  JOIN somebody s ON s.vendor = a.vendor
  LEFT JOIN company.spellings v ON v.kind = 'vendor' AND v.spelling = a.vendor
  ORDER BY a.cve, coalesce(a.vendor = ANY (vendors) OR a.product = ANY (products), false) DESC, a.place;
END $$;
GRANT EXECUTE ON FUNCTION patchfirst.shown_names(text[], text[], text[]) TO @staff@;

-- The same of one CVE.
CREATE OR REPLACE FUNCTION patchfirst.shown_name(my_cve text, vendors text[], products text[])
RETURNS TABLE (vendor text, product text)
LANGUAGE sql STABLE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
  SELECT n.vendor, n.product FROM patchfirst.shown_names(ARRAY[my_cve], vendors, products) AS n
$$;
GRANT EXECUTE ON FUNCTION patchfirst.shown_name(text, text[], text[]) TO @staff@;

-- What a customer reads of a span. Its names widen, its other filters narrow. A limit of the score is one for what may
-- come: it never silences the list of the known exploited. Who read that an entry joined that list reads it when the
-- entry leaves, or gets a name that is none of theirs, even if the filters say otherwise by then; and that it is theirs
-- again. What it has handled is left out until it is another danger than the one that it handled.
CREATE OR REPLACE FUNCTION patchfirst.changes_for(
  my_customer bigint, since timestamptz, until timestamptz, wanted text[]
)
RETURNS TABLE (cve text, what text, at timestamptz, old_score numeric, is_of_first_edition boolean, vendor text,
  product text)
-- Planned once in a session, as the function above. ROWS: a page reports few changes; by a thousand, which Postgres
-- guesses of itself, the whole of EPSS and of the scores was read beside them.
LANGUAGE plpgsql STABLE ROWS 20 SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH me AS MATERIALIZED (
    SELECT * FROM patchfirst.watch_of(my_customer)
  ), named AS MATERIALIZED (
    SELECT n.cve FROM me, patchfirst.cves_of(me.vendors, me.products) AS n (cve)
    UNION
    SELECT o.cve FROM patchfirst.inventory_of(my_customer) o
  ), handled AS MATERIALIZED (
    SELECT h.cve FROM patchfirst.handled h WHERE h.customer_id = my_customer AND h.back_because IS NULL
  ), changes AS MATERIALIZED (
    SELECT c.*, CASE
        WHEN NOT me.by_name OR c.cve IN (SELECT n.cve FROM named n) THEN true
        WHEN c.what = 'left_the_list' AND (c.old_vendor = ANY (me.vendors) OR c.old_product = ANY (me.products)
          OR patchfirst.is_in_inventory(my_customer, c.old_vendor, c.old_product)) THEN true
        WHEN me.keywords <> '{}' THEN patchfirst.mentions(c.cve, me.keywords)
        ELSE false END AS is_watched,
      -- Asked of corrections alone: to look into an inventory for each change took most of a quiet hour.
      c.what = 'name_corrected' AND coalesce(NOT me.by_name OR c.old_vendor = ANY (me.vendors)
        OR c.old_product = ANY (me.products)
        OR patchfirst.is_in_inventory(my_customer, c.old_vendor, c.old_product), false) AS was_watched
    FROM me, patchfirst.changes_between(since, until, wanted, me.min_move) c
    WHERE c.cve NOT IN (SELECT h.cve FROM handled h)
  ), theirs AS MATERIALIZED (
    SELECT DISTINCT ON (c.cve, shown.what, moved.at) c.cve, shown.what, c.at, c.old_score,
      c.dated IS NOT NULL AS is_first
    FROM changes c
    CROSS JOIN me
    -- An entry that comes to them by a correction is as new to them as any other, but not one that was theirs before.
    CROSS JOIN LATERAL (SELECT CASE
        WHEN c.what <> 'name_corrected' OR c.was_watched OR NOT c.is_watched THEN c.what
        WHEN patchfirst.believes_it_listed(my_customer, c.cve)
          OR patchfirst.was_theirs(my_customer, c.cve, c.at, me.vendors, me.products) THEN 'name_restored'
        ELSE 'known_exploited' END AS what) AS shown
    -- A score may move several times; of another kind the last time counts.
    CROSS JOIN LATERAL (SELECT CASE c.what WHEN 'score_moved' THEN c.at END AS at) AS moved
    -- Of the very first edition only what the list itself dates into the span is news. An entry that was gone within
    -- the hour was on no page.
    WHERE coalesce(c.dated >= since::date, true) AND CASE
      WHEN c.what = 'name_corrected' AND c.is_watched = c.was_watched THEN false
      WHEN shown.what = 'name_restored' THEN patchfirst.believes_it_anothers(my_customer, c.cve)
      WHEN c.what = 'name_corrected' AND c.is_watched THEN shown.what = ANY (me.kinds)
      WHEN c.what = 'name_corrected' THEN patchfirst.was_reported(my_customer, c.cve)
      WHEN c.what = 'left_the_list' THEN
        c.is_watched AND c.what = ANY (me.kinds) AND c.listed_at < c.at - interval '1 hour'
        OR patchfirst.was_reported(my_customer, c.cve)
      WHEN NOT c.is_watched OR c.what <> ALL (me.kinds) THEN false
      WHEN c.is_read_again THEN NOT patchfirst.believes_it_listed(my_customer, c.cve)
      -- Who read in an alert that it was listed knows why its score moved.
      WHEN c.what = 'score_moved' AND patchfirst.moved_by_listing(c.cve, c.at)
        AND patchfirst.was_reported(my_customer, c.cve) THEN false
      -- Looked up for these alone. A join read every score in each quiet hour, for Postgres guesses many changes.
      WHEN c.what IN ('exploit_seen', 'score_moved') THEN
        coalesce((SELECT s.score FROM company.scores s WHERE s.entity = c.cve), 100) >= me.min_score
      ELSE true END
    ORDER BY c.cve, shown.what, moved.at, c.at DESC
  )
  SELECT t.cve, t.what, t.at, t.old_score, t.is_first, n.vendor, n.product
  FROM theirs t CROSS JOIN me
  LEFT JOIN LATERAL patchfirst.shown_name(t.cve, me.vendors, me.products) n ON true
  -- A rejected record is no vulnerability; it is named where the list names it.
  WHERE t.what = 'left_the_list' OR EXISTS (SELECT FROM patchfirst.kev k WHERE k.cve = t.cve)
    OR NOT EXISTS (SELECT FROM patchfirst.cves r WHERE r.cve = t.cve AND r.state = 'REJECTED');
END $$;
GRANT EXECUTE ON FUNCTION patchfirst.changes_for(bigint, timestamptz, timestamptz, text[]) TO @staff@;
