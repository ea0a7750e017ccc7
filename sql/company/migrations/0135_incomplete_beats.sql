-- Why: one refused wake took the whole beat with it, and a beat that left something out looked like one that did all. A
-- beat now says what it left out: which step or items, how many of how many.

ALTER TABLE company.beats ADD COLUMN left_out text[] NOT NULL DEFAULT '{}';
