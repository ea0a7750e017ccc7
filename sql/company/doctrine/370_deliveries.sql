-- Why: a customer gets each thing once, and what was sent can be read afterwards exactly as it was.

GRANT SELECT ON company.customers, company.deliveries TO @staff@;

-- What is on its way counts as arrived until it is known to be otherwise. A page that did not arrive is made up for
-- when a daily page was written after that was known: it goes back to where the other began.
CREATE OR REPLACE VIEW company.arrivals AS
SELECT d.id, d.customer_id, d.occasion, d.covers_from, d.covers_to, d.items, e.ended_badly_at IS NULL AS has_arrived,
  e.ended_badly_at IS NOT NULL AND EXISTS (
    SELECT FROM company.deliveries later JOIN company.outbox lo ON lo.id = later.outbox_id
    WHERE later.customer_id = d.customer_id AND later.occasion = 'daily' AND later.written_at > e.ended_badly_at
      AND later.status IN ('waiting', 'recorded', 'sent')
      AND coalesce(lo.mail_status, '') NOT IN ('bounced', 'rejected')
  ) AS is_made_up_for
FROM company.deliveries d
JOIN company.outbox o ON o.id = d.outbox_id
CROSS JOIN LATERAL (SELECT CASE
  WHEN d.status IN ('refused', 'declined', 'unknown') THEN d.ended_at
  WHEN o.mail_status IN ('bounced', 'rejected') THEN coalesce(o.mail_status_at, d.ended_at) END AS ended_badly_at) AS e;
GRANT SELECT ON company.arrivals TO @staff@;

-- The end of the last span that was written for a customer, and from where the next daily page goes on: the end of the
-- last one that arrived, or the beginning of what did not and no later page made up for.
CREATE OR REPLACE VIEW company.spans_written AS
SELECT d.customer_id, max(d.covers_to) AS written_to,
  max(d.covers_to) FILTER (WHERE d.occasion = 'daily') AS daily_to,
  least(
    coalesce(max(d.covers_to) FILTER (WHERE d.occasion = 'daily' AND d.has_arrived), min(d.covers_from)),
    min(d.covers_from) FILTER (WHERE NOT d.has_arrived AND NOT d.is_made_up_for)) AS covers_from
FROM company.arrivals d
WHERE d.occasion <> 'correction'
GROUP BY d.customer_id;
GRANT SELECT ON company.spans_written TO @staff@;

-- A product whose customers may choose says what they may, by two functions in its own schema: filter_faults(jsonb)
-- gives a sentence for each fault of a filter, and filters() what there is (name, takes).
CREATE OR REPLACE FUNCTION company.require_filters(filters jsonb) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  product text;
  faults text;
  known text;
BEGIN
  IF jsonb_typeof(filters) IS DISTINCT FROM 'object' THEN
    PERFORM company.refuse('filters_are_what_the_product_offers', 'a filter is a JSON object');
  END IF;
  FOR product IN SELECT DISTINCT schema_name FROM company.streams
    WHERE to_regprocedure(format('%I.filter_faults(jsonb)', schema_name)) IS NOT NULL LOOP
    EXECUTE format('SELECT string_agg(f, ''; '') FROM %I.filter_faults($1) AS f', product) INTO faults USING filters;
    IF faults IS NOT NULL THEN
      EXECUTE format('SELECT string_agg(name || '' ('' || takes || '')'', ''; '') FROM %I.filters()', product)
        INTO known;
      known := coalesce(known, 'none');
      PERFORM company.refuse('filters_are_what_the_product_offers', format('%s. There is: %s.', faults, known));
    END IF;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION company.require_filters(jsonb) TO @staff@;

