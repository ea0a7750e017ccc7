-- Why: the console's first page and the brief counted every slot of a day, so they took longer the more schedules there
-- are. How many slots of a moment ended how is kept now, by a trigger of company.slots.

CREATE TABLE company.slot_ends (
  due_at timestamptz NOT NULL,
  status text NOT NULL,
  late boolean NOT NULL,
  slots integer NOT NULL,
  PRIMARY KEY (due_at, status, late)
) WITH (fillfactor = 80);
INSERT INTO company.slot_ends (due_at, status, late, slots)
SELECT due_at, status, late, count(*) FROM company.slots WHERE ended_at IS NOT NULL GROUP BY due_at, status, late;
