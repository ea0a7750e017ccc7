-- Why: what a score is made of, and whose parts a promotion may move.

-- The number of an id within its year. Unknown beyond 18 digits, which nobody gives: it comes after all others.
CREATE OR REPLACE FUNCTION patchfirst.number_of(my_cve text) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN length(my_cve) <= 27 THEN substr(my_cve, 10)::bigint END $$;
GRANT EXECUTE ON FUNCTION patchfirst.number_of(text) TO @staff@, @readers@;

-- How many entries of the known exploited list have a number near a CVE's own, the nearer and the newer the more: an
-- assigner gives a block of numbers to one product, and who attacks a product rarely stops at one flaw. In floating
-- point: in numeric this alone took three quarters of a pass.
CREATE OR REPLACE VIEW patchfirst.listed_neighbours AS
WITH today AS MATERIALIZED (SELECT (company.now() AT TIME ZONE 'UTC')::date AS day),
lately AS MATERIALIZED (
  SELECT substr(k.cve, 5, 4)::integer AS year, patchfirst.number_of(k.cve) AS number,
    exp((k.date_added - today.day) / 365.0::float8) AS freshness
  FROM patchfirst.kev k JOIN today ON k.date_added > today.day - 1095
), distances AS MATERIALIZED (
  SELECT d.distance, exp(-abs(d.distance) / 50.0::float8) AS closeness
  FROM generate_series(-150, 150) AS d (distance) WHERE d.distance <> 0
)
SELECT l.year, l.number + d.distance AS number, sum(l.freshness * d.closeness) AS nearness
FROM lately l CROSS JOIN distances d
GROUP BY 1, 2;
GRANT SELECT ON patchfirst.listed_neighbours TO @staff@;

-- How many there are for one CVE, by the same sum.
CREATE OR REPLACE FUNCTION patchfirst.nearness_of(my_year integer, my_number bigint) RETURNS float8
LANGUAGE sql STABLE AS $$
  WITH today AS MATERIALIZED (SELECT (company.now() AT TIME ZONE 'UTC')::date AS day)
  SELECT sum(exp((k.date_added - today.day) / 365.0::float8) * exp(-abs(my_number - k.number) / 50.0::float8))
  FROM today
  JOIN (SELECT patchfirst.number_of(cve) AS number, date_added FROM patchfirst.kev
    WHERE substr(cve, 5, 4)::integer = my_year) AS k
    ON k.date_added > today.day - 1095 AND abs(my_number - k.number) BETWEEN 1 AND 150
$$;
GRANT EXECUTE ON FUNCTION patchfirst.nearness_of(integer, bigint) TO @staff@;

