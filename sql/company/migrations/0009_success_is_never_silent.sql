-- Why: a check that comes to null lets the row pass, so a slot without any evidence at all could be called a success.

ALTER TABLE company.slots
  DROP CONSTRAINT success_has_evidence_in_numbers,
  ADD CONSTRAINT success_has_evidence_in_numbers CHECK (
    status <> 'succeeded' OR coalesce(jsonb_path_exists(evidence, '$.* ? (@.type() == "number")'), false)
  );
