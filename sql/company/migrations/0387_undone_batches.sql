-- Why: each daily page and each pass asks what was undone lately, which is nearly never anything; they read all
-- batches that there ever were.
CREATE INDEX batches_undone ON company.batches (undone_at) WHERE undone_at IS NOT NULL;
