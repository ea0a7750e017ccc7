-- name: make_customer_key
-- The owner gives a customer's program a key; only its salted hash is kept.
SELECT company.make_customer_key(%(customer)s, %(key_id)s, %(salt)s, %(secret_sha256)s, %(per_minute)s)

-- name: end_customer_key
-- The owner ends one key at once; false where no good key has that name.
SELECT company.end_customer_key(%(key_id)s) AS has_ended

-- name: end_other_keys
-- The owner ends a customer's keys but one; the number of them.
SELECT company.end_other_keys(%(but_key)s, %(ends_at)s) AS ended

-- name: list_customer_keys
-- A customer's keys: when each was made, used last, and ends.
SELECT key_id, made_at, last_used_at, ends_at, has_ended, per_minute FROM company.list_customer_keys(%(customer)s)

-- name: find_customer_key
-- What a given key is compared with; no row for a name that no key has.
SELECT salt, secret_sha256, customer_id, is_paused, has_ended FROM company.find_customer_key(%(key_id)s)

-- name: take_request
-- Counts one request of a key; the seconds to wait, 0 when it may be answered.
SELECT company.take_request(%(key_id)s, %(is_limited)s) AS wait_seconds
