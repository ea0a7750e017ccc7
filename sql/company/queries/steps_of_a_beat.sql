-- name: steps_to_do
-- The steps of a beat in which something may be to do.
SELECT step FROM company.steps_to_do(
  %(refill_below)s, %(most_attempts)s, make_interval(secs => %(event_age_seconds)s),
  make_interval(hours => %(overdue_after_hours)s), make_interval(secs => %(idle_seconds)s),
  make_interval(hours => %(unanswered_after_hours)s), %(most_wakes)s, make_interval(days => %(keep_days)s)
) AS step
