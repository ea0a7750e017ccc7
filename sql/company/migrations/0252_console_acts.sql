-- Why: what the owner does on the console is done by the console's login. Each act has one row, written before it in
-- the same transaction: only then does the brain take the act for the owner's, and a form sent again finds its row.
CREATE TABLE company.console_acts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  form_key text NOT NULL CONSTRAINT a_form_is_sent_once UNIQUE
    CONSTRAINT a_form_has_its_key CHECK (length(form_key) >= 32),
  session_key text NOT NULL,
  act text NOT NULL CONSTRAINT an_act_says_what_it_is CHECK (act <> ''),
  said text NOT NULL DEFAULT '',
  at timestamptz NOT NULL DEFAULT company.now(),
  made_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);
-- A brain is asked whether this very transaction is an act of the owner's.
CREATE INDEX console_acts_by_transaction ON company.console_acts (made_in);
