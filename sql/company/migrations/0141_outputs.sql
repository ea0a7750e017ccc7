-- Why: 500 questions were 500 alerts, and 475 of them stood in one brief. What goes towards a person has a budget for
-- each role and day; what exceeds it is one row with a count.

CREATE TABLE company.outputs (
  role text NOT NULL,
  day date NOT NULL,
  -- question, finding, ring, escalation, alarm, note, refused, or 'alert about <role> at <level>'.
  what text NOT NULL,
  taken integer NOT NULL DEFAULT 0,
  set_aside integer NOT NULL DEFAULT 0,
  first_text text NOT NULL DEFAULT '',
  last_text text NOT NULL DEFAULT '',
  last_at timestamptz NOT NULL DEFAULT company.now(),
  PRIMARY KEY (role, day, what)
);

ALTER TABLE company.alerts
  DROP CONSTRAINT an_alert_says_something,
  ADD CONSTRAINT an_alert_says_something CHECK (CASE kind
    WHEN 'finding' THEN coalesce(facts ->> 'title', '') <> ''
    WHEN 'unanswered' THEN facts ? 'title'
    WHEN 'decision' THEN coalesce(facts ->> 'question', '') <> ''
    WHEN 'escalation' THEN facts ? 'to_role'
    WHEN 'more' THEN facts ? 'about'
    ELSE false
  END);

-- When the owner was told that even raising it twice brought no answer; also where that was one of many.
ALTER TABLE company.inbox ADD COLUMN alerted_at timestamptz;
UPDATE company.inbox i SET alerted_at = a.raised_at FROM company.alerts a WHERE a.dedupe_key = 'escalation:' || i.id;
