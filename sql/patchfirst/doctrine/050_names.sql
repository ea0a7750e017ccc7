-- Why: a vendor or a product is one thing, however the sources and the customers spell it.

-- What sources write where they have no name to give, in the form that keys have. Readers leave such a name out
-- (patchfirst.nobody in Python has the same words); a customer may still write one.
CREATE OR REPLACE FUNCTION patchfirst.nobody() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ARRAY['multiple', 'multipleproducts', 'multiplevendors', 'na', 'no', 'none', 'nonespecified', 'noproduct',
    'notapplicable', 'notavailable', 'notdefined', 'notknown', 'notprovided', 'notspecified', 'novendor', 'null', 'tba',
    'tbd', 'tobeannounced', 'tobedefined', 'tobedetermined', 'undefined', 'unknown', 'unknownproduct', 'unknownvendor',
    'unspecified', 'unspecifiedproduct', 'unspecifiedvendor', 'various', 'variousproducts', 'variousvendors']
$$;
GRANT EXECUTE ON FUNCTION patchfirst.nobody() TO @staff@;

-- What all spellings of a vendor share. Legal forms and articles tell no two vendors apart; n/a and its like name
-- nobody. A foundation is called after its project (Eclipse), but for those whose first word is another vendor.
CREATE OR REPLACE FUNCTION patchfirst.vendor_key(spelling text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN key <> ALL (patchfirst.nobody()) THEN key END
  FROM company.name_key(
    -- Forms that are written without a blank before or after them.
    regexp_replace(regexp_replace(spelling, '(linux|document)[ _-]+(foundation)', '\1\2', 'gi'),
      '(株式会社|有限会社|股份有限公司|有限责任公司|有限公司|주식회사)', ' \1 ', 'g'),
    ARRAY['the', 'ooo', 'ооо', 'пао', 'ао', 'pt', '株', '株式会社', '有限会社', '주식회사'],
    ARRAY['the', 'inc', 'incorporated', 'corp', 'corporation', 'co', 'company', 'ltd', 'limited', 'ltda', 'llc', 'llp',
      'lp', 'plc', 'pvt', 'private', 'pty', 'pte', 'gmbh', 'mbh', 'ag', 'kg', 'kgaa', 'ug', 'se', 'sa', 'sas', 'sarl',
      'srl', 'spa', 'sl', 'slu', 'bv', 'nv', 'ab', 'oy', 'oyj', 'as', 'asa', 'aps', 'kk', 'kft', 'zrt', 'sro', 'doo',
      'ooo', 'jsc', 'pjsc', 'ооо', 'пао', 'ао', 'foundation', '株', '株式会社', '有限会社', '股份有限公司', '有限责任公司',
      '有限公司', '주식회사']
  ) AS key
$$;
GRANT EXECUTE ON FUNCTION patchfirst.vendor_key(text) TO @staff@;

-- The same of a product, whose name has no legal form.
CREATE OR REPLACE FUNCTION patchfirst.product_key(spelling text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN key <> ALL (patchfirst.nobody()) THEN key END
  FROM company.name_key(spelling, '{}', '{}') AS key
$$;
GRANT EXECUTE ON FUNCTION patchfirst.product_key(text) TO @staff@;

-- Keeps the spellings that are new. Promotion calls it by its triggers, so that no customer's choice misses a spelling
-- that is in force.
CREATE OR REPLACE FUNCTION patchfirst.note_spelt(vendors text[], products text[]) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO company.names (kind, spelling, key)
  SELECT 'vendor', v, patchfirst.vendor_key(v) FROM unnest(vendors) AS v
  WHERE v <> '' AND NOT EXISTS (SELECT FROM company.names n WHERE n.kind = 'vendor' AND n.spelling = v)
  UNION ALL
  SELECT 'product', p, patchfirst.product_key(p) FROM unnest(products) AS p
  WHERE p <> '' AND NOT EXISTS (SELECT FROM company.names n WHERE n.kind = 'product' AND n.spelling = p)
  ORDER BY 1, 2
  ON CONFLICT DO NOTHING
$$;

CREATE OR REPLACE FUNCTION patchfirst.note_names() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM patchfirst.note_spelt(array_agg(DISTINCT vendor), array_agg(DISTINCT product)) FROM written;
  RETURN NULL;
END $$;

-- The same of a source that has several of each.
CREATE OR REPLACE FUNCTION patchfirst.note_all_names() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM patchfirst.note_spelt(array_agg(DISTINCT a.vendor), array_agg(DISTINCT a.product))
  FROM written w, unnest(w.vendors, w.products) AS a (vendor, product);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER new_names_are_noted AFTER INSERT ON patchfirst.kev
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION patchfirst.note_names();
CREATE OR REPLACE TRIGGER changed_names_are_noted AFTER UPDATE ON patchfirst.kev
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION patchfirst.note_names();
CREATE OR REPLACE TRIGGER new_names_are_noted AFTER INSERT ON patchfirst.cves
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION patchfirst.note_all_names();
CREATE OR REPLACE TRIGGER changed_names_are_noted AFTER UPDATE ON patchfirst.cves
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION patchfirst.note_all_names();
CREATE OR REPLACE TRIGGER new_names_are_noted AFTER INSERT ON patchfirst.nvd
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION patchfirst.note_all_names();
CREATE OR REPLACE TRIGGER changed_names_are_noted AFTER UPDATE ON patchfirst.nvd
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION patchfirst.note_all_names();

-- The vendor or the product (which) that an entry of the list had at a moment: an empty name is no correction, so the
-- last known one stays.
CREATE OR REPLACE FUNCTION patchfirst.name_before(which text, my_cve text, until timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT was.name FROM patchfirst.kev_history h
  CROSS JOIN LATERAL (SELECT CASE which WHEN 'vendor' THEN h.vendor WHEN 'product' THEN h.product END AS name) AS was
  WHERE h.cve = my_cve AND was.name <> '' AND h.ended_how <> 'undone' AND h.valid_to <= until
  ORDER BY h.valid_to DESC LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION patchfirst.name_before(text, text, timestamptz) TO @staff@, @readers@;

-- The names of what is listed now.
CREATE OR REPLACE VIEW patchfirst.listed_names AS
SELECT k.cve, coalesce(nullif(k.vendor, ''), patchfirst.name_before('vendor', k.cve, k.valid_from)) AS vendor,
  coalesce(nullif(k.product, ''), patchfirst.name_before('product', k.cve, k.valid_from)) AS product
FROM patchfirst.kev k;
GRANT SELECT ON patchfirst.listed_names TO @staff@;

-- Every vendor and product under which each source has a CVE, in the order in which they are shown.
CREATE OR REPLACE VIEW patchfirst.affected AS
SELECT k.cve, 1 AS place, k.vendor, k.product FROM patchfirst.listed_names k
UNION ALL
SELECT c.cve, 1 + a.n, a.vendor, a.product
FROM patchfirst.cves c, unnest(c.vendors, c.products) WITH ORDINALITY AS a (vendor, product, n)
UNION ALL
SELECT v.cve, 1001 + a.n, a.vendor, a.product
FROM patchfirst.nvd v, unnest(v.vendors, v.products) WITH ORDINALITY AS a (vendor, product, n);
GRANT SELECT ON patchfirst.affected TO @staff@;

-- The CVEs that any source has under one of these spellings.
CREATE OR REPLACE FUNCTION patchfirst.cves_of(vendors text[], products text[]) RETURNS SETOF text
-- Planned once in a session, not at each call.
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT k.cve FROM patchfirst.listed_names k
  WHERE k.vendor = ANY (cves_of.vendors) OR k.product = ANY (cves_of.products)
  UNION
  SELECT c.cve FROM patchfirst.cves c WHERE c.vendors && cves_of.vendors
  UNION
  SELECT v.cve FROM patchfirst.nvd v WHERE v.vendors && cves_of.vendors
  UNION
  SELECT c.cve FROM patchfirst.cves c WHERE c.products && cves_of.products AND cardinality(cves_of.products) > 0
  UNION
  SELECT v.cve FROM patchfirst.nvd v WHERE v.products && cves_of.products AND cardinality(cves_of.products) > 0;
END $$;
GRANT EXECUTE ON FUNCTION patchfirst.cves_of(text[], text[]) TO @staff@;

-- The keys as these functions make them today, of all that was ever in force.
DELETE FROM company.names WHERE kind IN ('vendor', 'product');
SELECT patchfirst.note_spelt(array_agg(DISTINCT vendor), array_agg(DISTINCT product)) FROM (
  SELECT vendor, product FROM patchfirst.affected
  UNION SELECT vendor, product FROM patchfirst.kev_history
  UNION SELECT a.vendor, a.product FROM patchfirst.cves_history, unnest(vendors, products) AS a (vendor, product)
) AS ever;
