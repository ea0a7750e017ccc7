-- Why: an audit that says how many things it saw may have seen the same easy ones each time. It says of how many they
-- were, and who chose them; what the brain drew is kept, so that nobody draws again until it suits them.

ALTER TABLE company.audits
  ADD COLUMN population bigint,
  ADD COLUMN chosen text NOT NULL DEFAULT 'by the auditor'
    CONSTRAINT a_sample_is_all_drawn_or_the_auditors CHECK (chosen IN ('all', 'drawn', 'by the auditor')),
  -- The transaction that recorded it: what a rolled-back one would be told, nobody is told.
  ADD COLUMN recorded_in xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE TABLE company.draws (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session_id bigint NOT NULL REFERENCES company.sessions (id),
  auditor text NOT NULL,
  subject text NOT NULL,
  drawn_at timestamptz NOT NULL DEFAULT company.now(),
  population bigint NOT NULL,
  items jsonb NOT NULL,
  -- For what the brain cannot name: rows of a file are drawn by this word, which nobody could know before.
  salt text NOT NULL,
  CONSTRAINT one_draw_of_a_subject_in_a_session UNIQUE (session_id, subject)
);
