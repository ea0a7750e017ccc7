-- Why: Postgres reads each CHECK of a table from its text in each UPDATE, also one that speaks of no column that is
-- written: ten of them were a fifth of what claiming and completing a task costs. The same ten rules, by the same
-- names, are held by two triggers now (doctrine/068_shape_of_a_task.sql), which the same migrate makes.

ALTER TABLE company.task_queue
  DROP CONSTRAINT a_mode_is_known,
  DROP CONSTRAINT a_task_has_a_title,
  DROP CONSTRAINT priority_is_one_to_nine,
  DROP CONSTRAINT attempts_are_bounded,
  DROP CONSTRAINT nothing_supersedes_itself,
  DROP CONSTRAINT a_status_is_known,
  DROP CONSTRAINT terminal_exactly_when_closed,
  DROP CONSTRAINT in_progress_names_its_holder,
  DROP CONSTRAINT blocked_names_an_owner_and_an_action,
  DROP CONSTRAINT superseded_names_its_successor;
