-- Why: a customer's program asks by itself, so it needs a key of its own, that can be ended without the others.

CREATE TABLE company.customer_keys (
  key_id text NOT NULL PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES company.customers (id),
  salt bytea NOT NULL,
  secret_sha256 bytea NOT NULL,
  per_minute integer NOT NULL,
  made_at timestamptz NOT NULL DEFAULT company.now(),
  ends_at timestamptz,
  last_used_at timestamptz,
  -- The moment at which the key has used up nothing any more; each request moves it on by its share of a minute.
  used_up_to timestamptz NOT NULL DEFAULT company.now(),
  CONSTRAINT a_customer_key_has_a_name CHECK (key_id ~ '^[a-z0-9]{12}$'),
  CONSTRAINT a_customer_key_is_kept_as_a_salted_hash CHECK (length(salt) = 16 AND length(secret_sha256) = 32),
  CONSTRAINT a_customer_key_may_ask_at_times CHECK (per_minute BETWEEN 1 AND 100000)
);
COMMENT ON TABLE company.customer_keys IS
  'Keys of customers'' programs: never the key, only the salted hash of its secret half, and its rate.';
CREATE INDEX customer_keys_of_a_customer ON company.customer_keys (customer_id);
