-- Why: the mark of what is planted could be read by those whom it would help. It follows from the plants, which only
-- the owner, the ceo, the planter and the auditor of audits read.

ALTER TABLE company.findings DROP COLUMN planted;
-- planted_findings asks whether something of this name was planted.
CREATE INDEX plants_of_a_subject ON company.plants (subject);
