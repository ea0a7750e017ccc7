-- name: company_now
-- The company's time.
SELECT company.now() AS now

-- name: clock_is_simulated
-- Whether this brain's time is a desk's, which stands still between its days.
SELECT is_simulated FROM company.clock
