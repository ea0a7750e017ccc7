-- Why: a deployment has two more ends. Its owner closed the action before anything was live (withdrawn), or her own
-- release has the change (released): neither is a failure. And she says when a change is in her checkout. A change of
-- an employee's page has no layer: what the page was before is kept instead.

ALTER TABLE company.deployments ADD COLUMN page_before text,
  DROP CONSTRAINT a_deployment_status_is_known,
  ADD CONSTRAINT a_deployment_status_is_known CHECK (
    status IN ('started', 'live', 'kept', 'rolled_back', 'undone', 'released', 'withdrawn')
  ),
  DROP CONSTRAINT what_is_live_names_its_layer_and_functions,
  ADD CONSTRAINT what_is_live_names_its_layer_and_functions CHECK (
    status IN ('started', 'rolled_back', 'withdrawn')
    OR (coalesce(layer_arn, page_before) IS NOT NULL AND live_at IS NOT NULL AND functions <> '{}')
  );
ALTER TABLE company.change_orders DROP CONSTRAINT an_order_is_known,
  ADD CONSTRAINT an_order_is_known CHECK (what IN ('approve', 'refuse', 'roll_back', 'prove', 'pulled'));
