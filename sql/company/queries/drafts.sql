-- name: write_draft
-- Keeps a draft with the facts it cites.
SELECT company.write_draft(%(session_id)s, %(kind)s, %(topic)s, %(title)s, %(body)s, %(facts)s::jsonb,
  %(task_id)s) AS draft_id

-- name: judge_draft
-- An auditor's verdict on another's draft.
SELECT company.judge_draft(%(session_id)s, %(draft_id)s, %(verdict)s, %(reason)s)

-- name: drafts_to_judge
-- Drafts that wait for an auditor, oldest first.
SELECT id, kind, topic, title, body, facts, written_by, written_at, task_id
FROM company.drafts
WHERE status = 'drafted'
ORDER BY id
LIMIT %(limit)s

-- name: false_facts_of_draft
-- Each cited fact of a draft that is not what is in force now.
SELECT f.item, f.expected, f.found FROM company.drafts d, company.false_facts(d.facts) f WHERE d.id = %(draft_id)s

-- name: text_of_draft
-- What a draft says, what it cites, and the figures in it that no fact holds.
SELECT title, body, facts, company.uncited_figures(title || ' ' || body, facts) AS uncited
FROM company.drafts WHERE id = %(draft_id)s

-- name: last_draft_of_topic
-- The newest draft of a topic that still says something: not one that was rejected or put aside.
SELECT id, kind, status, title, facts, written_at, ended_at
FROM company.drafts
WHERE topic = %(topic)s AND status IN ('drafted', 'audited', 'published')
ORDER BY id DESC
LIMIT 1

-- name: list_drafts
-- Drafts, those under way first.
SELECT id, kind, topic, title, status, written_by, written_at, judged_by, judged_at, reason, ended_at, slug,
  coalesce(id < max(id) FILTER (WHERE status IN ('drafted', 'audited', 'published')) OVER (PARTITION BY topic),
    false) AS has_successor
FROM company.drafts
ORDER BY status NOT IN ('drafted', 'audited'), id DESC
LIMIT %(limit)s

-- name: draft_figures
-- The editorial queue in numbers: what waits, and what a span of time judged, published and corrected.
SELECT count(*) FILTER (WHERE status = 'drafted') AS waiting,
  count(*) FILTER (WHERE written_at >= %(since)s) AS written,
  count(*) FILTER (WHERE judged_at >= %(since)s AND status IN ('audited', 'published')) AS audited,
  count(*) FILTER (WHERE judged_at >= %(since)s AND status = 'rejected') AS rejected,
  count(*) FILTER (WHERE status = 'published' AND ended_at >= %(since)s) AS published,
  count(*) FILTER (WHERE corrected_at >= %(since)s) AS corrected,
  count(*) FILTER (WHERE status = 'audited' AND kind = 'post') AS to_publish,
  count(*) FILTER (WHERE status IN ('drafted', 'audited') AND kind = 'outreach') AS letters
FROM company.drafts

-- name: supersede_draft
-- The editor takes a draft out of the queue.
SELECT company.supersede_draft(%(draft_id)s, %(reason)s)

-- name: drafts_to_publish
-- Audited posts that may be published.
SELECT id, topic, title, body, facts, judged_by, judged_at FROM company.drafts_to_publish()

-- name: publish_draft
-- The post was published.
SELECT company.publish_draft(%(session_id)s, %(draft_id)s, %(slug)s, %(outbox_id)s)

-- name: published_posts
-- What the feed shows, newest first.
SELECT id, topic, title, body, slug, judged_at, ended_at, taken_back, taken_back_at, corrected_at
FROM company.drafts WHERE status = 'published'
ORDER BY ended_at DESC, id DESC LIMIT %(limit)s

-- name: posts_to_correct
-- Published posts that say what was taken back and is not so again, but those that the owner leaves as they are.
SELECT id, topic, title, body, slug, judged_at, ended_at, taken_back, taken_back_at, corrected_at,
  (SELECT count(*) FROM company.outbox o WHERE o.action = 'correct' AND o.payload ->> 'draft' = d.id::text
    AND o.status IN ('refused', 'unknown') AND o.recorded_at >= d.taken_back_at) AS failed_times
FROM company.drafts d
WHERE status = 'published' AND taken_back IS NOT NULL AND corrected_at IS NULL
  AND EXISTS (SELECT FROM company.false_facts(taken_back))
  AND NOT EXISTS (SELECT FROM company.outbox o WHERE o.action = 'correct' AND o.payload ->> 'draft' = d.id::text
    AND o.status = 'declined' AND o.recorded_at >= d.taken_back_at)
ORDER BY id

-- name: has_pointless_post_corrections
-- Whether a correction of a post waits although what it names was read again.
SELECT EXISTS (SELECT FROM company.pointless_post_corrections()) AS has_pointless

-- name: withdraw_post_corrections
-- Corrections of posts that name what was read again are not put out; how many.
SELECT company.withdraw_post_corrections(%(because)s) AS withdrawn

-- name: correct_post
-- The post says on its page what was taken back.
SELECT company.correct_post(%(session_id)s, %(draft_id)s, %(outbox_id)s)
