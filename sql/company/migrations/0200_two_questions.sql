-- Why: a score answers two questions, and each part says which: what is so now, and what comes next. The version of a
-- score that stands here was made for one number; its parts count for what comes next until a new version is recorded.

ALTER TABLE company.score_models ADD COLUMN questions text[];
UPDATE company.score_models SET questions = array_fill('next'::text, ARRAY[cardinality(weights)]);
ALTER TABLE company.score_models ALTER COLUMN questions SET NOT NULL,
  ADD CONSTRAINT the_question_of_every_part_is_known
    CHECK (cardinality(questions) = cardinality(weights) AND questions <@ ARRAY['now', 'next']);
ALTER TABLE company.scores ADD COLUMN score_now numeric(4, 1), ADD COLUMN score_next numeric(4, 1);
DROP FUNCTION IF EXISTS company.record_score_model(text, text[], real[], real[]), company.explain_score(text);
