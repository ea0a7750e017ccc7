-- Why: an address that anybody can reach answers only who has a key, and nobody so often that others wait.

-- The caller makes the key and shows it once; only the salted hash of its secret half comes here.
CREATE OR REPLACE FUNCTION company.make_customer_key(
  my_customer text, my_key_id text, my_salt bytea, my_secret_sha256 bytea, my_per_minute integer
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  owner_of bigint;
BEGIN
  PERFORM company.require_owner('only_the_owner_gives_keys');
  SELECT id INTO owner_of FROM company.customers WHERE name = my_customer FOR UPDATE;
  IF owner_of IS NULL THEN
    PERFORM company.refuse('a_key_belongs_to_a_customer', my_customer || ' is no customer');
  END IF;
  IF (SELECT count(*) FROM company.customer_keys
    WHERE customer_id = owner_of AND coalesce(ends_at > company.now(), true)) >= 5 THEN
    PERFORM company.refuse('a_customer_has_five_keys_at_most', my_customer || ' has five keys; end one first');
  END IF;
  INSERT INTO company.customer_keys (key_id, customer_id, salt, secret_sha256, per_minute)
  VALUES (my_key_id, owner_of, my_salt, my_secret_sha256, my_per_minute);
END $$;
GRANT EXECUTE ON FUNCTION company.make_customer_key(text, text, bytea, bytea, integer) TO @owners@, @login:console@;

-- Ends one key at once; false where no good key has that name.
CREATE OR REPLACE FUNCTION company.end_customer_key(my_key_id text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM company.require_owner('only_the_owner_gives_keys');
  UPDATE company.customer_keys SET ends_at = company.now()
  WHERE key_id = my_key_id AND coalesce(ends_at > company.now(), true);
  RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION company.end_customer_key(text) TO @owners@, @login:console@;

-- Ends all keys of the same customer but this one, later, so that a program has time to change over; a key that ends
-- sooner keeps its end. Returns how many it ended.
CREATE OR REPLACE FUNCTION company.end_other_keys(but_key text, my_ends_at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  until timestamptz := greatest(my_ends_at, company.now());
  ended integer;
BEGIN
  PERFORM company.require_owner('only_the_owner_gives_keys');
  UPDATE company.customer_keys k SET ends_at = until
  FROM company.customer_keys kept
  WHERE kept.key_id = but_key AND k.customer_id = kept.customer_id AND k.key_id <> but_key
    AND coalesce(k.ends_at > until, true);
  GET DIAGNOSTICS ended = ROW_COUNT;
  RETURN ended;
END $$;
GRANT EXECUTE ON FUNCTION company.end_other_keys(text, timestamptz) TO @owners@, @login:console@;

CREATE OR REPLACE FUNCTION company.list_customer_keys(my_customer text)
RETURNS TABLE (key_id text, made_at timestamptz, last_used_at timestamptz, ends_at timestamptz, has_ended boolean,
  per_minute integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- The console's pages list them without an act: a name of a key opens nothing.
  IF company.me() IS DISTINCT FROM 'console' THEN
    PERFORM company.require_owner('only_the_owner_gives_keys');
  END IF;
  RETURN QUERY SELECT k.key_id, k.made_at, k.last_used_at, k.ends_at, coalesce(k.ends_at <= company.now(), false),
    k.per_minute
  FROM company.customer_keys k JOIN company.customers c ON c.id = k.customer_id
  WHERE c.name = my_customer ORDER BY k.made_at, k.key_id;
END $$;
GRANT EXECUTE ON FUNCTION company.list_customer_keys(text) TO @owners@, @login:console@;

-- What the secret half of a key is compared with, by the one function that answers customers' programs.
CREATE OR REPLACE FUNCTION company.find_customer_key(my_key_id text)
RETURNS TABLE (salt bytea, secret_sha256 bytea, customer_id bigint, is_paused boolean, has_ended boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.salt, k.secret_sha256, k.customer_id, c.is_paused, coalesce(k.ends_at <= company.now(), false)
  FROM company.customer_keys k JOIN company.customers c ON c.id = k.customer_id
  WHERE k.key_id = my_key_id
$$;
GRANT EXECUTE ON FUNCTION company.find_customer_key(text) TO @login:lookup@;

-- Whose a good key is. Who answers strangers learns of a customer by such a key, and of no other.
CREATE OR REPLACE FUNCTION company.customer_of_key(my_key_id text) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  whose bigint := (SELECT k.customer_id FROM company.customer_keys k JOIN company.customers c ON c.id = k.customer_id
    WHERE k.key_id = my_key_id AND coalesce(k.ends_at > company.now(), true) AND NOT c.is_paused);
BEGIN
  IF whose IS NULL THEN
    PERFORM company.refuse('one_asks_by_a_good_key', format('no good key is called %s', left(my_key_id, 20)));
  END IF;
  RETURN whose;
END $$;

-- A bucket that holds per_minute requests and is filled within a minute. One statement decides and takes: of two
-- requests at once each waits for the other's row. Returns the seconds to wait, 0 when the request may be answered.
CREATE OR REPLACE FUNCTION company.take_request(my_key_id text, is_limited boolean) RETURNS double precision
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  moment timestamptz := company.now();
  wait double precision;
BEGIN
  UPDATE company.customer_keys k
  SET used_up_to = greatest(k.used_up_to, moment) + interval '1 minute' / k.per_minute, last_used_at = moment
  WHERE k.key_id = my_key_id AND (NOT is_limited
    OR greatest(k.used_up_to, moment) + interval '1 minute' / k.per_minute <= moment + interval '1 minute');
  IF FOUND THEN
    RETURN 0;
  END IF;
  SELECT extract(epoch FROM k.used_up_to + interval '1 minute' / k.per_minute - moment - interval '1 minute') INTO wait
  FROM company.customer_keys k WHERE k.key_id = my_key_id;
  RETURN greatest(wait, 0.001);
END $$;
GRANT EXECUTE ON FUNCTION company.take_request(text, boolean) TO @login:lookup@;
