-- Why: with each page a customer gets a link to a dashboard. What it held is known by its digest; the dashboard itself
-- leaves the brain when it is in the bucket.

CREATE TABLE company.dashboards (
  delivery_id bigint PRIMARY KEY REFERENCES company.deliveries (id),
  customer_id bigint NOT NULL REFERENCES company.customers (id),
  as_of timestamptz NOT NULL,
  s3_key text NOT NULL,
  page bytea,
  sha256 bytea NOT NULL,
  entries jsonb,
  link_ends_at timestamptz NOT NULL,
  put_at timestamptz
);
COMMENT ON COLUMN company.dashboards.page IS 'as it will be put, compressed; null once its delivery has ended';
COMMENT ON COLUMN company.dashboards.entries IS 'what the next edition is compared with; null when there is a newer';
-- Asked by company.dashboard_before.
CREATE INDEX dashboards_of_a_customer ON company.dashboards (customer_id, as_of);
