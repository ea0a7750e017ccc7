-- Why: each beat looked through every slot of the ledger for one that was missed in the last ten minutes, and the
-- ledger keeps ninety days of them.
CREATE INDEX slots_missed ON company.slots (ended_at) WHERE status = 'missed';
