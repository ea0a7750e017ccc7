-- Why: who is asked what a new word means must know how many rows it is about.
ALTER TABLE company.new_words ADD COLUMN times integer;
