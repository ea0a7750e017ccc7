-- Why: who has an address or a key of them reads three sources more. Each is off until then.

SELECT company.create_stream(
  'vulncheck', 'patchfirst', 'cve text',
  ARRAY['cves text[]', 'vendor text', 'product text', 'title text', 'date_added date', 'cisa_date_added date',
    'ransomware boolean', 'reports integer', 'first_reported_on date', 'exploits integer'],
  -- Entries come on most weekdays.
  fresh_within => '96 hours',
  -- Of two entries for one CVE the earlier is the true one.
  prefer_smallest => 'date_added',
  max_drop => 0.02, max_growth => 1.5,
  writers => ARRAY['scrape_exploits', 'scraping_worker', 'ingest_worker']
);

-- The n-th of ecosystems has the n-th of packages, under the n-th of purls, in the n-th of versions; '' is not said.
SELECT company.create_stream(
  'ghsa', 'patchfirst', 'advisory text',
  ARRAY['published_at timestamptz', 'modified_at timestamptz', 'withdrawn_at timestamptz', 'title text',
    'aliases text[]', 'ecosystems text[]', 'packages text[]', 'purls text[]', 'versions text[]'],
  -- Its repository changes many times a day.
  fresh_within => '48 hours',
  max_drop => 0.02, max_growth => 1.5,
  writers => ARRAY['scrape_cves', 'scraping_worker', 'ingest_worker']
);

SELECT company.create_stream(
  'osv', 'patchfirst', 'advisory text',
  ARRAY['published_at timestamptz', 'modified_at timestamptz', 'withdrawn_at timestamptz', 'title text',
    'aliases text[]', 'ecosystems text[]', 'packages text[]', 'purls text[]', 'versions text[]'],
  fresh_within => '48 hours',
  -- Each ecosystem has its own archive: nothing is removed by not being in one of them.
  is_full_edition => false, max_growth => 1000000,
  writers => ARRAY['scrape_cves', 'scraping_worker', 'ingest_worker']
);

UPDATE company.streams SET newer_by = 'modified_at' WHERE source = 'osv';
UPDATE company.streams
SET is_optional = true, off_because = CASE source WHEN 'vulncheck' THEN 'no key' ELSE 'no address' END
WHERE source IN ('vulncheck', 'ghsa', 'osv');
