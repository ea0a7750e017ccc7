-- Why: migrate takes every grant away before it applies doctrine, and PUBLIC gets none back. Each file grants what it
-- makes, right beside it.

GRANT USAGE ON SCHEMA company TO @staff@;

-- The clock, who I am, and how a rule is refused: made by the first migration, and used by everybody.
GRANT EXECUTE ON FUNCTION company.now() TO @staff@;
GRANT EXECUTE ON FUNCTION company.me() TO @staff@;
GRANT EXECUTE ON FUNCTION company.my_kind() TO @staff@;
GRANT EXECUTE ON FUNCTION company.refuse(text, text) TO @staff@;
