-- Why: what the company writes about itself. A draft is only as good as the facts it cites, so each is kept beside the words it became.

CREATE TABLE company.drafts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CONSTRAINT a_draft_is_a_post_or_outreach CHECK (kind IN ('post', 'outreach')),
  topic text NOT NULL,
  title text NOT NULL CONSTRAINT a_draft_has_a_title CHECK (title <> ''),
  body text NOT NULL CONSTRAINT a_draft_has_a_body CHECK (body <> ''),
  -- [{"source": "scores", "key": "...", "field": "score", "value": "96.0"}, ...]; value is as it is said in the text
  facts jsonb NOT NULL CONSTRAINT a_draft_cites_its_facts CHECK (jsonb_typeof(facts) = 'array' AND jsonb_array_length(facts) > 0),
  status text NOT NULL DEFAULT 'drafted' CONSTRAINT a_draft_status_is_known CHECK (
    status IN ('drafted', 'audited', 'rejected', 'published', 'superseded', 'withdrawn')
  ),
  written_by text NOT NULL,
  written_at timestamptz NOT NULL DEFAULT company.now(),
  session_id bigint REFERENCES company.sessions (id),
  task_id bigint REFERENCES company.task_queue (id),
  judged_by text,
  judged_at timestamptz,
  reason text,
  ended_at timestamptz,
  slug text UNIQUE,
  outbox_id bigint UNIQUE REFERENCES company.outbox (id),
  CONSTRAINT nobody_blesses_their_own_draft CHECK (judged_by IS DISTINCT FROM written_by),
  CONSTRAINT a_judged_draft_names_its_judge CHECK ((judged_by IS NULL) = (judged_at IS NULL)
    AND (status NOT IN ('audited', 'rejected', 'published') OR judged_by IS NOT NULL)),
  CONSTRAINT a_draft_that_did_not_make_it_says_why CHECK (status NOT IN ('rejected', 'superseded', 'withdrawn') OR coalesce(reason, '') <> ''),
  CONSTRAINT a_published_draft_left_through_the_outbox CHECK ((status = 'published') = (outbox_id IS NOT NULL AND slug IS NOT NULL AND ended_at IS NOT NULL))
);
-- the auditor, publish and the manager ask for what is under way; the feed and the manager for a topic's last.
CREATE INDEX drafts_under_way ON company.drafts (status) WHERE status IN ('drafted', 'audited');
CREATE INDEX drafts_of_a_topic ON company.drafts (topic, id);
