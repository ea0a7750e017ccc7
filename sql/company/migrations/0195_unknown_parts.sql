-- Why: what nobody knows of an entity is no evidence that there is nothing: the average counts in its place.

ALTER TABLE company.score_models ADD COLUMN if_unknown real[];
UPDATE company.score_models SET if_unknown = array_fill(0::real, ARRAY[cardinality(weights)]);
ALTER TABLE company.score_models ALTER COLUMN if_unknown SET NOT NULL,
  ADD CONSTRAINT every_part_says_what_counts_if_unknown CHECK (cardinality(if_unknown) = cardinality(weights)),
  ADD CONSTRAINT what_counts_if_unknown_is_a_part CHECK (0 <= ALL (if_unknown) AND 1 >= ALL (if_unknown));
DROP FUNCTION IF EXISTS company.record_score_model(text, text[], real[]);
