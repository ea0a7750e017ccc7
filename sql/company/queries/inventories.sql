-- name: set_inventory
-- The owner gives a customer's inventory, which replaces the one before; no components take it back.
SELECT company.set_inventory(%(customer)s, %(format)s, %(file)s, %(sha256)s, %(items)s, %(faults)s) AS id

-- name: inventory_of_customer
-- A customer's inventory in force, without its components.
SELECT n.format, n.file_name, n.taken_at, jsonb_array_length(n.items) AS components, n.faults
FROM company.inventory_now n WHERE n.customer_id = %(customer_id)s
