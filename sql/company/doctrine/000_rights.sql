-- Why: migrate takes every grant away before it applies doctrine, and PUBLIC gets none back. Each file grants what it
-- makes, right beside it. @readers@ are the logins of machines that everybody can reach: they have what names them, and
-- nothing that is the staff's.

GRANT USAGE ON SCHEMA company TO @staff@, @readers@;

-- The clock, who I am, and how a rule is refused: made by the first migration, and used by everybody.
GRANT EXECUTE ON FUNCTION company.now() TO @staff@, @readers@;
GRANT EXECUTE ON FUNCTION company.me() TO @staff@;
GRANT EXECUTE ON FUNCTION company.my_kind() TO @staff@;
GRANT EXECUTE ON FUNCTION company.refuse(text, text) TO @staff@;
