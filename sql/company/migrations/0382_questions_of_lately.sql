-- Why: what is asked in each beat, fire, page or brief is of lately, and was looked for in all that ever was: with a
-- year of a company behind it such a question took ten to two hundred times as long as in its first week.
CREATE INDEX score_passes_by_time ON company.score_passes (at);
CREATE INDEX batches_by_edition ON company.batches (source, edition_at DESC, id DESC);
CREATE INDEX batches_by_promotion ON company.batches (promoted_at) WHERE status = 'promoted';
CREATE INDEX batches_first_good ON company.batches (source, promoted_at) WHERE status = 'promoted';
CREATE INDEX batches_by_staging ON company.batches (staged_at);
CREATE INDEX batches_refused ON company.batches (source) WHERE status = 'refused';
CREATE INDEX batches_with_staging ON company.batches (id) WHERE staging_dropped_at IS NULL;
CREATE INDEX raw_documents_malformed ON company.raw_documents (fetched_at) WHERE verdict = 'malformed';
CREATE INDEX deliveries_sent ON company.deliveries (customer_id, ended_at) WHERE status = 'sent';
CREATE INDEX deliveries_refused ON company.deliveries (customer_id) WHERE status = 'refused';
CREATE INDEX sessions_ended_badly ON company.sessions (finished_at)
WHERE outcome IN ('failed', 'crashed', 'timed_out');
CREATE INDEX inbox_notes ON company.inbox (from_role, to_role, sent_at) WHERE kind = 'note';
CREATE INDEX inbox_of_a_decision ON company.inbox (decision_id) WHERE decision_id IS NOT NULL;
