-- Why: each fire found out for itself that the model's endpoint is dead, and waited for it. What the company knows of
-- the endpoint is one row that all roles share.

CREATE TABLE company.model_endpoint (
  is_the_only boolean PRIMARY KEY DEFAULT true CONSTRAINT all_share_one_endpoint CHECK (is_the_only),
  answered_at timestamptz,
  -- Who asked in vain since the last answer, and from when on.
  failed_roles text[] NOT NULL DEFAULT '{}',
  failed_since timestamptz,
  why text,
  -- Set while the company works by the book.
  down_at timestamptz,
  next_probe_at timestamptz,
  probing_session bigint REFERENCES company.sessions (id),
  last_prober text
);
INSERT INTO company.model_endpoint DEFAULT VALUES;

UPDATE company.findings SET fingerprint = 'model:endpoint', kind = 'model_endpoint'
WHERE fingerprint = 'model:misconfigured' AND by_database AND closed_at IS NULL;
