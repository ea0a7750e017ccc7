-- Why: one feed. What its tables look like and who may write them is the company's business.
CREATE SCHEMA quakes;
SELECT company.create_stream('quakes', 'quakes', 'id text', ARRAY['magnitude real', 'place text'],
  fresh_within => '12 hours', checks => ARRAY['magnitude_is_possible']);
