-- Why: what a customer has dealt with leaves its lists, and comes back when that was true of another situation.

CREATE TABLE company.handled (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES company.customers (id),
  entity text NOT NULL,
  is_undone boolean NOT NULL,
  at timestamptz NOT NULL DEFAULT company.now(),
  by_whom text NOT NULL CONSTRAINT who_handled_is_known CHECK (by_whom IN ('owner', 'customer')),
  note text NOT NULL DEFAULT '' CONSTRAINT a_note_is_short CHECK (length(note) <= 500),
  facts jsonb NOT NULL
);
COMMENT ON TABLE company.handled IS 'Each mark of a customer, and each one taken back; the last one counts.';
COMMENT ON COLUMN company.handled.facts IS 'what the product knew then of the things that would bring it back';
-- Asked by company.handled_now.
CREATE INDEX handled_of_a_customer ON company.handled (customer_id, entity, id DESC);
