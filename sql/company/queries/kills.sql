-- name: done_twice
-- What a run did more than once: the work of a slot, the end of a task, the promotion of a body, a customer's page.
SELECT format('slot %%s %%s was worked %%s times', schedule, to_char(due_at AT TIME ZONE 'UTC', 'Dy HH24:MI'), count(*))
  AS what
FROM company.sessions WHERE outcome = 'done' GROUP BY schedule, due_at HAVING count(*) > 1
UNION ALL
SELECT format('task %%s was ended %%s times', task_id, count(*))
FROM company.task_events WHERE to_status IN ('complete', 'failed', 'superseded', 'stale')
GROUP BY task_id HAVING count(*) > 1
UNION ALL
SELECT format('body %%s of %%s is in force %%s times', raw_id, source, count(*))
FROM company.batches WHERE raw_id IS NOT NULL AND status = 'promoted' GROUP BY source, raw_id HAVING count(*) > 1
UNION ALL
SELECT format('customer %%s got %%s pages of %%s', customer_id, count(*), to_char(covers_to AT TIME ZONE 'UTC', 'Dy DD'))
FROM company.deliveries WHERE status = 'sent' AND occasion = 'daily'
GROUP BY customer_id, to_char(covers_to AT TIME ZONE 'UTC', 'Dy DD') HAVING count(*) > 1

-- name: canonical_tables
-- Where the rows of each source that is on stand, and which of their columns the source fills.
SELECT source, schema_name, key_column || value_columns AS columns FROM company.streams_on ORDER BY source

-- name: scores_and_links
-- How many scores and links there are, and a sum that changes with any of them.
SELECT 'scores' AS what,
  format('%%s rows, %%s', count(*), coalesce(sum(hashtextextended(entity || ' ' || score, 0)), 0)) AS holds
FROM company.scores
UNION ALL
SELECT 'links',
  format('%%s rows, %%s', count(*), coalesce(sum(hashtextextended(concat_ws(' ', l.kind, l.entity, l.target), 0)), 0))
FROM company.links l
