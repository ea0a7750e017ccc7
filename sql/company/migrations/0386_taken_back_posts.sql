-- Why: a post whose facts were taken back stood on the company's pages as if they were so, and nobody was told.

ALTER TABLE company.drafts
  -- Of the post's own facts those that an undoing took back, since when, and when the post was made to say so.
  ADD COLUMN taken_back jsonb,
  ADD COLUMN taken_back_at timestamptz,
  ADD COLUMN corrected_at timestamptz,
  ADD CONSTRAINT facts_that_were_taken_back_have_their_time
    CHECK ((taken_back IS NULL) = (taken_back_at IS NULL)),
  ADD CONSTRAINT a_corrected_post_says_what_was_taken_back CHECK (corrected_at IS NULL OR taken_back IS NOT NULL);
CREATE INDEX drafts_to_correct ON company.drafts (id) WHERE taken_back IS NOT NULL AND corrected_at IS NULL;