-- Whether anybody can attack over the network, without an account and without a victim's help, by the base metrics of a
-- CVSS vector: MAV and the like say what a customer's surroundings make of them. Unknown where a metric is missing;
-- version 2 has none for a victim's help. One expression, so that a pass calls no function.
CREATE OR REPLACE FUNCTION patchfirst.is_open_to_all(vector text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN vector LIKE '%/AV:N/%' AND vector LIKE '%/PR:N/%' AND vector LIKE '%/UI:N/%' THEN true
    WHEN vector LIKE ANY (ARRAY['%/PR:L/%', '%/UI:R/%', '%/PR:H/%', '%/AV:L/%', '%/UI:A/%', '%/UI:P/%', '%/AV:A/%',
      '%/AV:P/%', 'AV:L/%', 'AV:A/%', '%/Au:S/%', '%/Au:M/%']) THEN false END
$$;
GRANT EXECUTE ON FUNCTION patchfirst.is_open_to_all(text) TO @staff@;

-- What the feeds say of every CVE that one of them has, one row each; or of some CVEs, without their places by EPSS.
-- The feeds are joined here once: joins by id are the larger part of a pass. stated_on: by the CVE List or NVD.
CREATE OR REPLACE FUNCTION patchfirst.feed_rows(my_cves text[])
RETURNS TABLE (cve text, epss_place bigint, is_listed boolean, ransomware boolean, date_added date, due_date date,
  is_rejected boolean, stated_on date, year integer, number bigint, is_open_to_all boolean, is_weak boolean,
  is_automatable boolean, is_total boolean)
LANGUAGE sql STABLE AS $$
  -- Only what the parts need goes through the sorts of a pass.
  SELECT j.cve, j.epss_place, j.is_listed, j.ransomware, j.date_added, j.due_date, j.is_rejected, j.stated_on,
    substr(j.cve, 5, 4)::integer, patchfirst.number_of(j.cve),
    patchfirst.is_open_to_all(j.vector),
    -- Injection of commands, code, SQL and objects, paths and uploads; missing or broken authentication.
    j.weaknesses && ARRAY['CWE-77', 'CWE-78', 'CWE-89', 'CWE-94', 'CWE-502', 'CWE-22', 'CWE-434', 'CWE-287', 'CWE-288',
      'CWE-306'],
    -- A new word is unknown.
    CASE j.automatable WHEN 'yes' THEN true WHEN 'no' THEN false END,
    CASE j.technical_impact WHEN 'total' THEN true WHEN 'partial' THEN false END
  FROM (
    SELECT coalesce(e.cve, k.cve, c.cve, nv.cve) AS cve, e.place AS epss_place, k.cve IS NOT NULL AS is_listed,
      k.ransomware, k.date_added, k.due_date, coalesce(c.state = 'REJECTED', false) AS is_rejected,
      (coalesce(c.published_at, nv.published_at) AT TIME ZONE 'UTC')::date AS stated_on,
      CASE WHEN patchfirst.is_nvds_cvss_taken(c.score, c.cvss_version, nv.score, nv.cvss_version)
        THEN nv.vector ELSE c.vector END AS vector,
      coalesce(c.weaknesses, nv.weaknesses) AS weaknesses, c.automatable, c.technical_impact
    FROM (
      SELECT cve, CASE WHEN my_cves IS NULL AND epss IS NOT NULL THEN rank() OVER (ORDER BY epss DESC NULLS LAST) END
        AS place
      FROM patchfirst.epss WHERE my_cves IS NULL OR cve = ANY (my_cves)
    ) e
    FULL JOIN (SELECT * FROM patchfirst.kev WHERE my_cves IS NULL OR cve = ANY (my_cves)) k ON k.cve = e.cve
    FULL JOIN (
      SELECT cve, state, published_at, cvss_version, CASE WHEN state = 'PUBLISHED' THEN cvss_score END AS score,
        CASE WHEN state = 'PUBLISHED' THEN cvss_vector END AS vector,
        CASE WHEN state = 'PUBLISHED' THEN nullif(cwes, '{}') END AS weaknesses,
        CASE WHEN state = 'PUBLISHED' THEN automatable END AS automatable,
        CASE WHEN state = 'PUBLISHED' THEN technical_impact END AS technical_impact
      FROM patchfirst.cves WHERE my_cves IS NULL OR cve = ANY (my_cves)
    ) c ON c.cve = coalesce(e.cve, k.cve)
    FULL JOIN (
      SELECT cve, published_at, cvss_version, CASE WHEN status <> 'Rejected' THEN cvss_score END AS score,
        CASE WHEN status <> 'Rejected' THEN cvss_vector END AS vector,
        CASE WHEN status <> 'Rejected' THEN nullif(cwes, '{}') END AS weaknesses
      FROM patchfirst.nvd WHERE my_cves IS NULL OR cve = ANY (my_cves)
    ) nv ON nv.cve = coalesce(e.cve, k.cve, c.cve)
  ) AS j
  OFFSET 0
$$;
GRANT EXECUTE ON FUNCTION patchfirst.feed_rows(text[]) TO @staff@;

-- A date by a number: numbers are given in order, more or less, so a CVE in the middle of its year's known numbers is
-- taken for one of the middle of the year. place_in_year: from 0 to 1.
CREATE OR REPLACE FUNCTION patchfirst.date_by_number(my_year integer, place_in_year float8, today date) RETURNS date
LANGUAGE sql IMMUTABLE AS $$
  SELECT make_date(my_year, 1, 1)
    + (place_in_year * (least(make_date(my_year, 12, 31), today) - make_date(my_year, 1, 1)))::integer
$$;
GRANT EXECUTE ON FUNCTION patchfirst.date_by_number(integer, float8, date) TO @staff@;

-- All of them with what depends on all others. published_on: as stated, else by the number.
CREATE OR REPLACE VIEW patchfirst.known_cves AS
WITH today AS MATERIALIZED (SELECT (company.now() AT TIME ZONE 'UTC')::date AS day),
placed AS (
  SELECT r.*, percent_rank() OVER (PARTITION BY r.year ORDER BY r.number) AS place_in_year
  FROM patchfirst.feed_rows(NULL) AS r
)
SELECT p.cve, p.year, p.number, p.is_listed, p.ransomware, p.date_added, p.due_date, p.is_rejected, p.is_open_to_all,
  p.is_weak, p.is_automatable, p.is_total, p.epss_place,
  (SELECT greatest(2, count(epss)) FROM patchfirst.epss) AS epss_total,
  least(today.day, coalesce(p.stated_on, patchfirst.date_by_number(p.year, p.place_in_year, today.day)))
    AS published_on
FROM placed p CROSS JOIN today;
GRANT SELECT ON patchfirst.known_cves TO @staff@;

-- Each CVE of a year that a feed has, and whether its date is stated. By its text, which an index finds where the
-- database's order is that of the bytes; in plpgsql, which plans it with the year in it.
CREATE OR REPLACE FUNCTION patchfirst.cves_of_year(my_year integer) RETURNS TABLE (cve text, is_dated boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  of_year text := format('CVE-%s-%%', my_year);
BEGIN
  RETURN QUERY SELECT f.cve, bool_or(f.is_dated) FROM (
    SELECT e.cve, false AS is_dated FROM patchfirst.epss e WHERE e.cve LIKE of_year
    UNION ALL
    SELECT k.cve, false FROM patchfirst.kev k WHERE k.cve LIKE of_year
    UNION ALL
    SELECT c.cve, c.published_at IS NOT NULL FROM patchfirst.cves c WHERE c.cve LIKE of_year
    UNION ALL
    SELECT n.cve, n.published_at IS NOT NULL FROM patchfirst.nvd n WHERE n.cve LIKE of_year
  ) AS f GROUP BY f.cve;
END $$;
GRANT EXECUTE ON FUNCTION patchfirst.cves_of_year(integer) TO @staff@;

-- The dates by their numbers of those of some years whose dates nobody states, as in known_cves.
CREATE OR REPLACE FUNCTION patchfirst.estimated_dates(my_years integer[]) RETURNS TABLE (cve text, published_on date)
LANGUAGE sql STABLE AS $$
  WITH today AS MATERIALIZED (SELECT (company.now() AT TIME ZONE 'UTC')::date AS day)
  SELECT n.cve, least(today.day, patchfirst.date_by_number(n.year, n.place_in_year, today.day))
  FROM (
    SELECT y.year, c.cve, c.is_dated,
      percent_rank() OVER (PARTITION BY y.year ORDER BY patchfirst.number_of(c.cve)) AS place_in_year
    FROM unnest(my_years) AS y (year) CROSS JOIN LATERAL patchfirst.cves_of_year(y.year) AS c
  ) AS n CROSS JOIN today
  WHERE NOT n.is_dated
$$;
GRANT EXECUTE ON FUNCTION patchfirst.estimated_dates(integer[]) TO @staff@;

-- How new a CVE is, from 0 to 1: 40 years old, and of today.
CREATE OR REPLACE FUNCTION patchfirst.recency_of(published_on date, today date) RETURNS real
LANGUAGE sql IMMUTABLE AS $$
  SELECT (round(1000 * (1 - ln((least(today - published_on, 14600) + 30) / 30.0::float8) / ln(14630 / 30.0::float8)))
    / 1000)::real
$$;
GRANT EXECUTE ON FUNCTION patchfirst.recency_of(date, date) TO @staff@;

-- The parts of the score, each from 0 to 1, in the order of patchfirst.scores, which says what they mean. Rounded, so
-- that a score moves when something moved. A part that nobody knows is null, also where a date or flag cannot be read.
-- Of all CVEs, or of some: then what depends on all others (the place by EPSS, an estimated date in a year without new
-- numbers, the neighbours) is what the last pass found, so only those of score_features_touched may be asked for.
CREATE OR REPLACE FUNCTION patchfirst.score_features_of(my_cves text[]) RETURNS TABLE (entity text, parts real[])
LANGUAGE sql STABLE AS $$
WITH today AS MATERIALIZED (SELECT (company.now() AT TIME ZONE 'UTC')::date AS day),
listed AS MATERIALIZED (SELECT EXISTS (SELECT FROM patchfirst.kev) AS is_known),
lists AS MATERIALIZED (
  SELECT EXISTS (SELECT FROM patchfirst.exploitdb) OR EXISTS (SELECT FROM patchfirst.metasploit)
    OR EXISTS (SELECT FROM patchfirst.nuclei) AS are_known
), exploit AS MATERIALIZED (
  -- An entry of Exploit-DB counts for 90 days: most are old, of CVEs that nobody attacked since.
  SELECT x.cve, max(x.strength) FILTER (
    WHERE x.source <> 'exploitdb' OR coalesce(x.dated, x.first_seen_at::date) > today.day - 90) AS strength
  FROM patchfirst.exploits x CROSS JOIN today
  WHERE my_cves IS NULL OR x.cve = ANY (my_cves)
  GROUP BY x.cve
), asked_for AS MATERIALIZED (
  SELECT r.*, s.parts AS was
  FROM patchfirst.feed_rows(my_cves) AS r LEFT JOIN company.scores s ON s.entity = r.cve
  WHERE my_cves IS NOT NULL
), known AS (
  SELECT k.cve, k.is_listed, k.ransomware, k.date_added, k.due_date, k.is_rejected, k.is_open_to_all, k.is_weak,
    k.is_automatable, k.is_total, k.epss_place, k.epss_total, k.published_on, k.year, k.number, NULL::real[] AS was
  FROM patchfirst.known_cves k
  WHERE my_cves IS NULL
  UNION ALL
  SELECT r.cve, r.is_listed, r.ransomware, r.date_added, r.due_date, r.is_rejected, r.is_open_to_all, r.is_weak,
    r.is_automatable, r.is_total, NULL, NULL,
    CASE WHEN r.stated_on IS NULL THEN e.published_on ELSE least(today.day, r.stated_on) END, r.year, r.number, r.was
  FROM asked_for r
  LEFT JOIN patchfirst.estimated_dates(ARRAY(SELECT year FROM asked_for GROUP BY year
    HAVING bool_or(was[6] IS NULL) AND bool_or(stated_on IS NULL))) AS e ON e.cve = r.cve
  CROSS JOIN today
)
SELECT coalesce(k.cve, x.cve),
  ARRAY[
    CASE WHEN listed.is_known THEN coalesce(k.is_listed, false)::integer END::real,
    CASE WHEN k.is_listed THEN k.ransomware::integer WHEN listed.is_known THEN 0 END::real,
    CASE WHEN k.date_added <= today.day + 1 THEN greatest(0, 1 - greatest(0, today.day - k.date_added) / 90.0::float8)
      WHEN listed.is_known AND (k.is_listed IS NOT TRUE OR k.date_added IS NOT NULL) THEN 0 END::real,
    CASE WHEN k.due_date >= today.day THEN greatest(0, 1 - (k.due_date - today.day) / 28.0::float8)
      WHEN listed.is_known AND (k.is_listed IS NOT TRUE OR k.due_date IS NOT NULL) THEN 0 END::real,
    coalesce((round(1000 * (1 - ln(k.epss_place) / ln(k.epss_total))) / 1000)::real, k.was[5]),
    CASE WHEN k.published_on IS NULL THEN k.was[6] ELSE patchfirst.recency_of(k.published_on, today.day) END,
    CASE WHEN k.was[6] IS NOT NULL THEN k.was[7] WHEN listed.is_known
      THEN round(100 * ln(1 + least(coalesce(CASE WHEN my_cves IS NULL THEN n.nearness
        ELSE patchfirst.nearness_of(id.year, id.number) END, 0), 8)) / ln(9.0::float8)) / 100 END::real,
    coalesce(x.strength, CASE WHEN lists.are_known THEN 0 END)::real,
    k.is_open_to_all::integer::real,
    k.is_weak::integer::real,
    k.is_automatable::integer::real,
    k.is_total::integer::real
  ]
FROM known k
FULL JOIN exploit x ON x.cve = k.cve
CROSS JOIN LATERAL (SELECT coalesce(k.year, substr(x.cve, 5, 4)::integer), coalesce(k.number,
  patchfirst.number_of(x.cve))) AS id (year, number) -- Also of what a list of exploits alone knows.
LEFT JOIN patchfirst.listed_neighbours n ON my_cves IS NULL AND n.year = id.year AND n.number = id.number
CROSS JOIN today CROSS JOIN listed CROSS JOIN lists
-- A rejected record is no vulnerability; while CISA lists it, it is named all the same.
WHERE k.is_rejected IS NOT TRUE OR k.is_listed
$$;
GRANT EXECUTE ON FUNCTION patchfirst.score_features_of(text[]) TO @staff@;

CREATE OR REPLACE VIEW patchfirst.score_features AS
SELECT f.entity, f.parts FROM patchfirst.score_features_of(NULL) AS f;
GRANT SELECT ON patchfirst.score_features TO @staff@;

-- The CVEs whose rows some promotions changed, of the sources that say something of their own CVEs alone.
CREATE OR REPLACE FUNCTION patchfirst.changed_cves(my_batches bigint[]) RETURNS SETOF text
LANGUAGE sql STABLE AS $$
  SELECT c.cve FROM patchfirst.cves_staging s JOIN patchfirst.cves c ON c.cve = s.cve
  WHERE s.batch_id = ANY (my_batches) AND c.batch_id = ANY (my_batches)
  UNION
  SELECT n.cve FROM patchfirst.nvd_staging s JOIN patchfirst.nvd n ON n.cve = s.cve
  WHERE s.batch_id = ANY (my_batches) AND n.batch_id = ANY (my_batches)
  UNION
  SELECT unnest(m.cves) FROM patchfirst.metasploit m WHERE m.batch_id = ANY (my_batches)
  UNION
  SELECT unnest(m.cves) FROM patchfirst.metasploit_history m WHERE m.ended_by = ANY (my_batches)
  UNION
  SELECT unnest(x.cves) FROM patchfirst.exploitdb x WHERE x.batch_id = ANY (my_batches)
  UNION
  SELECT unnest(x.cves) FROM patchfirst.exploitdb_history x WHERE x.ended_by = ANY (my_batches)
  UNION
  SELECT n.cve FROM patchfirst.nuclei n WHERE n.batch_id = ANY (my_batches)
  UNION
  SELECT n.cve FROM patchfirst.nuclei_history n WHERE n.ended_by = ANY (my_batches)
$$;
GRANT EXECUTE ON FUNCTION patchfirst.changed_cves(bigint[]) TO @staff@;

-- The CVEs whose parts some promotions may have moved, on the day of the last pass; null where it may be any. A record,
-- an analysis or an exploit says something of its own CVEs alone, but for three things: the first list of exploits
-- makes its part known, a number that nobody knew moves the estimated dates of its year, and a date that is gone is
-- estimated. Any other source changes what all are compared with, and a removal may take the last of a list.
CREATE OR REPLACE FUNCTION patchfirst.score_features_touched(my_batches bigint[]) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
  today date := (company.now() AT TIME ZONE 'UTC')::date;
  touched text[];
  new_years integer[];
BEGIN
  IF EXISTS (SELECT FROM company.batches b WHERE b.id = ANY (my_batches)
    AND (b.source NOT IN ('cves', 'nvd', 'metasploit', 'exploitdb', 'nuclei') OR b.removed > 0
      OR NOT EXISTS (SELECT FROM company.batches o
        WHERE o.source = b.source AND o.status = 'promoted' AND o.id <> ALL (my_batches)))) THEN
    RETURN NULL;
  END IF;
  touched := ARRAY(SELECT patchfirst.changed_cves(my_batches));
  -- Its date of before is gone.
  IF EXISTS (SELECT FROM patchfirst.feed_rows(touched) AS r
    WHERE r.stated_on IS NULL AND (EXISTS (SELECT FROM patchfirst.cves_history h
        WHERE h.cve = r.cve AND h.ended_by = ANY (my_batches) AND h.published_at IS NOT NULL)
      OR EXISTS (SELECT FROM patchfirst.nvd_history h
        WHERE h.cve = r.cve AND h.ended_by = ANY (my_batches) AND h.published_at IS NOT NULL))) THEN
    RETURN NULL;
  END IF;
  -- Without a recency in the last pass no feed knew it, or its record was rejected: it has no place by EPSS yet, and
  -- moves the estimated dates of its year.
  new_years := ARRAY(SELECT DISTINCT r.year FROM patchfirst.feed_rows(touched) AS r
    LEFT JOIN company.scores s ON s.entity = r.cve WHERE s.parts[6] IS NULL);
  IF new_years = '{}' THEN
    RETURN touched;
  END IF;
  IF EXISTS (SELECT FROM unnest(touched) AS t (cve) JOIN patchfirst.epss e ON e.cve = t.cve
    LEFT JOIN company.scores s ON s.entity = t.cve WHERE s.parts[6] IS NULL) THEN
    RETURN NULL;
  END IF;
  RETURN ARRAY(
    SELECT unnest(touched)
    UNION
    SELECT e.cve FROM patchfirst.estimated_dates(new_years) AS e JOIN company.scores s ON s.entity = e.cve
    WHERE s.parts[6] <> patchfirst.recency_of(e.published_on, today));
END $$;
GRANT EXECUTE ON FUNCTION patchfirst.score_features_touched(bigint[]) TO @staff@;
