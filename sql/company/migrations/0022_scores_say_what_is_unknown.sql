-- Why: a part that nobody knows counts as nothing, and a reader must be able to tell that from a part that is known to be nothing.
-- Doctrine makes the function again, with a column more.
DROP FUNCTION IF EXISTS company.explain_score(text);
