-- Why: a foreign key looks its row up at each line of the trail, an eighth of what ten tasks cost. That each line is of
-- a task that is there is held where it could be broken: nobody deletes a task that has a trail or changes its number,
-- and only the queue's own functions write the trail, of tasks that they hold (doctrine/068_shape_of_a_task.sql and
-- 069_trail_of_a_task.sql, which the same migrate applies).

ALTER TABLE company.task_events DROP CONSTRAINT task_events_task_id_fkey;
