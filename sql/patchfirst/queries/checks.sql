-- name: check_kev_dates
-- Rows whose dates cannot be: before there was a CVE list, or added after the edition that carries them.
SELECT s.row_no, format('added %%s, due %%s, in the edition of %%s', s.date_added, s.due_date, b.edition_at::date) AS reason
FROM patchfirst.kev_staging s
JOIN company.batches b ON b.id = s.batch_id
WHERE s.batch_id = %(batch)s
  AND (s.date_added < '1999-01-01' OR s.due_date < '1999-01-01' OR s.date_added > (b.edition_at + interval '1 day')::date)

-- name: check_kev_due_after_added
-- Rows that are due before they were added: real in old entries, so only noted.
SELECT row_no, format('%%s is due %%s, added %%s', cve, due_date, date_added) AS reason
FROM patchfirst.kev_staging
WHERE batch_id = %(batch)s AND due_date < date_added

-- name: check_epss_range
-- Rows whose numbers are no probabilities.
SELECT row_no, format('%%s: epss %%s, percentile %%s; both are between 0 and 1', cve, epss, percentile) AS reason
FROM patchfirst.epss_staging
WHERE batch_id = %(batch)s AND NOT (epss BETWEEN 0 AND 1 AND coalesce(percentile, 0) BETWEEN 0 AND 1)
