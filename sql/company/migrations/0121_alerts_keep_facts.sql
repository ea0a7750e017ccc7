-- Why: an alert is worded when it is sent, in the owner's zone. Stored is what it is about; the sentences are Python's.

ALTER TABLE company.alerts
  ADD COLUMN kind text,
  -- Of a finding: title, effect, ...; of a decision: question, options, ...; of a message: its two ends and its text.
  ADD COLUMN facts jsonb NOT NULL DEFAULT '{}';

UPDATE company.alerts SET kind = split_part(dedupe_key, ':', 1);
UPDATE company.alerts a
SET facts = jsonb_build_object('title', f.title, 'effect', f.effect, 'found_by', f.found_by, 'found_at', f.found_at,
  'watcher', f.watcher, 'planted', f.planted)
FROM company.findings f WHERE f.id = a.finding_id AND a.kind IN ('finding', 'unanswered');
UPDATE company.alerts a
SET facts = jsonb_build_object('question', d.question, 'background', d.background, 'answer_by', d.answer_by,
  'default_option', d.default_option,
  'options', (SELECT jsonb_agg(o ORDER BY o) FROM jsonb_object_keys(d.options) AS o))
FROM company.decisions d WHERE d.id = a.decision_id AND a.kind = 'decision';
UPDATE company.alerts a
SET facts = jsonb_build_object('to_role', i.to_role, 'from_role', i.from_role, 'subject', i.subject, 'body', i.body)
FROM company.inbox i WHERE a.kind = 'escalation' AND a.dedupe_key = 'escalation:' || i.id;

ALTER TABLE company.alerts DROP COLUMN subject, DROP COLUMN body;
ALTER TABLE company.alerts
  ALTER COLUMN kind SET NOT NULL,
  ALTER COLUMN facts DROP DEFAULT,
  ADD CONSTRAINT an_alert_says_something CHECK (CASE kind
    WHEN 'finding' THEN coalesce(facts ->> 'title', '') <> ''
    WHEN 'unanswered' THEN facts ? 'title'
    WHEN 'decision' THEN coalesce(facts ->> 'question', '') <> ''
    WHEN 'escalation' THEN facts ? 'to_role'
    ELSE false
  END);
