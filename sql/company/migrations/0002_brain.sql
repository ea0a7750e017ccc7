-- Why: long-lived knowledge. Sessions die; what they must know at boot stands here under a key, with every earlier text kept.

CREATE TABLE company.brain (
  file_key text PRIMARY KEY CONSTRAINT a_file_key_is_upper_case CHECK (file_key ~ '^[A-Z][A-Z0-9_]{1,63}$'),
  content text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT company.now(),
  updated_by text NOT NULL
);

CREATE TABLE company.brain_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  file_key text NOT NULL,
  content text NOT NULL,
  updated_at timestamptz NOT NULL,
  updated_by text NOT NULL,
  replaced_at timestamptz NOT NULL DEFAULT company.now()
);
