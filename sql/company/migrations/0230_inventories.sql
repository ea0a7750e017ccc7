-- Why: what a customer runs is in a file already; names typed one by one are a poor copy of it.

CREATE TABLE company.inventories (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES company.customers (id),
  format text NOT NULL,
  file_name text NOT NULL,
  sha256 bytea NOT NULL,
  taken_at timestamptz NOT NULL DEFAULT company.now(),
  items jsonb NOT NULL,
  faults text[] NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE company.inventories IS
  'Each inventory that a customer gave; the last one counts, an empty one is none.';
COMMENT ON COLUMN company.inventories.items IS
  'the components in the order of the file, each with a name, a version ('''' where the file says none), and what the '
  'product knows it by';
COMMENT ON COLUMN company.inventories.faults IS 'what of the file could not be read, a sentence each';
-- Asked by company.inventory_now.
CREATE INDEX inventories_of_a_customer ON company.inventories (customer_id, id DESC);
