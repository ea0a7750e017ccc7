-- Why: the two feeds that the product begins with. What the tables look like and who may write them is the company's business.

CREATE SCHEMA patchfirst;

SELECT company.create_stream(
  'kev', 'patchfirst', 'cve text',
  ARRAY['vendor text', 'product text', 'title text', 'date_added date', 'due_date date', 'ransomware boolean', 'description text',
    'action text', 'notes text', 'cwes text[]'],
  -- Published on weekdays when there is something to add; four days pass over a long weekend.
  fresh_within => '96 hours',
  -- One edition carried an id twice; the entry that was added first is the true one.
  prefer_smallest => 'date_added',
  max_drop => 0.01, max_growth => 1.5,
  checks => ARRAY['kev_dates_are_plausible', 'kev_due_after_added']
);

SELECT company.create_stream(
  'epss', 'patchfirst', 'cve text',
  -- On an ordinary day 19 of 20 percentiles move by a hair because the population grew: that is no change of the row.
  ARRAY['epss real', 'percentile real ~ 0.001', 'model_version text'],
  -- One file a day about 12:00Z; five hours later it is late.
  fresh_within => '29 hours',
  max_drop => 0.02, max_growth => 1.5,
  checks => ARRAY['epss_in_range']
);
