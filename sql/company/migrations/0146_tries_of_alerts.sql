-- Why: an alert that nobody had taken was confirmed as sent. Each try is kept with its sender, who alone says how it
-- ended.

CREATE TABLE company.alert_tries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert_id bigint NOT NULL REFERENCES company.alerts (id),
  by_role text NOT NULL,
  claimed_at timestamptz NOT NULL DEFAULT company.now(),
  ended_at timestamptz
);
-- confirm_alert asks for the open try of one sender.
CREATE INDEX tries_of_an_alert ON company.alert_tries (alert_id, by_role) WHERE ended_at IS NULL;
