-- Why: the owner's second mark of a thing wrote over the note of the first and called itself new. What marks a thing
-- says from now on whether it was new, for the owner as for a customer: what answers otherwise is made again.

DROP FUNCTION IF EXISTS company.handle(text, text, text);
DROP FUNCTION IF EXISTS company.note_handled(bigint, text, text);
