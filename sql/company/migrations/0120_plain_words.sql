-- Why: names say what they hold. An action (deliver, publish, ...) has an approval with a level, and what leaves the
-- company is an entry of the outbox; the names before were our own words for them.

ALTER TABLE company.outward_acts RENAME TO approvals;
ALTER TABLE company.approvals RENAME COLUMN act TO action;
ALTER TABLE company.approvals RENAME COLUMN stands_at TO level;
ALTER TABLE company.approvals RENAME CONSTRAINT outward_acts_pkey TO approvals_pkey;
ALTER TABLE company.approvals
  RENAME CONSTRAINT an_outward_act_is_closed_ask_or_open TO an_approval_is_closed_ask_or_open;
ALTER TABLE company.approvals RENAME CONSTRAINT undoing_is_closed_or_open TO undo_is_closed_or_open;

ALTER TABLE company.outbox RENAME COLUMN act TO action;
ALTER TABLE company.outbox RENAME CONSTRAINT outbox_act_fkey TO outbox_action_fkey;
ALTER TABLE company.outbox RENAME CONSTRAINT an_outward_act_happens_once TO an_outbox_entry_is_made_once;
ALTER TABLE company.outbox RENAME CONSTRAINT a_confirmed_act_has_its_receipt TO a_confirmed_entry_has_its_receipt;
ALTER TABLE company.mail_events RENAME COLUMN heard_at TO received_at;
ALTER INDEX company.mail_events_of_an_act RENAME TO mail_events_of_an_entry;

-- Questions about an approval, as they are kept: by fingerprint, and with what they are about.
UPDATE company.decisions
SET fingerprint = regexp_replace(fingerprint, '^leave:', 'approval:'),
  subject = subject - 'act' - 'acts' || jsonb_build_object('action', subject -> 'act', 'entries', subject -> 'acts')
WHERE fingerprint LIKE 'leave:%';

ALTER TABLE company.findings RENAME COLUMN climbed TO escalated;
ALTER TABLE company.findings RENAME COLUMN climbed_at TO escalated_at;
ALTER TABLE company.findings
  RENAME CONSTRAINT a_finding_climbs_to_the_ceo_and_the_owner TO a_finding_escalates_to_the_ceo_and_the_owner;

ALTER TABLE company.backtests RENAME COLUMN told TO title;
ALTER TABLE company.backtests RENAME CONSTRAINT a_backtest_says_what_was_seen TO a_backtest_has_a_title;
ALTER TABLE company.drafts RENAME CONSTRAINT nobody_blesses_their_own_draft TO nobody_approves_their_own_draft;
ALTER INDEX company.one_living_attempt_per_slot RENAME TO one_open_attempt_per_slot;
ALTER INDEX company.one_living_change_of_the_same_diff RENAME TO one_open_change_of_the_same_diff;
