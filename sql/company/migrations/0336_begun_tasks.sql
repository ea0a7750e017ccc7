-- Why: who claims ten tasks at once has begun none of them. What a session never began is no attempt at it.

-- When the holder began; of a task that is claimed alone, when it was claimed.
ALTER TABLE company.task_queue ADD COLUMN begun_at timestamptz;
UPDATE company.task_queue SET begun_at = company.now() WHERE status = 'in_progress';
