-- Why: a page that a killed fire had recorded left as soon as the owner opened its action again, although she had
-- closed it meanwhile.
ALTER TABLE company.approvals
  -- The last entry of the outbox when the owner closed the action last; what was recorded until then is taken back.
  ADD COLUMN closed_to bigint NOT NULL DEFAULT 0;
UPDATE company.approvals SET closed_to = coalesce((SELECT max(id) FROM company.outbox), 0) WHERE level = 'closed';
