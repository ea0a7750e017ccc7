-- name: company_now
-- The company's time.
SELECT company.now() AS now
