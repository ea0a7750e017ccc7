-- Why: what is one thing across the sources, how urgent it is and why, and who was told of it.

-- The hub: every id that any source knows.
CREATE TABLE company.entities (
  entity text PRIMARY KEY,
  sources text[] NOT NULL,
  first_seen_at timestamptz NOT NULL DEFAULT company.now()
);

CREATE TABLE company.links (
  kind text NOT NULL,
  entity text NOT NULL,
  target text NOT NULL,
  linked_at timestamptz NOT NULL DEFAULT company.now(),
  PRIMARY KEY (kind, entity, target)
);
CREATE INDEX links_to_a_target ON company.links (kind, target);

-- The same name, spelt in several ways. 'asked' waits for a data worker; only 'decided' is somebody's judgement.
CREATE TABLE company.spellings (
  kind text NOT NULL,
  spelling text NOT NULL,
  name text,
  method text NOT NULL CONSTRAINT a_spelling_method_is_known CHECK (method IN ('itself', 'folded', 'asked', 'decided')),
  candidates text[] NOT NULL DEFAULT '{}',
  noted_at timestamptz NOT NULL DEFAULT company.now(),
  decided_by text,
  decided_at timestamptz,
  reason text,
  PRIMARY KEY (kind, spelling),
  CONSTRAINT a_spelling_has_a_name_unless_asked CHECK ((name IS NULL) = (method = 'asked')),
  CONSTRAINT a_decided_spelling_names_who_and_why CHECK (
    (method = 'decided') = (decided_by IS NOT NULL) AND (method = 'decided') = (coalesce(reason, '') <> '')
  )
);

-- A model of the score never changes; other weights are another version.
CREATE TABLE company.score_models (
  version text PRIMARY KEY,
  names text[] NOT NULL,
  weights real[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT company.now(),
  CONSTRAINT every_part_has_a_weight CHECK (cardinality(names) = cardinality(weights) AND cardinality(names) > 0),
  CONSTRAINT weights_are_not_negative CHECK (0 <= ALL (weights))
);

-- Written by score_all alone. Neither a foreign key to the model nor an index by score: both together took longer than the scoring,
-- and the top of the list is found in a scan of 0.07 s.
CREATE TABLE company.scores (
  entity text PRIMARY KEY,
  score numeric(4, 1) NOT NULL CONSTRAINT a_score_is_zero_to_hundred CHECK (score BETWEEN 0 AND 100),
  parts real[] NOT NULL,
  model_version text NOT NULL,
  scored_at timestamptz NOT NULL DEFAULT company.now()
) WITH (fillfactor = 90);

CREATE TABLE company.score_passes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model_version text NOT NULL REFERENCES company.score_models (version),
  at timestamptz NOT NULL DEFAULT company.now(),
  looked_at integer NOT NULL,
  added integer NOT NULL,
  changed integer NOT NULL,
  removed integer NOT NULL,
  up_to_batch bigint
);

-- Earlier scores, each with the days on which it stood; new_score is null when the entity left every source.
CREATE TABLE company.score_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  entity text NOT NULL,
  old_score numeric(4, 1) NOT NULL,
  new_score numeric(4, 1),
  old_parts real[] NOT NULL,
  new_parts real[],
  old_version text NOT NULL,
  new_version text NOT NULL,
  valid_from timestamptz NOT NULL,
  valid_to timestamptz NOT NULL DEFAULT company.now(),
  pass_id bigint NOT NULL REFERENCES company.score_passes (id)
);
CREATE INDEX score_history_of_an_entity ON company.score_history (entity, valid_to);
CREATE INDEX score_history_by_time ON company.score_history (valid_to);

CREATE TABLE company.customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  email text NOT NULL CONSTRAINT an_address_has_an_at CHECK (email ~ '^[^@\s]+@[^@\s]+$'),
  kind text NOT NULL CONSTRAINT a_customer_gets_a_brief_or_a_feed CHECK (kind IN ('brief', 'feed')),
  filters jsonb NOT NULL DEFAULT '{}',
  is_paused boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT company.now()
);

CREATE TABLE company.deliveries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES company.customers (id),
  occasion text NOT NULL CONSTRAINT an_occasion_is_daily_or_important CHECK (occasion IN ('daily', 'important')),
  covers_from timestamptz NOT NULL,
  covers_to timestamptz NOT NULL,
  kind text NOT NULL,
  subject text NOT NULL,
  body text NOT NULL,
  items jsonb NOT NULL,
  status text NOT NULL CONSTRAINT a_delivery_status_is_known CHECK (status IN ('waiting', 'recorded', 'sent', 'refused')),
  outbox_id bigint NOT NULL UNIQUE REFERENCES company.outbox (id),
  s3_key text,
  written_at timestamptz NOT NULL DEFAULT company.now(),
  ended_at timestamptz,
  reason text,
  CONSTRAINT a_span_goes_forward CHECK (covers_from < covers_to),
  CONSTRAINT an_ended_delivery_says_when CHECK ((status IN ('sent', 'refused')) = (ended_at IS NOT NULL))
);
CREATE INDEX deliveries_of_a_customer ON company.deliveries (customer_id, covers_to);
