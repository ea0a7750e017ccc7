-- Why: a beat asks who fired unasked; in a large ledger it read every slot of the last hour for the few that there are.

-- heartbeat asks this one at every beat.
CREATE INDEX slots_unexpected ON company.slots (due_at) WHERE NOT was_expected AND NOT is_wake;
