-- name: record_outward_act
-- Records an outward act before it is done; an earlier act of the same key is given back instead.
SELECT act_id, status, is_new, asked_in
FROM company.record_outward_act(%(act)s, %(dedupe_key)s, %(to_whom)s, %(subject)s, %(payload)s, %(content_sha256)s,
  %(session_id)s)

-- name: confirm_outward_act
-- Confirms after it what became of it.
SELECT company.confirm_outward_act(%(act_id)s, %(session_id)s, %(was_sent)s, %(receipt)s)
