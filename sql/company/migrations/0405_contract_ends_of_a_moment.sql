-- Why: the ends of a moment were one row, and one transaction that kept it locked kept every other role whose slot was
-- due then from ending its session. Now a moment may have several rows, which are added up; each is opened by the end
-- of a slot of that role.
ALTER TABLE company.slot_ends
  ADD COLUMN role text NOT NULL DEFAULT '',
  DROP CONSTRAINT slot_ends_pkey,
  ADD CONSTRAINT slot_ends_pkey PRIMARY KEY (due_at, status, late, role);
