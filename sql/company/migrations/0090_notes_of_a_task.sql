-- Why: a task that comes back from a dead session is to be taken up where it was left, so its notes must be found at a claim.

-- notes_of_a_task asks: what other sessions noted about one task.
CREATE INDEX session_log_of_a_task ON company.session_log (task_id, id) WHERE task_id IS NOT NULL;
