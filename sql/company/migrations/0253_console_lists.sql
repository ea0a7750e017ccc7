-- Why: each page of the console answers at once, however much the brain holds (bench/console.py has a million slots).

-- The last fire of each schedule, and how it ended (slots_of_schedules).
CREATE INDEX sessions_of_a_schedule ON company.sessions (schedule, id DESC);
-- The fires of a span (auditors_at_work, brief_fires, cost_by_role).
CREATE INDEX sessions_by_time ON company.sessions (started_at);
-- What was noted about a task or a finding (why_task, why_finding).
CREATE INDEX session_log_by_facts ON company.session_log USING gin (facts jsonb_path_ops);
-- The open tasks, in order (console_open_tasks).
CREATE INDEX task_queue_open ON company.task_queue (id) WHERE closed_at IS NULL;
