-- Why: who gave an inventory reads of what it holds, and of nothing else.

GRANT SELECT ON patchfirst.inventory_names, patchfirst.inventory_packages, patchfirst.inventory_cves TO @staff@;

-- The CVEs that concern a customer's inventory, by which of its components, and what is said of that version: affected
-- or unknown. What CISA lists is looked for now; records and advisories as they were last linked, an hour ago at most.
-- Only what a record calls unaffected is left out.
CREATE OR REPLACE FUNCTION patchfirst.inventory_of(my_customer bigint)
RETURNS TABLE (cve text, place integer, verdict text)
-- Planned once in a session, not at each call.
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH listed AS (
    SELECT DISTINCT k.cve, i.place
    FROM patchfirst.inventory_names i
    JOIN company.names p ON p.kind = 'product' AND p.key = i.product
    JOIN patchfirst.listed_names k ON k.product = p.spelling
    LEFT JOIN company.names v ON v.kind = 'vendor' AND v.spelling = k.vendor
    WHERE i.customer_id = my_customer AND (i.vendor IS NULL OR v.key IS NULL OR v.key = i.vendor
      OR k.vendor = ANY (company.spellings_of('vendor', ARRAY[i.vendor])))
  ), linked AS (
    SELECT l.cve, l.place, l.verdict FROM patchfirst.inventory_cves l WHERE l.customer_id = my_customer
  )
  SELECT cve, place, coalesce(l.verdict, 'unknown')
  FROM listed FULL JOIN linked l USING (cve, place)
  WHERE l.verdict IS DISTINCT FROM 'unaffected';
END $$;
GRANT EXECUTE ON FUNCTION patchfirst.inventory_of(bigint) TO @staff@;

-- Whether a product, as a list names it, is in a customer's inventory. Who makes it decides where both say it.
CREATE OR REPLACE FUNCTION patchfirst.is_in_inventory(my_customer bigint, my_vendor text, my_product text)
RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM patchfirst.inventory_names i
    WHERE i.customer_id = my_customer AND i.product = patchfirst.product_key(my_product)
      AND (i.vendor IS NULL OR coalesce(patchfirst.vendor_key(my_vendor), i.vendor) = i.vendor
        OR my_vendor = ANY (company.spellings_of('vendor', ARRAY[i.vendor]))))
$$;
GRANT EXECUTE ON FUNCTION patchfirst.is_in_inventory(bigint, text, text) TO @staff@;

-- By CVE, the components of a customer's inventory that it concerns, each with its version, in the order of the file.
-- Where no source says that this version is affected, the words say so.
CREATE OR REPLACE FUNCTION patchfirst.components_of(my_customer bigint)
RETURNS TABLE (cve text, components text[])
-- Planned once in a session, not at each call.
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT o.cve, array_agg(btrim((i.item ->> 'name') || ' ' || (i.item ->> 'version'))
    || CASE o.verdict WHEN 'unknown' THEN ' (version not confirmed)' ELSE '' END ORDER BY o.place)
  FROM patchfirst.inventory_of(my_customer) o
  JOIN company.inventory_items i ON i.customer_id = my_customer AND i.place = o.place
  GROUP BY o.cve;
END $$;
GRANT EXECUTE ON FUNCTION patchfirst.components_of(bigint) TO @staff@;
