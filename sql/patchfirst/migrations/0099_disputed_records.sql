-- Why: an assigner notes of some records that somebody disputes them, which a reader should know who patches first.

-- True or unknown, so that the next whole list changes only the rows of disputed ones.
SELECT company.add_stream_columns('cves', ARRAY['is_disputed boolean']);
