-- name: rows_with_instructions
-- Rows of a staged batch, and rows put aside from it, whose text speaks to a model and was not in force before.
SELECT row_no, entity, said
FROM company.rows_with_instructions(%(batch)s, %(anchors)s::text[], %(pattern)s, %(invisible)s)
ORDER BY row_no

-- name: note_instructions
-- Opens, or sees again, the finding of one text.
SELECT finding_id, is_new
FROM company.note_instructions(%(session_id)s, %(subject)s, %(place)s, %(words)s, %(evidence)s)
