-- Why: a component whose version a CVE's record calls unaffected was shown like one that it names.

-- The n-th says of which versions of the n-th product that is (patchfirst.affected_versions writes it, and
-- patchfirst.version_verdict reads it); '' is not said. What was read before this release says nothing until it is read
-- again.
SELECT company.add_stream_columns('cves', ARRAY['versions text[]']);
SELECT company.add_stream_columns('nvd', ARRAY['versions text[]']);

ALTER TABLE patchfirst.inventory_names ADD COLUMN version text NOT NULL DEFAULT '';
ALTER TABLE patchfirst.inventory_cves ADD COLUMN verdict text NOT NULL DEFAULT 'unknown'
  CONSTRAINT a_verdict_is_known CHECK (verdict IN ('affected', 'unaffected', 'unknown'));
COMMENT ON COLUMN patchfirst.inventory_cves.verdict IS 'what the sources say of the component''s version';
