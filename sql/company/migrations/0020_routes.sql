-- Why: a source can be reached by several ways, and each is as good as its last answers. What an address did is kept, so that nobody
-- asks one that has failed again and again, and so that a mirror is not found out about in the hour in which it is needed.

CREATE TABLE company.routes (
  source text NOT NULL REFERENCES company.streams (source),
  route text NOT NULL,
  last_asked_at timestamptz NOT NULL,
  last_success_at timestamptz,
  last_result text NOT NULL,
  last_status smallint,
  last_ms integer,
  failures integer NOT NULL DEFAULT 0,
  -- the breaker: open until then; null while the route is trusted
  open_until timestamptz,
  PRIMARY KEY (source, route),
  CONSTRAINT only_a_failing_route_is_open CHECK (open_until IS NULL OR failures > 0)
);

-- A probe asks a route beside the errand: nothing of it is staged.
CREATE TABLE company.route_probes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL REFERENCES company.streams (source),
  route text NOT NULL,
  url text NOT NULL,
  at timestamptz NOT NULL DEFAULT company.now(),
  status_code smallint,
  size integer NOT NULL DEFAULT 0,
  ms integer NOT NULL,
  is_ok boolean NOT NULL,
  reason text,
  by_role text NOT NULL,
  session_id bigint
);

ALTER TABLE company.fetches ADD COLUMN ms integer, ADD COLUMN choice text;
DROP FUNCTION IF EXISTS company.record_fetch(text, text, text, text, integer, bigint, text, bigint);

-- A stream of changes: its editions hold what changed, and of two rows with one key the one that is newer by this column is in force,
-- in whatever order they come.
ALTER TABLE company.streams ADD COLUMN newer_by text
  CONSTRAINT only_a_stream_of_changes_compares_its_rows CHECK (newer_by IS NULL OR NOT is_full_edition);
