-- Why: CISA says of a CVE whether an attack can be automated and how much it takes over: both are evidence for a
-- reader.

SELECT company.add_stream_columns('cves', ARRAY['automatable text', 'technical_impact text']);

-- Asked by patchfirst.evidence: the exploits of one CVE.
CREATE INDEX exploitdb_by_cve ON patchfirst.exploitdb USING gin (cves);
CREATE INDEX metasploit_by_cve ON patchfirst.metasploit USING gin (cves);
