-- Why: most editions hold what is in force already, row for row. Whoever checks an edition reads all its rows anyway,
-- so their digest is kept; promotion then sees that nothing has to be compared.

-- A digest over the rows of a batch of which none was put aside; none otherwise.
ALTER TABLE company.batches ADD COLUMN digest numeric;
-- The digest of the edition that canonical equals, until anything is written there.
ALTER TABLE company.streams ADD COLUMN digest_in_force numeric;
