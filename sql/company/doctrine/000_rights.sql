-- Why: migrate takes every grant away before it applies doctrine, and PUBLIC gets none back. Each file grants what it
-- makes, right beside it. @readers@ are the logins of machines that everybody can reach: they have what names them, and
-- nothing that is the staff's. @trials@ is the login in which a changed statement is tried: it reads what statements of
-- the product read, writes nothing, and calls nothing that acts (422_trials.sql).

GRANT USAGE ON SCHEMA company TO @staff@, @readers@, @trials@;

-- The clock, who I am, and how a rule is refused: made by the first migration, and used by everybody.
GRANT EXECUTE ON FUNCTION company.now() TO @staff@, @readers@, @trials@;
GRANT EXECUTE ON FUNCTION company.me() TO @staff@;
GRANT EXECUTE ON FUNCTION company.my_kind() TO @staff@;
GRANT EXECUTE ON FUNCTION company.refuse(text, text) TO @staff@;
