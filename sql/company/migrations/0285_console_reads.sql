-- Why: a story and a page read what they show, however much the brain holds (bench/console.py has a million slots).

-- What was found about a role or a source, the last first (why_role, why_source, subject_of_role).
CREATE INDEX findings_about ON company.findings (subject, id DESC);
-- A source's editions, the last first (console_editions, why_source).
CREATE INDEX batches_of_a_source ON company.batches (source, id DESC);
