-- Why: a key that somebody else took first kept its writer out: a decoy swallowed the real task, a post the brief.

-- file_task asks: the keys of a filer are its own.
DROP INDEX company.a_live_dedupe_key_is_unique;
CREATE UNIQUE INDEX a_live_dedupe_key_is_unique ON company.task_queue (dedupe_key, created_by)
WHERE closed_at IS NULL AND dedupe_key IS NOT NULL;

-- Not of a role: two roles that may do the same action must not do the same thing twice.
ALTER TABLE company.outbox DROP CONSTRAINT an_outbox_entry_is_made_once;
ALTER TABLE company.outbox ADD CONSTRAINT an_outbox_entry_is_made_once UNIQUE (dedupe_key, action);

-- Fires that were neither expected nor kept one by one, because too many came.
ALTER TABLE company.slots ADD COLUMN more_fires integer NOT NULL DEFAULT 0;
-- open_session asks.
CREATE INDEX slots_unexpected_of_a_role ON company.slots (role, started_at) WHERE NOT was_expected AND NOT is_wake;

-- What one writer of a source says that some bytes are is not another's verdict.
ALTER TABLE company.raw_documents DROP CONSTRAINT bytes_are_kept_once;
ALTER TABLE company.raw_documents ADD CONSTRAINT bytes_are_kept_once UNIQUE (source, sha256, fetched_by);
