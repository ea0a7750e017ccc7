-- name: batches_to_promote
-- Checked batches, oldest edition first.
SELECT id, source, edition_at, version, status, rows_read, promoted, unchanged, quarantined, held, removed,
  staged_at, checked_at, promoted_at, decided_by, reason, raw_id
FROM company.batches
WHERE status = 'checked'
ORDER BY edition_at, id

-- name: promote_batch
-- Moves a checked batch into canonical.
SELECT id, source, edition_at, version, status, rows_read, promoted, unchanged, quarantined, held, removed,
  staged_at, checked_at, promoted_at, decided_by, reason, raw_id
FROM company.promote(%(batch)s)

-- name: undo_batch
-- Takes the last promotion of a source back.
SELECT company.undo_batch(%(batch)s, %(reason)s) AS taken_back

-- name: entity_history
-- Every value that a source's row of this key has had.
SELECT valid_from, valid_to, batch_id, ended_by, ended_how, was FROM company.entity_history(%(source)s, %(key)s)

-- name: key_is_known
-- Whether a thing of this name is or ever was in a source.
SELECT EXISTS (SELECT FROM company.entity_history(%(source)s, %(key)s)) AS is_known
