-- Why: what a fire's calls come to stood on its session, and a session is a wide row: Postgres reads its rules, and
-- looks at each key that refers to it, whenever a sum changes, twice for each call of a model. The sums of a fire have
-- a narrow row of their own now, beside the sums of a day.

CREATE TABLE company.spend_fires (
  session_id bigint PRIMARY KEY REFERENCES company.sessions (id),
  usd numeric NOT NULL DEFAULT 0,
  tokens bigint NOT NULL DEFAULT 0,
  calls integer NOT NULL DEFAULT 0
);
INSERT INTO company.spend_fires (session_id, usd, tokens, calls)
SELECT session_id, sum(counts_usd), sum(counts_tokens), count(*) FILTER (WHERE state <> 'released')
FROM company.spend GROUP BY session_id;

DROP TRIGGER IF EXISTS require_cost_of_calls ON company.sessions;
DROP FUNCTION IF EXISTS company.require_cost_of_calls();
COMMENT ON COLUMN company.sessions.cost_usd IS 'not written since 0383: company.spend_fires has it';
COMMENT ON COLUMN company.sessions.counted_tokens IS 'not written since 0383: company.spend_fires has it';
COMMENT ON COLUMN company.sessions.counted_calls IS 'not written since 0383: company.spend_fires has it';
