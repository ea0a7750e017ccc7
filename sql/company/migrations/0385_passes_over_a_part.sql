-- Why: a pass over all scores after each hour's thirty records reads every feed. A pass says now whether it looked at
-- all entities or at those that the promotions since the last one may have moved, and under which code it looked.

ALTER TABLE company.score_passes
  ADD COLUMN is_whole boolean NOT NULL DEFAULT true,
  -- When the brain's code in force was applied; after another one the next pass looks at all.
  ADD COLUMN code_since timestamptz,
  -- What had been promoted in the half hour before it.
  ADD COLUMN seen_lately bigint[] NOT NULL DEFAULT '{}';
