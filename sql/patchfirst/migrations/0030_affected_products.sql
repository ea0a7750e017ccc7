-- Why: a CVE affects several products of several vendors. A customer's choice is compared with each of them: the n-th
-- of vendors made the n-th of products; what a record does not name is ''.

SELECT company.add_stream_columns('cves', ARRAY['vendors text[]', 'products text[]']);
SELECT company.add_stream_columns('nvd', ARRAY['vendors text[]', 'products text[]']);

-- Each entry says that a CVE is exploited.
UPDATE company.streams SET every_row_matters = true WHERE source = 'kev';
