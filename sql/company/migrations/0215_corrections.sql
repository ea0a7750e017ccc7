-- Why: who was sent what an undone batch had put into force is sent a correction, once, when the owner says yes.

INSERT INTO company.approvals (action, level) VALUES ('correct', 'ask');

ALTER TABLE company.deliveries DROP CONSTRAINT an_occasion_is_daily_or_important,
  ADD CONSTRAINT an_occasion_is_known CHECK (occasion IN ('daily', 'important', 'correction')),
  ADD COLUMN is_withdrawn boolean NOT NULL DEFAULT false,
  ADD COLUMN corrects_batch bigint REFERENCES company.batches (id),
  ADD CONSTRAINT a_correction_names_its_batch CHECK ((occasion = 'correction') = (corrects_batch IS NOT NULL));
CREATE UNIQUE INDEX a_batch_is_corrected_once_for_a_customer ON company.deliveries (corrects_batch, customer_id)
  WHERE corrects_batch IS NOT NULL AND NOT is_withdrawn;
