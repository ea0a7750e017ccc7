-- Why: that the rows in staging are those of the bytes in the bucket is not believed, it is looked at, and the look is kept.

CREATE TABLE company.reconciliations (
  batch_id bigint PRIMARY KEY REFERENCES company.batches (id),
  at timestamptz NOT NULL DEFAULT company.now(),
  by_role text NOT NULL,
  session_id bigint,
  rows_in_raw integer NOT NULL,
  rows_in_staging integer NOT NULL,
  rows_read integer NOT NULL,
  is_equal boolean NOT NULL GENERATED ALWAYS AS (rows_in_raw = rows_read AND rows_in_staging = rows_in_raw) STORED
);
