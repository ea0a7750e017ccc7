-- Why: an act that stood at ask waited for an answer that nobody asked for. Now its content is fixed, and one question asks about it.

-- Whatever waited before there was a question goes nowhere: nobody fixed what it said.
UPDATE company.deliveries SET status = 'refused', ended_at = company.now(), reason = 'waited before there was a question'
WHERE outbox_id IN (SELECT id FROM company.outbox WHERE status = 'waiting') AND status IN ('waiting', 'recorded');
UPDATE company.outbox SET status = 'refused', confirmed_at = company.now(), receipt = 'waited before there was a question'
WHERE status = 'waiting';

ALTER TABLE company.outbox
  -- Of where it goes and of every word: what goes after a yes is compared with it.
  ADD COLUMN content_sha256 bytea CONSTRAINT a_content_is_kept_as_sha256 CHECK (octet_length(content_sha256) = 32),
  ADD COLUMN decision_id bigint REFERENCES company.decisions (id),
  DROP CONSTRAINT an_outbox_status_is_known,
  ADD CONSTRAINT an_outbox_status_is_known CHECK (
    status IN ('waiting', 'allowed', 'declined', 'recorded', 'sent', 'refused', 'unknown')
  ),
  ADD CONSTRAINT what_waits_is_fixed CHECK (status NOT IN ('waiting', 'allowed') OR content_sha256 IS NOT NULL),
  ADD CONSTRAINT what_is_allowed_was_asked CHECK (status <> 'allowed' OR decision_id IS NOT NULL);
-- ask_leave and the answer look for what waits.
CREATE INDEX outbox_waiting ON company.outbox (act) WHERE status IN ('waiting', 'allowed');

ALTER TABLE company.deliveries
  DROP CONSTRAINT a_delivery_status_is_known,
  ADD CONSTRAINT a_delivery_status_is_known CHECK (status IN ('waiting', 'recorded', 'sent', 'refused', 'declined', 'unknown')),
  DROP CONSTRAINT an_ended_delivery_says_when,
  ADD CONSTRAINT an_ended_delivery_says_when CHECK ((status NOT IN ('waiting', 'recorded')) = (ended_at IS NOT NULL));

-- Its successor takes the content too.
DROP FUNCTION IF EXISTS company.record_outward_act(text, text, text, text, jsonb, bigint);
