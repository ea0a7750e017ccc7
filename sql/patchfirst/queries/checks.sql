-- name: check_kev_dates
-- Rows whose dates cannot be: before there was a CVE list, or added after the edition that carries them.
SELECT s.row_no, format('added %%s, due %%s, in the edition of %%s', s.date_added, s.due_date,
  b.edition_at::date) AS reason
FROM patchfirst.kev_staging s
JOIN company.batches b ON b.id = s.batch_id
WHERE s.batch_id = %(batch)s
  AND (s.date_added < '1999-01-01' OR s.due_date < '1999-01-01'
    OR s.date_added > (b.edition_at + interval '1 day')::date)

-- name: check_kev_due_after_added
-- Rows that are due before they were added: real in old entries, so only noted.
SELECT row_no, format('%%s is due %%s, added %%s', cve, due_date, date_added) AS reason
FROM patchfirst.kev_staging
WHERE batch_id = %(batch)s AND due_date < date_added

-- name: check_epss_range
-- Rows whose probability is none. A percentile beside it that cannot be is unknown to the reader.
SELECT row_no, format('%%s: epss %%s is not between 0 and 1', cve, epss) AS reason
FROM patchfirst.epss_staging
WHERE batch_id = %(batch)s AND NOT epss BETWEEN 0 AND 1

-- name: check_cves
-- Records whose numbers cannot be: a CVSS outside 0 to 10.
SELECT s.row_no, format('%%s: CVSS %%s', s.cve, s.cvss_score) AS reason
FROM patchfirst.cves_staging s
WHERE s.batch_id = %(batch)s AND s.cvss_score NOT BETWEEN 0 AND 10

-- name: check_nvd
-- The same of NVD's entries.
SELECT s.row_no, format('%%s: CVSS %%s', s.cve, s.cvss_score) AS reason
FROM patchfirst.nvd_staging s
WHERE s.batch_id = %(batch)s AND s.cvss_score NOT BETWEEN 0 AND 10

-- name: check_exploitdb_dates
-- Exploits dated into the future of their edition: none, for their reader leaves such a date out.
SELECT s.row_no, format('exploit %%s published %%s, added %%s, in the edition of %%s', s.edb_id, s.published_on,
  s.added_on, b.edition_at::date) AS reason
FROM patchfirst.exploitdb_staging s
JOIN company.batches b ON b.id = s.batch_id
WHERE s.batch_id = %(batch)s AND greatest(s.published_on, s.added_on) > (b.edition_at + interval '2 days')::date

-- name: check_exploitdb_codes
-- Exploits of which a code was meant to be a CVE id and is none in any spelling: the exploit counts, that code does
-- not.
SELECT row_no, format('exploit %%s: %%s', edb_id, array_to_string(unread_codes, ', ')) AS reason
FROM patchfirst.exploitdb_staging
WHERE batch_id = %(batch)s AND unread_codes <> '{}'
