-- name: rows_with_instructions
-- Rows of a staged batch, quarantined ones too, whose text gives instructions to a model and is not in force.
SELECT row_no, entity, said
FROM company.rows_with_instructions(%(batch)s, %(anchors)s::text[], %(pattern)s, %(invisible)s)
ORDER BY row_no

-- name: note_instructions
-- Opens, or sees again, the finding of one text.
SELECT finding_id, is_new
FROM company.note_instructions(%(session_id)s, %(subject)s, %(place)s, %(words)s, %(evidence)s)
