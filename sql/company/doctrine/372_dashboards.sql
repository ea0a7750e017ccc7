-- Why: a dashboard is a part of its delivery: it is written with it, the owner's yes is to both, and it is put before
-- the page that has its link.

GRANT SELECT ON company.dashboards TO @staff@;

-- Kept beside its delivery, before anything is sent. For the same delivery the first page is kept.
CREATE OR REPLACE FUNCTION company.write_dashboard(
  my_delivery bigint, my_key text, my_page bytea, my_entries jsonb, my_link_ends timestamptz
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_deliver();
  INSERT INTO company.dashboards (delivery_id, customer_id, as_of, s3_key, page, sha256, entries, link_ends_at)
  SELECT d.id, d.customer_id, d.covers_to, my_key, my_page, sha256(my_page), my_entries, my_link_ends
  FROM company.deliveries d WHERE d.id = my_delivery
  ON CONFLICT (delivery_id) DO NOTHING;
END $$;
GRANT EXECUTE ON FUNCTION company.write_dashboard(bigint, text, bytea, jsonb, timestamptz) TO @login:deliver@;

-- It is in the bucket. Older editions of the customer are compared with no more.
CREATE OR REPLACE FUNCTION company.note_dashboard_put(my_delivery bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_deliver();
  UPDATE company.dashboards SET put_at = company.now() WHERE delivery_id = my_delivery AND put_at IS NULL;
  UPDATE company.dashboards o SET entries = NULL FROM company.dashboards b
  WHERE b.delivery_id = my_delivery AND o.customer_id = b.customer_id AND o.as_of < b.as_of AND o.entries IS NOT NULL
    AND o.put_at IS NOT NULL;
END $$;
GRANT EXECUTE ON FUNCTION company.note_dashboard_put(bigint) TO @login:deliver@;

-- What ended needs its page no more: it is in the bucket, or will never be.
CREATE OR REPLACE FUNCTION company.drop_ended_page() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE company.dashboards SET page = NULL WHERE delivery_id = NEW.id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER drop_ended_page AFTER UPDATE OF ended_at ON company.deliveries
FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL) EXECUTE FUNCTION company.drop_ended_page();
