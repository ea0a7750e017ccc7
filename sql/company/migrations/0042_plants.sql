-- Why: an auditor that never errs may never look. A planted defect says who should find it, and keeps who did.

ALTER TABLE company.plants
  ADD COLUMN planted_by text NOT NULL DEFAULT 'owner',
  ADD COLUMN whose_test text REFERENCES company.roster (role),
  ADD COLUMN found_by text,
  ADD COLUMN found_at timestamptz,
  ADD CONSTRAINT a_found_plant_names_its_finder CHECK ((found_by IS NULL) = (found_at IS NULL)),
  ADD CONSTRAINT nobody_plants_for_themselves CHECK (whose_test IS DISTINCT FROM planted_by);
