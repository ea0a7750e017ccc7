-- Why: each call of a model was allowed by summing all calls of the fire and of the day, so a call took longer the
-- later it was asked for. Their sums are kept now, by a trigger of company.spend: a fire's on its session, a day's in
-- one row for each role.

ALTER TABLE company.sessions ADD COLUMN counted_calls integer NOT NULL DEFAULT 0;
ALTER TABLE company.sessions ADD COLUMN counted_tokens bigint NOT NULL DEFAULT 0;
UPDATE company.sessions s SET counted_calls = c.calls, counted_tokens = c.tokens
FROM (
  SELECT session_id, count(*) FILTER (WHERE state <> 'released') AS calls, sum(counts_tokens) AS tokens
  FROM company.spend GROUP BY session_id
) AS c
WHERE c.session_id = s.id;

CREATE TABLE company.spend_days (
  day timestamptz NOT NULL,
  role text NOT NULL,
  usd numeric NOT NULL DEFAULT 0,
  tokens bigint NOT NULL DEFAULT 0,
  fires integer NOT NULL DEFAULT 0,
  PRIMARY KEY (day, role)
);
INSERT INTO company.spend_days (day, role, usd, tokens, fires)
SELECT date_trunc('day', at, 'UTC'), role, sum(counts_usd), sum(counts_tokens),
  count(DISTINCT session_id) FILTER (WHERE state <> 'released')
FROM company.spend GROUP BY 1, 2;
