-- Why: an inventory has thousands of names, and no page waits until each of them was looked for among all CVEs.

-- What the components of the inventories in force go by, each with the keys of patchfirst.vendor_key and product_key.
CREATE TABLE patchfirst.inventory_names (
  customer_id bigint NOT NULL REFERENCES company.customers (id),
  place integer NOT NULL,
  vendor text,
  product text NOT NULL
);
COMMENT ON COLUMN patchfirst.inventory_names.vendor IS 'null where the inventory does not say who makes it';
CREATE INDEX inventory_names_by_product ON patchfirst.inventory_names (product);

CREATE TABLE patchfirst.inventory_packages (
  customer_id bigint NOT NULL REFERENCES company.customers (id),
  place integer NOT NULL,
  ecosystem text NOT NULL,
  name text NOT NULL,
  version text NOT NULL
);

-- As it was last linked: which component may have which CVE.
CREATE TABLE patchfirst.inventory_cves (
  customer_id bigint NOT NULL REFERENCES company.customers (id),
  cve text NOT NULL,
  place integer NOT NULL
);
-- Asked by patchfirst.inventory_of.
CREATE INDEX inventory_cves_of_a_customer ON patchfirst.inventory_cves (customer_id, cve);
