-- Why: what ended badly was asked for by the time of the last beat, so a beat that was killed between ending a slot and
-- reporting it lost it for ever. Each slot now says when it was reported; what is not yet is reported by the next beat.

ALTER TABLE company.slots ADD COLUMN reported_at timestamptz;
UPDATE company.slots SET reported_at = ended_at WHERE status IN ('missed', 'failed', 'timed_out');
-- heartbeat asks this one at every beat.
CREATE INDEX slots_to_report ON company.slots (ended_at)
WHERE reported_at IS NULL AND status IN ('missed', 'failed', 'timed_out');
