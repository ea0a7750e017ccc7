-- Why: what a thing was called on a past day is asked later; a name that was taken back since must be shown as of then.

CREATE TABLE company.ended_links (
  kind text NOT NULL,
  entity text NOT NULL,
  target text NOT NULL,
  linked_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL DEFAULT company.now()
);
-- Asked for the names of a thing, and for the things of a name, at a past moment.
CREATE INDEX ended_links_of_an_entity ON company.ended_links (kind, entity);
CREATE INDEX ended_links_to_a_target ON company.ended_links (kind, target);

-- From when on links that ended are kept: before this release they were deleted.
CREATE TABLE company.histories (
  what text PRIMARY KEY,
  begins_at timestamptz NOT NULL DEFAULT company.now()
);
INSERT INTO company.histories (what) VALUES ('links');
