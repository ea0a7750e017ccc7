-- Why: each auditor is tested, and not only the one who reads drafts. What is wrong is shown to that one alone, in
-- place of what is so; nothing that anybody else reads, and nothing that leaves the company, is changed.

ALTER TABLE company.plants
  -- The thing that differs, as the tested auditor's audit names it; null where any difference of the subject counts.
  ADD COLUMN item text,
  -- What the tested auditor reads in its place.
  ADD COLUMN shadow jsonb,
  ADD COLUMN found_in bigint REFERENCES company.audits (id),
  ADD CONSTRAINT a_shadow_is_for_one_auditor CHECK (shadow IS NULL OR (whose_test IS NOT NULL AND item IS NOT NULL));
-- differences_to_report asks for what an audit found, standing_tests for what stands.
CREATE INDEX plants_found_in ON company.plants (found_in) WHERE found_in IS NOT NULL;
CREATE INDEX plants_of_auditors ON company.plants (whose_test, planted_at) WHERE whose_test IS NOT NULL;
