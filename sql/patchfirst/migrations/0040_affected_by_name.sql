-- Why: the list of a customer is put together from the names that it chose, and not from a look at every CVE.

-- What was read before this release has one product each; the next reading brings the others.
UPDATE patchfirst.cves SET vendors = ARRAY[coalesce(vendor, '')], products = ARRAY[coalesce(product, '')]
WHERE vendors IS NULL AND coalesce(vendor, product) IS NOT NULL;

-- Asked by patchfirst.cves_of. Products are chosen by few, and an index costs seconds when all CVEs are read: for them
-- the table is read once a day.
CREATE INDEX cves_by_vendor ON patchfirst.cves USING gin (vendors);
CREATE INDEX nvd_by_vendor ON patchfirst.nvd USING gin (vendors);
