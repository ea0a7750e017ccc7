-- Why: PUBLIC gets nothing, and the staff may use the schema. Each later file grants what it makes, right beside it; a
-- function that is made later is closed to PUBLIC from its birth, because migrate changes the default privileges first.

REVOKE ALL ON SCHEMA company FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA company FROM PUBLIC;
GRANT USAGE ON SCHEMA company TO @staff@;

-- The clock, who I am, and how a rule is refused: made by the first migration, and used by everybody.
GRANT EXECUTE ON FUNCTION company.now() TO @staff@;
GRANT EXECUTE ON FUNCTION company.me() TO @staff@;
GRANT EXECUTE ON FUNCTION company.my_kind() TO @staff@;
GRANT EXECUTE ON FUNCTION company.refuse(text, text) TO @staff@;
