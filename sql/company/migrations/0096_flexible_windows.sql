-- Why: EventBridge may fire a schedule anywhere within its flexible time window; a grace without the window called such fires missed.

ALTER TABLE company.schedules
  ADD COLUMN window_minutes integer NOT NULL DEFAULT 0 CONSTRAINT a_window_is_at_most_a_day CHECK (window_minutes BETWEEN 0 AND 1440);
