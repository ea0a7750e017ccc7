-- Before: each beat looked through a week of deliver's sessions for pages that could not be written. Now: it looks where
-- such lines are, and mostly there are none.
CREATE INDEX session_log_unwritten ON company.session_log (at) WHERE kind = 'page_unwritten';
