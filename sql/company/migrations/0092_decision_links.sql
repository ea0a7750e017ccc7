-- Why: the owner answers from a mail on a phone. A link opens one question, once, for a while; the brain keeps only its hash, so
-- that whoever reads the brain cannot answer.

CREATE TABLE company.decision_links (
  token_sha256 bytea PRIMARY KEY CONSTRAINT a_link_is_kept_hashed CHECK (octet_length(token_sha256) = 32),
  decision_id bigint NOT NULL REFERENCES company.decisions (id),
  issued_by text NOT NULL,
  issued_at timestamptz NOT NULL DEFAULT company.now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  CONSTRAINT a_link_lives_a_while CHECK (expires_at > issued_at)
);
