-- Why: a component and a CVE meet by name or by package, and a version that is surely another one parts them again.

GRANT INSERT, DELETE ON patchfirst.inventory_cves TO @login:link@;

-- The ecosystem of advisories in which a type of package is.
CREATE OR REPLACE FUNCTION patchfirst.ecosystem_of(type text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE type WHEN 'pypi' THEN 'PyPI' WHEN 'npm' THEN 'npm' WHEN 'golang' THEN 'Go' WHEN 'maven' THEN 'Maven'
    WHEN 'nuget' THEN 'NuGet' WHEN 'cargo' THEN 'crates.io' WHEN 'composer' THEN 'Packagist' WHEN 'gem' THEN 'RubyGems'
    WHEN 'hex' THEN 'Hex' WHEN 'pub' THEN 'Pub' WHEN 'swift' THEN 'SwiftURL' WHEN 'githubactions' THEN 'GitHub Actions'
  END
$$;
GRANT EXECUTE ON FUNCTION patchfirst.ecosystem_of(text) TO @staff@;

-- What all spellings of a package share. PyPI takes - for _ and for a dot.
CREATE OR REPLACE FUNCTION patchfirst.package_key(ecosystem text, name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE ecosystem WHEN 'PyPI' THEN regexp_replace(lower(name), '[-_.]+', '-', 'g') ELSE lower(name) END
$$;
GRANT EXECUTE ON FUNCTION patchfirst.package_key(text, text) TO @staff@;

-- A version as numbers, so that it can be compared; null for one that has anything but numbers and dots. 1.2 is 1.2.0.
CREATE OR REPLACE FUNCTION patchfirst.version_numbers(version text) RETURNS numeric[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN version ~ '^[vV]?[0-9]{1,18}(\.[0-9]{1,18}){0,9}$' THEN
    string_to_array(regexp_replace(ltrim(version, 'vV'), '(\.0+)+$', ''), '.')::numeric[] END
$$;
GRANT EXECUTE ON FUNCTION patchfirst.version_numbers(text) TO @staff@;

-- What an advisory says of a version, by the versions that it names, as patchfirst.packages_of has them: affected,
-- unaffected or unknown. What cannot be compared is unknown: nobody is called safe, or hit, by a guess.
CREATE OR REPLACE FUNCTION patchfirst.package_verdict(version text, versions text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN coalesce(versions, '') = '' OR patchfirst.version_numbers(version) IS NULL THEN 'unknown' ELSE (
    SELECT CASE WHEN bool_or(span.holds) THEN 'affected' WHEN bool_or(span.may_hold) THEN 'unknown'
      ELSE 'unaffected' END
    FROM (
      SELECT bool_and(coalesce(c.holds, false)) AS holds, bool_and(coalesce(c.holds, true)) AS may_hold
      FROM (
        SELECT p.n, substring(p.part FROM '^(?:>=|<=|<)?') AS sign,
          patchfirst.version_numbers(regexp_replace(p.part, '^(>=|<=|<)', '')) AS bound,
          -- A span begins with its lower bound; a single version is a span of its own.
          CASE WHEN p.part ~ '^[<>]' THEN count(*) FILTER (WHERE p.part ~ '^>=') OVER (ORDER BY p.n) ELSE -p.n END
            AS span
        FROM string_to_table(versions, '|') WITH ORDINALITY AS p (part, n)
      ) AS b
      CROSS JOIN LATERAL (SELECT CASE
        WHEN b.bound IS NULL THEN CASE WHEN b.sign = '' THEN false END
        WHEN b.sign = '>=' THEN patchfirst.version_numbers(version) >= b.bound
        WHEN b.sign = '<' THEN patchfirst.version_numbers(version) < b.bound
        WHEN b.sign = '<=' THEN patchfirst.version_numbers(version) <= b.bound
        ELSE patchfirst.version_numbers(version) = b.bound END AS holds) AS c
      GROUP BY b.span
    ) AS span
  ) END
$$;
GRANT EXECUTE ON FUNCTION patchfirst.package_verdict(text, text) TO @staff@;

-- What a source says of a version: affected, unaffected or unknown. said is as patchfirst.affected_versions writes it.
-- What nobody can compare decides nothing, and what is called affected anywhere is affected. Where a range of
-- unaffected ones cannot be compared, "all others are affected" says nothing sure either.
CREATE OR REPLACE FUNCTION patchfirst.version_verdict(version text, said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN bool_or(p.mark = '+' AND p.holds) THEN 'affected'
    WHEN bool_or(p.mark = '?' AND p.holds) OR bool_or(p.mark <> '-' AND p.holds IS NULL AND NOT p.is_rest)
      THEN 'unknown'
    WHEN bool_or(p.mark = '-' AND p.holds) THEN 'unaffected'
    WHEN bool_or(p.mark = '-' AND p.is_rest) THEN 'unaffected'
    WHEN bool_or(p.mark = '+' AND p.is_rest) AND NOT bool_or(p.mark = '-' AND p.holds IS NULL) THEN 'affected'
    ELSE 'unknown' END
  FROM (
    SELECT left(t.part, 1) AS mark, length(t.part) = 1 AS is_rest,
      CASE WHEN length(t.part) > 1 AND t.part !~ '~' THEN
        coalesce(v.n >= patchfirst.version_numbers(substring(t.part FROM '>=([^ ]+)')), true)
        AND coalesce(v.n > patchfirst.version_numbers(substring(t.part FROM '>(?!=)([^ ]+)')), true)
        AND coalesce(v.n <= patchfirst.version_numbers(substring(t.part FROM '<=([^ ]+)')), true)
        AND coalesce(v.n < patchfirst.version_numbers(substring(t.part FROM '<(?!=)([^ ]+)')), true)
        AND coalesce(v.n = patchfirst.version_numbers(substring(t.part FROM '^.=([^ ]+)')), true)
      END AS holds
    FROM (SELECT patchfirst.version_numbers(version) AS n) AS v, string_to_table(said, '|') AS t (part)
    WHERE v.n IS NOT NULL AND t.part <> ''
  ) AS p
$$;
GRANT EXECUTE ON FUNCTION patchfirst.version_verdict(text, text) TO @staff@;

-- Which component of whose inventory may have which CVE, by records and advisories in force, and what these say of its
-- version: of one customer, or of all where it is null. NVD does not say which versions are unaffected, so its silence
-- weighs nothing where the record speaks.
CREATE OR REPLACE FUNCTION patchfirst.matched_inventories(of_customer bigint)
RETURNS TABLE (customer_id bigint, cve text, place integer, verdict text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH theirs AS MATERIALIZED (
    SELECT i.customer_id, i.place, i.vendor, i.version, p.spelling AS product
    FROM patchfirst.inventory_names i JOIN company.names p ON p.kind = 'product' AND p.key = i.product
    WHERE of_customer IS NULL OR i.customer_id = of_customer
  ), vendors AS MATERIALIZED (
    SELECT v.vendor, s.spelling FROM (SELECT DISTINCT t.vendor FROM theirs t WHERE t.vendor IS NOT NULL) AS v,
      unnest(company.spellings_of('vendor', ARRAY[v.vendor])) AS s (spelling)
  ), affected AS (
    SELECT c.cve, a.vendor, a.product, a.said, false AS by_nvd
    FROM patchfirst.cves c, unnest(c.vendors, c.products, c.versions) AS a (vendor, product, said)
    WHERE EXISTS (SELECT FROM theirs)
    UNION ALL
    SELECT n.cve, a.vendor, a.product, a.said, true
    FROM patchfirst.nvd n, unnest(n.vendors, n.products, n.versions) AS a (vendor, product, said)
    WHERE EXISTS (SELECT FROM theirs)
  ), matched AS (
    SELECT t.customer_id, a.cve, t.place, a.by_nvd, patchfirst.version_verdict(t.version, a.said) AS verdict
    FROM affected a
    JOIN theirs t ON t.product = a.product
    LEFT JOIN vendors s ON s.vendor = t.vendor AND s.spelling = a.vendor
    LEFT JOIN company.names v ON v.kind = 'vendor' AND v.spelling = a.vendor
    WHERE t.vendor IS NULL OR s.vendor IS NOT NULL OR v.key IS NULL
    UNION
    SELECT i.customer_id, p.cve, i.place, false, of_it.verdict
    FROM patchfirst.inventory_packages i
    JOIN patchfirst.packages_of p
      ON p.ecosystem = i.ecosystem AND patchfirst.package_key(p.ecosystem, p.name) = i.name
    CROSS JOIN LATERAL (SELECT patchfirst.package_verdict(i.version, p.versions) AS verdict OFFSET 0) AS of_it
    WHERE (of_customer IS NULL OR i.customer_id = of_customer) AND EXISTS (SELECT FROM patchfirst.inventory_packages)
      AND of_it.verdict <> 'unaffected'
  )
  SELECT m.customer_id, m.cve, m.place, CASE
    WHEN bool_or(m.verdict = 'affected') THEN 'affected'
    WHEN bool_or(m.verdict = 'unknown' AND NOT m.by_nvd) THEN 'unknown'
    WHEN bool_or(m.verdict = 'unaffected') THEN 'unaffected'
    ELSE 'unknown' END
  FROM matched m GROUP BY m.customer_id, m.cve, m.place
$$;
GRANT EXECUTE ON FUNCTION patchfirst.matched_inventories(bigint) TO @staff@;

-- Reads a customer's inventory in force anew, and links it at once. A product_key that is null names nothing.
CREATE OR REPLACE FUNCTION patchfirst.link_inventory(my_customer bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM patchfirst.inventory_names WHERE customer_id = my_customer;
  DELETE FROM patchfirst.inventory_packages WHERE customer_id = my_customer;
  DELETE FROM patchfirst.inventory_cves WHERE customer_id = my_customer;
  INSERT INTO patchfirst.inventory_names (customer_id, place, vendor, product, version)
  SELECT DISTINCT my_customer, k.place, k.vendor, k.product, k.version FROM (
    SELECT i.place, i.item ->> 'version' AS version, patchfirst.vendor_key(n ->> 'vendor') AS vendor,
      patchfirst.product_key(n ->> 'product') AS product
    FROM company.inventory_items i, jsonb_array_elements(i.item -> 'names') AS n WHERE i.customer_id = my_customer
  ) AS k WHERE k.product IS NOT NULL;
  INSERT INTO patchfirst.inventory_packages (customer_id, place, ecosystem, name, version)
  SELECT my_customer, k.place, k.ecosystem, patchfirst.package_key(k.ecosystem, k.name), k.version FROM (
    SELECT i.place, patchfirst.ecosystem_of(p ->> 'type') AS ecosystem, p ->> 'name' AS name, p ->> 'version' AS version
    FROM company.inventory_items i, jsonb_array_elements(i.item -> 'packages') AS p WHERE i.customer_id = my_customer
  ) AS k WHERE k.ecosystem IS NOT NULL AND k.name <> '';
  INSERT INTO patchfirst.inventory_cves (customer_id, cve, place, verdict)
  SELECT m.customer_id, m.cve, m.place, m.verdict FROM patchfirst.matched_inventories(my_customer) m;
END $$;

-- By the keys as these functions make them today.
SELECT patchfirst.link_inventory(customer_id) FROM company.inventory_now;
