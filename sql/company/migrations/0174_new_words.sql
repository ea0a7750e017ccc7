-- Why: a source's closed vocabularies grow. A new word is kept as data, and reported once: not by row, and not each
-- day.

CREATE TABLE company.new_words (
  source text NOT NULL REFERENCES company.streams (source),
  field text NOT NULL,
  word text NOT NULL CONSTRAINT a_new_word_is_short CHECK (length(word) BETWEEN 1 AND 80),
  batch_id bigint NOT NULL REFERENCES company.batches (id),
  first_seen_at timestamptz NOT NULL DEFAULT company.now(),
  PRIMARY KEY (source, field, word)
);
