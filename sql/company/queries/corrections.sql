-- name: batches_to_correct
-- Batches that were undone within a week, and of which a page may speak.
SELECT b.id, b.source, b.edition_at, b.promoted_at, b.undone_at, b.reason
FROM company.batches b
WHERE b.status = 'undone' AND b.undone_at > company.now() - interval '7 days' AND EXISTS (
  SELECT FROM company.deliveries d
  WHERE d.written_at BETWEEN b.promoted_at AND company.carried_until(b.undone_at) AND d.occasion <> 'correction')
ORDER BY b.id

-- name: awaits_scores
-- Whether daily pages wait, for the scores still hold what was undone.
SELECT company.awaits_scores() AS awaits_scores

-- name: corrections_of
-- The corrections of a batch, and how each ended.
SELECT d.id, d.customer_id, o.status, d.is_withdrawn
FROM company.deliveries d JOIN company.outbox o ON o.id = d.outbox_id
WHERE d.corrects_batch = %(batch)s
ORDER BY d.id

-- name: write_correction
-- Keeps a correction beside its outbox row, before it leaves.
SELECT company.write_correction(%(customer_id)s, %(batch)s, %(kind)s, %(subject)s, %(body)s, %(items)s, %(status)s,
  %(outbox_id)s, %(s3_key)s) AS id

-- name: withdraw_deliveries
-- Pages that wait and say what is no longer so are not sent; how many.
SELECT company.withdraw_deliveries(%(deliveries)s::bigint[], %(because)s) AS withdrawn
