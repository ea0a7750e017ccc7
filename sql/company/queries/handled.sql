-- name: handle
-- A customer has dealt with a thing, as the owner heard; false when that was known.
SELECT company.handle(%(customer)s, %(entity)s, %(note)s) AS is_new

-- name: undo_handled
-- Takes a customer's mark back.
SELECT company.undo_handled(%(customer)s, %(entity)s, %(note)s)

-- name: handle_by_link
-- A customer has dealt with a thing, by a signed link; false when that was known.
SELECT company.handle_by_link(%(customer_id)s, %(entity)s, %(note)s) AS is_new

-- name: handle_by_key
-- A customer's program says that it has dealt with a thing; false when that was known.
SELECT company.handle_by_key(%(key_id)s, %(entity)s, %(note)s) AS is_new
