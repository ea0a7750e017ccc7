-- name: read_brain_pages
-- Some pages of the brain by key.
SELECT file_key, content FROM company.brain WHERE file_key = ANY (%(keys)s)

-- name: write_brain
-- Writes a page; each page has its writer.
SELECT company.write_brain(%(key)s, %(content)s)

-- name: brain_pages
-- Every page of the brain that is no record: its key, text and age in hours.
SELECT file_key, content, updated_by, extract(epoch FROM company.now() - updated_at) / 3600 AS age_hours
FROM company.brain WHERE file_key NOT LIKE 'SKILL\_%%' ORDER BY file_key
