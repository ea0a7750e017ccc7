"""What watches the company: the ledger of expected fires, findings, and what watchers, managers and auditors share."""
