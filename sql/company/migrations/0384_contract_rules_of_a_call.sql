-- Why: Postgres reads each CHECK, generated column and condition of a trigger from its text in each write. The same
-- rules of a call, by the same names, are held by one trigger now, which also works out what the call counts
-- (doctrine/221_calls.sql, which the same migrate makes).

ALTER TABLE company.spend
  DROP CONSTRAINT a_call_is_reserved_settled_or_released,
  DROP CONSTRAINT tokens_are_never_negative,
  DROP CONSTRAINT a_settled_call_says_when,
  ALTER COLUMN counts_usd DROP EXPRESSION,
  ALTER COLUMN counts_tokens DROP EXPRESSION;
DROP TRIGGER IF EXISTS keep_what_was_reserved ON company.spend;
