-- Why: a text that the owner reads counts as she does: "1 row", "2 rows". As company.text.wording counts in Python.

-- '1 task', '3 tasks', '1,204 rows'. several: the noun in the plural, where it is not the noun with an s.
CREATE OR REPLACE FUNCTION company.counted(number bigint, noun text, several text DEFAULT NULL) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT to_char(number, 'FM999,999,999,990') || ' '
    || CASE number WHEN 1 THEN noun ELSE coalesce(several, noun || 's') END
$$;
GRANT EXECUTE ON FUNCTION company.counted(bigint, text, text) TO @staff@;
