-- Why: SES taking a mail is not a mailbox having it (scar: "delivered" was said of a run). What became of it is a fact of its own.

ALTER TABLE company.outbox
  -- Null until the mail server on the other side, or SES, said something: nobody knows.
  ADD COLUMN mail_status text CONSTRAINT a_mail_status_is_known CHECK (mail_status IN ('delayed', 'accepted', 'bounced', 'rejected', 'complained')),
  ADD COLUMN mail_status_at timestamptz,
  ADD CONSTRAINT a_mail_status_says_when CHECK ((mail_status IS NULL) = (mail_status_at IS NULL));
-- note_mail_event looks an act up by the number that SES gave its mail.
CREATE INDEX outbox_by_receipt ON company.outbox (receipt) WHERE receipt IS NOT NULL;
-- mail_is_awaited asks at each beat.
CREATE INDEX outbox_mail_awaited ON company.outbox (recorded_at)
  WHERE status IN ('sent', 'unknown') AND coalesce(mail_status, 'delayed') = 'delayed';

CREATE TABLE company.mail_events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- SES may tell the same twice.
  event_key text NOT NULL CONSTRAINT a_mail_event_is_kept_once UNIQUE,
  outbox_id bigint NOT NULL REFERENCES company.outbox (id),
  status text NOT NULL,
  at timestamptz NOT NULL,
  said text NOT NULL DEFAULT '',
  heard_at timestamptz NOT NULL DEFAULT company.now()
);
CREATE INDEX mail_events_of_an_act ON company.mail_events (outbox_id, id);
