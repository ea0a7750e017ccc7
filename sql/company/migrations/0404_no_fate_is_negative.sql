-- Why: rows that came between a promotion's count and its reading made the rest of the sum negative, and nothing
-- refused it. What old batches say stays.
ALTER TABLE company.batches
  ADD CONSTRAINT no_fate_is_negative CHECK (promoted >= 0 AND unchanged >= 0 AND quarantined >= 0 AND held >= 0)
  NOT VALID;
