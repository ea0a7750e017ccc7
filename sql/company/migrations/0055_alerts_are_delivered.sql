-- Why: an alert goes by several ways, and one that was taken by the first must not go there again because the second refused it.

ALTER TABLE company.alerts
  ADD COLUMN claimed_at timestamptz,
  -- {"mail": "the receipt of the topic", "webhook": "204"}: each way that took it.
  ADD COLUMN receipts jsonb NOT NULL DEFAULT '{}';

-- From when on a beat is owed. A redeploy publishes everybody anew, so the roster cannot say it.
INSERT INTO company.switches (switch, value) VALUES ('opened_at', company.now()::text) ON CONFLICT DO NOTHING;
