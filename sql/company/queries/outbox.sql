-- name: record_outbox_entry
-- Records an outbox entry before it is sent; an earlier entry of the same key is returned instead.
SELECT outbox_id, status, is_new, asked_in
FROM company.record_outbox_entry(%(action)s, %(dedupe_key)s, %(to_whom)s, %(subject)s, %(payload)s, %(content_sha256)s,
  %(session_id)s)

-- name: confirm_outbox_entry
-- Confirms after it what became of it.
SELECT company.confirm_outbox_entry(%(outbox_id)s, %(session_id)s, %(was_sent)s, %(receipt)s)
