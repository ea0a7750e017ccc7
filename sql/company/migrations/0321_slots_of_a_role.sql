-- Why: what a role did last was found by reading the slots of everybody, so that the brief grew with their number.

CREATE INDEX slots_of_a_role ON company.slots (role, due_at);