-- A name is what a person can read, type and tell from another. Who has one already may be changed under it.
CREATE OR REPLACE FUNCTION company.require_customer_name(my_name text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  fault text := CASE
    WHEN coalesce(company.plain_words(my_name), '') = '' THEN 'it has no letter and no digit'
    WHEN length(my_name) > 100 THEN format('it has %s signs, and 100 are the most', length(my_name))
    WHEN my_name <> btrim(my_name) THEN 'it begins or ends with a blank'
    WHEN strpos(my_name, '  ') > 0 THEN 'it has two blanks together'
    WHEN my_name COLLATE "C" ~ '[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]'
      THEN 'it has a blank that is not the usual one'
    WHEN my_name COLLATE "C" ~ ('[\u0001-\u001F\u007F-\u009F\u00AD\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F'
      '\u200B-\u200F\u2028-\u202E\u2060-\u206F\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0\U000E0000-\U000E0FFF]')
      THEN 'it has a sign that nobody sees' END;
  other text;
BEGIN
  IF EXISTS (SELECT FROM company.customers c WHERE c.name = my_name) THEN
    RETURN;
  END IF;
  IF fault IS NOT NULL THEN
    PERFORM company.refuse('a_customer_has_a_readable_name', format('%s is no name: %s', quote_literal(left(my_name,
      60)), fault));
  END IF;
  SELECT min(c.name) INTO other FROM company.customers c
  WHERE company.plain_words(c.name) = company.plain_words(my_name);
  IF other IS NOT NULL THEN
    PERFORM company.refuse('a_customer_has_a_name_of_its_own', format('there is a customer %s already', other));
  END IF;
END $$;

-- One address as SES takes it: in ASCII, for it has no SMTPUTF8. What has a blank, a line break or a second one would
-- be written into a header.
CREATE OR REPLACE FUNCTION company.require_mail_address(my_email text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(my_email, '') !~ '^[^@\s,;<>"()]+@[^@\s,;<>"()]+$' OR length(my_email) > 320 THEN
    PERFORM company.refuse('a_customer_has_a_mail_address',
      format('%s is no mail address: write one like desk@alder.example',
        quote_literal(regexp_replace(left(my_email, 80), '\s+', ' ', 'g'))));
  ELSIF octet_length(my_email) <> length(my_email) THEN
    PERFORM company.refuse('a_customer_has_a_mail_address',
      format('%s has letters that SES takes in no address: ask for one in ASCII, or write its domain as xn--...',
        quote_literal(left(my_email, 80))));
  END IF;
END $$;

CREATE OR REPLACE FUNCTION company.add_customer(my_name text, my_email text, my_kind text, my_filters jsonb)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  added bigint;
BEGIN
  PERFORM company.require_owner('only_the_owner_takes_customers');
  PERFORM company.require_customer_name(my_name);
  PERFORM company.require_mail_address(my_email);
  PERFORM company.require_filters(my_filters);
  INSERT INTO company.customers (name, email, kind, filters) VALUES (my_name, my_email, my_kind, my_filters)
  ON CONFLICT (name) DO UPDATE SET email = excluded.email, kind = excluded.kind, filters = excluded.filters
  RETURNING id INTO added;
  RETURN added;
END $$;
GRANT EXECUTE ON FUNCTION company.add_customer(text, text, text, jsonb) TO @owners@, @login:console@;

-- What was written for a paused customer and is not on its way is declined; the first page after the pause covers its
-- time. What a fire that is still at work has recorded is declined when it is taken (175_taking).
CREATE OR REPLACE FUNCTION company.pause_customer(my_name text, rests boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  my_customer bigint;
BEGIN
  PERFORM company.require_owner('only_the_owner_takes_customers');
  UPDATE company.customers SET is_paused = rests WHERE name = my_name RETURNING id INTO my_customer;
  IF my_customer IS NULL THEN
    PERFORM company.refuse('one_pauses_a_customer_one_has', my_name || ' is no customer');
  END IF;
  IF rests THEN
    PERFORM company.withdraw_entries(array_agg(o.id), my_name || ' is paused')
    FROM company.deliveries d JOIN company.outbox o ON o.id = d.outbox_id
    WHERE d.customer_id = my_customer AND d.status IN ('waiting', 'recorded')
      AND (o.status IN ('waiting', 'allowed') OR company.is_left_behind(o));
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION company.pause_customer(text, boolean) TO @staff@;

CREATE OR REPLACE FUNCTION company.require_deliver() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF company.me() IS DISTINCT FROM 'deliver' THEN
    PERFORM company.refuse('deliveries_are_written_by_deliver',
      coalesce(company.me(), session_user) || ' is not deliver');
  END IF;
END $$;

-- A fire that began before the pause may still write; an owner who pauses at this moment waits for its page.
CREATE OR REPLACE FUNCTION company.require_customer_not_paused(my_customer bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  paused boolean;
BEGIN
  SELECT is_paused INTO paused FROM company.customers WHERE id = my_customer FOR SHARE;
  IF paused THEN
    PERFORM company.refuse('a_paused_customer_gets_nothing', format('customer %s is paused', my_customer));
  END IF;
END $$;

-- Written beside the outbox entry, before anything is sent. For the same entry the first text is kept.
CREATE OR REPLACE FUNCTION company.write_delivery(
  my_customer bigint, my_occasion text, my_from timestamptz, my_to timestamptz, my_kind text, my_subject text,
  my_body text, my_items jsonb,
  my_status text, my_outbox bigint, my_key text,
  my_html text DEFAULT NULL, my_further jsonb DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written bigint;
BEGIN
  PERFORM company.require_deliver();
  IF NOT EXISTS (SELECT FROM company.outbox WHERE id = my_outbox AND action = 'deliver' AND by_role = company.me()) THEN
    PERFORM company.refuse('a_delivery_has_its_outbox_entry', format('entry %s is none of a delivery', my_outbox));
  END IF;
  PERFORM company.require_customer_not_paused(my_customer);
  INSERT INTO company.deliveries (customer_id, occasion, covers_from, covers_to, kind, subject, body, items, status,
    outbox_id, s3_key, html, further)
  VALUES (my_customer, my_occasion, my_from, my_to, my_kind, my_subject, my_body, my_items, my_status, my_outbox,
    my_key, my_html, my_further)
  ON CONFLICT (outbox_id) DO NOTHING;
  SELECT id INTO written FROM company.deliveries WHERE outbox_id = my_outbox;
  RETURN written;
END $$;
GRANT EXECUTE ON FUNCTION company.write_delivery(
  bigint, text, timestamptz, timestamptz, text, text, text, jsonb, text, bigint, text, text, jsonb
) TO @login:deliver@;

-- As its outbox entry ended, which was confirmed before.
CREATE OR REPLACE FUNCTION company.end_delivery(my_delivery bigint, my_status text, my_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_deliver();
  IF NOT EXISTS (SELECT FROM company.deliveries d JOIN company.outbox o ON o.id = d.outbox_id
    WHERE d.id = my_delivery AND (o.status = my_status OR my_status = 'refused' AND o.status <> 'sent')) THEN
    PERFORM company.refuse('a_delivery_ends_as_its_entry_did',
      format('the entry of delivery %s did not end as %s', my_delivery, my_status));
  END IF;
  UPDATE company.deliveries SET status = my_status, reason = my_reason, ended_at = company.now()
  WHERE id = my_delivery AND status IN ('waiting', 'recorded');
END $$;
GRANT EXECUTE ON FUNCTION company.end_delivery(bigint, text, text) TO @login:deliver@;
