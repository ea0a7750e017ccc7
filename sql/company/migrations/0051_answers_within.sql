-- Why: "the watcher answers" is no promise without a time. Each record states its own, and what stays unanswered longer climbs.

ALTER TABLE company.roster
  ADD COLUMN answers_within interval NOT NULL DEFAULT interval '30 minutes'
    CONSTRAINT an_answer_takes_a_fire_and_at_most_half_a_day CHECK (answers_within BETWEEN interval '5 minutes' AND interval '12 hours');

-- After its end date a schedule owes nothing.
ALTER TABLE company.schedules ADD COLUMN ends_at timestamptz;

-- heartbeat asks who was called lately, and who is being called.
CREATE INDEX slots_wakes ON company.slots (role, due_at) WHERE is_wake;
