-- Why: each beat looked through a week of deliver's sessions for pages that could not be written, and mostly there are
-- none.
CREATE INDEX session_log_unwritten ON company.session_log (at) WHERE kind = 'page_unwritten';
