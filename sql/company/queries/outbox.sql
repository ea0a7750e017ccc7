-- name: record_outbox_entry
-- Records an outbox entry before it is sent; an earlier entry of the same key is returned instead.
SELECT outbox_id, status, is_new, asked_in
FROM company.record_outbox_entry(%(action)s, %(dedupe_key)s, %(to_whom)s, %(subject)s, %(payload)s, %(content_sha256)s,
  %(session_id)s)

-- name: sent_entry
-- An act that has left, as it is noted outside the brain.
SELECT action, to_whom, subject FROM company.outbox WHERE id = %(outbox_id)s

-- name: hold_outward_acts
-- The brain went back: what stood at open is asked for; how many actions.
SELECT company.hold_outward_acts() AS held

-- name: withdraw_gap
-- The slots of the time that a brain that went back does not know of; how many.
SELECT company.withdraw_gap(%(until)s) AS withdrawn

-- name: confirm_outbox_entry
-- Confirms after it what became of it.
SELECT company.confirm_outbox_entry(%(outbox_id)s, %(session_id)s, %(was_sent)s, %(receipt)s)

-- name: doubt_outbox_entry
-- It was handed over, and whether it was taken is not known.
SELECT company.doubt_outbox_entry(%(outbox_id)s, %(session_id)s, %(why)s)
