-- Why: letting a model act is one thing, letting it take good rows away is another; the owner trusts them apart.

INSERT INTO company.outward_acts (act) VALUES ('undo_by_model');
-- Nobody could be asked while rows are wrong: what a model may not take back it tells of.
ALTER TABLE company.outward_acts ADD CONSTRAINT undoing_is_closed_or_open CHECK (act <> 'undo_by_model' OR stands_at <> 'ask');
