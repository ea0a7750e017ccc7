-- Why: money is kept like rows are: one line a call, written before it is spent (scars 11 to 15: caps that nothing checked, bills found at the end).

-- One row a model call. A reservation counts in full until it is settled or given back, so what may have been spent always counts.
CREATE TABLE company.spend (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session_id bigint NOT NULL REFERENCES company.sessions (id),
  role text NOT NULL,
  model text NOT NULL,
  priced_as text,
  at timestamptz NOT NULL DEFAULT company.now(),
  state text NOT NULL DEFAULT 'reserved' CONSTRAINT a_call_is_reserved_settled_or_released CHECK (state IN ('reserved', 'settled', 'released')),
  most_input integer NOT NULL,
  most_output integer NOT NULL,
  reserved_usd numeric(12, 6) NOT NULL,
  input integer NOT NULL DEFAULT 0,
  output integer NOT NULL DEFAULT 0,
  cache_write integer NOT NULL DEFAULT 0,
  cache_read integer NOT NULL DEFAULT 0,
  cost_usd numeric(12, 6) NOT NULL DEFAULT 0,
  ended_at timestamptz,
  counts_usd numeric(12, 6) NOT NULL GENERATED ALWAYS AS (
    CASE state WHEN 'reserved' THEN reserved_usd WHEN 'settled' THEN cost_usd ELSE 0 END
  ) STORED,
  -- What is read back from the cache counts in dollars only: limits in tokens are there against work without end.
  counts_tokens bigint NOT NULL GENERATED ALWAYS AS (
    CASE state WHEN 'reserved' THEN most_input::bigint + most_output WHEN 'settled' THEN input::bigint + output + cache_write ELSE 0 END
  ) STORED,
  CONSTRAINT tokens_are_never_negative CHECK (least(most_input, most_output, input, output, cache_write, cache_read) >= 0),
  CONSTRAINT a_settled_call_says_when CHECK ((state = 'reserved') = (ended_at IS NULL))
);
-- reserve_spend asks for a session, for a role's day and for the company's day.
CREATE INDEX spend_of_a_session ON company.spend (session_id);
CREATE INDEX spend_by_time ON company.spend (at, role);

-- Dollars for a million tokens, by kind and from a day on; some models cost more when the whole prompt is long.
CREATE TABLE company.model_prices (
  model text NOT NULL,
  kind text NOT NULL CONSTRAINT a_kind_of_token_is_known CHECK (kind IN ('input', 'output', 'cache_write', 'cache_read')),
  valid_from date NOT NULL,
  above_prompt integer NOT NULL DEFAULT 0,
  usd numeric(12, 6) NOT NULL CONSTRAINT nothing_is_free CHECK (usd > 0),
  source text NOT NULL,
  PRIMARY KEY (model, kind, valid_from, above_prompt)
);

-- 'company' for all together; a role for one employee. A role without a row has what its record's budget comes to.
CREATE TABLE company.spending_limits (
  whose text NOT NULL,
  unit text NOT NULL CONSTRAINT a_limit_is_in_dollars_tokens_or_fires CHECK (unit IN ('usd', 'tokens', 'fires')),
  most numeric NOT NULL CONSTRAINT a_limit_is_a_number_from_zero_up CHECK (most >= 0 AND most < 1000000000),
  changed_at timestamptz NOT NULL DEFAULT company.now(),
  changed_by text NOT NULL DEFAULT session_user,
  PRIMARY KEY (whose, unit)
);
INSERT INTO company.spending_limits (whose, unit, most) VALUES ('company', 'usd', 2.00), ('company', 'tokens', 5000000), ('company', 'fires', 600);

-- Who was told that a limit is reached, and went on by the book.
CREATE TABLE company.spending_refusals (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session_id bigint NOT NULL REFERENCES company.sessions (id),
  role text NOT NULL,
  at timestamptz NOT NULL DEFAULT company.now(),
  rule text NOT NULL,
  because text NOT NULL
);
CREATE INDEX spending_refusals_by_time ON company.spending_refusals (at);
