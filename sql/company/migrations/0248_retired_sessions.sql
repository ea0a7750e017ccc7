-- Why: a company that fires a thousand times a day keeps three months of sessions, and not all. What refers to a
-- session is asked before one goes, by an index each.

CREATE INDEX audits_of_a_session ON company.audits (session_id);
CREATE INDEX backtests_of_a_session ON company.backtests (session_id);
CREATE INDEX beats_of_a_session ON company.beats (session_id);
CREATE INDEX changes_of_a_session ON company.changes (session_id);
CREATE INDEX changes_judged_in_a_session ON company.changes (judged_in) WHERE judged_in IS NOT NULL;
CREATE INDEX drafts_of_a_session ON company.drafts (session_id);
CREATE INDEX lesson_sightings_of_a_session ON company.lesson_sightings (session_id);
CREATE INDEX outbox_of_a_session ON company.outbox (session_id);
CREATE INDEX proposals_of_a_session ON company.proposals (session_id);
CREATE INDEX sessions_continuing ON company.sessions (continues) WHERE continues IS NOT NULL;
CREATE INDEX sessions_held_up_by_another ON company.sessions (held_up_by) WHERE held_up_by IS NOT NULL;
CREATE INDEX spending_refusals_of_a_session ON company.spending_refusals (session_id);
CREATE INDEX verifications_of_a_session ON company.verifications (session_id);
CREATE INDEX fetches_by_age ON company.fetches (at);
CREATE INDEX route_probes_by_age ON company.route_probes (at);
CREATE INDEX slot_days_by_age ON company.slot_days (day);
