-- Why: a server that says that an address has a new home says it in an answer, and nobody kept what it said.
ALTER TABLE company.fetches ADD COLUMN moved_to text;
CREATE INDEX fetches_by_number ON company.fetches (source, id);
