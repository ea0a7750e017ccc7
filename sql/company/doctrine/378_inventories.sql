-- Why: what a customer runs is kept as its file said it, and the product alone says what of it concerns them.

GRANT SELECT ON company.inventories TO @staff@;

CREATE OR REPLACE TRIGGER inventories_only_grow BEFORE UPDATE OR DELETE ON company.inventories
FOR EACH ROW EXECUTE FUNCTION company.only_add();
CREATE OR REPLACE TRIGGER inventories_are_never_emptied BEFORE TRUNCATE ON company.inventories
FOR EACH STATEMENT EXECUTE FUNCTION company.never_empty();

-- Each customer's last inventory; a customer who took theirs back has none.
CREATE OR REPLACE VIEW company.inventory_now AS
SELECT * FROM (
  SELECT DISTINCT ON (customer_id) * FROM company.inventories ORDER BY customer_id, id DESC
) AS last
WHERE last.items <> '[]';
GRANT SELECT ON company.inventory_now TO @staff@;

-- Its components, each with its place in the file.
CREATE OR REPLACE VIEW company.inventory_items AS
SELECT n.customer_id, i.place::integer AS place, i.item
FROM company.inventory_now n, jsonb_array_elements(n.items) WITH ORDINALITY AS i (item, place);
GRANT SELECT ON company.inventory_items TO @staff@;

-- A product that matches inventories has link_inventory(bigint) in its own schema: it reads a customer's inventory in
-- force, and keeps what of it concerns them.
CREATE OR REPLACE FUNCTION company.set_inventory(
  my_customer text, my_format text, my_file text, my_sha256 bytea, my_items jsonb, my_faults text[]
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  whose bigint;
  product text;
  kept bigint;
BEGIN
  PERFORM company.require_owner('only_the_owner_takes_customers');
  SELECT id INTO whose FROM company.customers WHERE name = my_customer FOR UPDATE;
  IF whose IS NULL THEN
    PERFORM company.refuse('an_inventory_belongs_to_a_customer', my_customer || ' is no customer');
  END IF;
  SELECT DISTINCT schema_name INTO product FROM company.streams
  WHERE to_regprocedure(format('%I.link_inventory(bigint)', schema_name)) IS NOT NULL;
  IF product IS NULL THEN
    PERFORM company.refuse('an_inventory_is_for_a_product_that_reads_one', 'this product matches no inventories');
  END IF;
  IF (CASE jsonb_typeof(my_items) WHEN 'array' THEN jsonb_array_length(my_items) > 20000 OR EXISTS (
    SELECT FROM jsonb_array_elements(my_items) AS i
    WHERE coalesce(jsonb_typeof(i -> 'name'), '') <> 'string' OR coalesce(jsonb_typeof(i -> 'version'), '') <> 'string')
    ELSE true END) THEN
    PERFORM company.refuse('an_inventory_is_a_list_of_components',
      'it is a list of at most 20,000 components, each with a name and a version');
  END IF;
  INSERT INTO company.inventories (customer_id, format, file_name, sha256, items, faults)
  VALUES (whose, my_format, my_file, my_sha256, my_items, my_faults)
  RETURNING id INTO kept;
  EXECUTE format('SELECT %I.link_inventory($1)', product) USING whose;
  RETURN kept;
END $$;
GRANT EXECUTE ON FUNCTION company.set_inventory(text, text, text, bytea, jsonb, text[]) TO @owners@, @login:console@;
