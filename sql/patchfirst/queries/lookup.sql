-- name: cve_rows_at
-- What each source said of one CVE at a moment, since when, and in which edition it came. was has the row's columns.
SELECT r.source, r.since, r.batch_id, b.edition_at, r.was
FROM patchfirst.rows_of_cve_at(%(entity)s, %(at)s) r JOIN company.batches b ON b.id = r.batch_id
ORDER BY r.source, r.since, r.was ->> 'edb_id', r.was ->> 'module'

-- name: cve_score_at
-- The score of one CVE at a moment and the two numbers in it, one row for each part.
SELECT s.score, s.model_version, s.since, m.part, m.question, m.value,
  round((100 * coalesce(m.value, m.if_unknown)::float8 * m.weight / sum(m.weight) OVER ())::numeric, 2) AS points,
  round((100 * sum(coalesce(m.value, m.if_unknown)::float8 * m.weight) OVER (PARTITION BY m.question)
    / sum(m.weight::float8) OVER (PARTITION BY m.question))::numeric, 1) AS number_of_question
FROM (
  SELECT score, parts, model_version, scored_at AS since FROM company.scores
  WHERE entity = %(entity)s AND scored_at <= %(at)s
  UNION ALL
  SELECT old_score, old_parts, old_version, valid_from FROM company.score_history
  WHERE entity = %(entity)s AND valid_from <= %(at)s AND valid_to > %(at)s
) AS s
JOIN company.score_models sm ON sm.version = s.model_version
CROSS JOIN unnest(sm.names, sm.questions, s.parts, sm.weights, sm.if_unknown) WITH ORDINALITY
  AS m (part, question, value, weight, if_unknown, n)
ORDER BY m.n

-- name: sources_at
-- Each source at a moment: the edition in force then, when it was read, whether it was too old, since when we read it.
SELECT s.source, s.newer_by, s.fresh_within, first.at AS first_read_at, good.edition_at, good.promoted_at AS read_at,
  %(at)s::timestamptz - coalesce(good.edition_at, s.created_at) > s.fresh_within AS is_stale,
  (SELECT max(f.at) FROM company.fetches f WHERE f.source = s.source AND f.at <= %(at)s) AS asked_at
FROM company.streams s
LEFT JOIN LATERAL (
  SELECT min(b.promoted_at) AS at FROM company.batches b WHERE b.source = s.source
) AS first ON true
LEFT JOIN LATERAL (
  SELECT b.edition_at, b.promoted_at FROM company.batches b
  WHERE b.source = s.source AND b.promoted_at <= %(at)s AND coalesce(b.undone_at > %(at)s, true)
  ORDER BY b.edition_at DESC, b.id DESC LIMIT 1
) AS good ON true
-- Of a source that is off nothing is missed; what it gave before counts.
WHERE s.off_because IS NULL OR first.at IS NOT NULL
ORDER BY s.source

-- name: rows_of_cve_put_aside_at
-- Rows of one CVE that could not be read and were still open at a moment: of each source the last.
SELECT DISTINCT ON (q.source) q.source, q.reason, q.at AS since
FROM company.quarantine q
WHERE q.entity = %(entity)s AND q.at <= %(at)s AND coalesce(q.resolved_at > %(at)s, true)
ORDER BY q.source, q.at DESC, q.id DESC

-- name: cve_was_ever_known
-- The sources that had a row of one CVE before a moment, and until when the last of those rows was in force.
SELECT s.source, max(h.valid_to) AS until
FROM company.streams s, LATERAL company.entity_history(s.source, %(entity)s) h
WHERE s.schema_name = 'patchfirst' AND s.key_column = 'cve' AND h.valid_to <= %(at)s
GROUP BY s.source
ORDER BY s.source

-- name: nvds_cvss_is_taken
-- Whether NVD's CVSS counts rather than the record's own.
SELECT patchfirst.is_nvds_cvss_taken(%(own)s::real, %(own_version)s::text, %(nvds)s::real, %(nvds_version)s::text)
  AS is_nvds

-- name: said_of_cve_until
-- What was written to customers, or published, that names one CVE, until a moment, with its state at that moment.
SELECT 'L-' || d.id AS name, c.name AS to_whom, d.occasion AS kind, d.written_at, d.subject, d.body, d.items,
  CASE WHEN d.ended_at <= %(at)s THEN d.status ELSE 'not sent yet' END AS status,
  CASE WHEN d.ended_at <= %(at)s THEN d.ended_at END AS ended_at,
  (SELECT e.status FROM company.mail_events e WHERE e.outbox_id = d.outbox_id AND e.at <= %(at)s
    ORDER BY e.at DESC, e.id DESC LIMIT 1) AS mail_status
FROM company.deliveries d JOIN company.customers c ON c.id = d.customer_id
WHERE d.written_at <= %(at)s
  AND (d.items @> jsonb_build_array(jsonb_build_object('cve', %(entity)s::text)) OR d.body ~ (%(entity)s || '\M'))
UNION ALL
SELECT coalesce(p.slug, 'post ' || p.id), 'readers', 'post', p.written_at, p.title, p.body, '[]'::jsonb, 'published',
  o.confirmed_at, NULL
FROM company.drafts p JOIN company.outbox o ON o.id = p.outbox_id
WHERE o.status = 'sent' AND o.confirmed_at <= %(at)s AND p.body ~ (%(entity)s || '\M')
ORDER BY written_at, name

-- name: first_score_pass
-- When scores were computed for the first time: before that, there is no score to look up.
SELECT min(at) AS at FROM company.score_passes

-- name: names_of_cve
-- The ids under which other databases had a CVE at a moment, as they were linked then.
SELECT target AS id FROM company.links
WHERE kind = 'alias' AND entity = %(entity)s AND linked_at <= %(at)s
UNION
SELECT target FROM company.ended_links
WHERE kind = 'alias' AND entity = %(entity)s AND linked_at <= %(at)s AND ended_at > %(at)s
ORDER BY id

-- name: cves_named_at
-- The CVEs that another database's id named at a moment, by its one spelling or in other letters.
SELECT entity FROM company.links
WHERE kind = 'alias' AND linked_at <= %(at)s AND (target = %(name)s OR upper(target) = upper(%(name)s))
UNION
SELECT entity FROM company.ended_links
WHERE kind = 'alias' AND linked_at <= %(at)s AND ended_at > %(at)s
  AND (target = %(name)s OR upper(target) = upper(%(name)s))
ORDER BY entity

-- name: names_are_kept_since
-- From when on names that were taken back are kept; no row where no id of another database was ever linked.
SELECT h.begins_at FROM company.histories h
WHERE h.what = 'links' AND (EXISTS (SELECT FROM company.links l WHERE l.kind = 'alias')
  OR EXISTS (SELECT FROM company.ended_links e WHERE e.kind = 'alias'))

-- name: edition_in_force
-- What an answer is made from, as one short text: it changes with each promotion, undoing, scoring and reading, with
-- the names of CVEs, and when a source becomes stale.
SELECT concat_ws('.', (SELECT max(id) FROM company.batches), (SELECT count(undone_at) FROM company.batches),
  (SELECT max(id) FROM company.score_passes), (SELECT count(*) FROM company.quarantine WHERE status = 'open'),
  extract(epoch FROM (SELECT max(promoted_at) FROM company.batches))::bigint,
  (SELECT count(*) || '.' || extract(epoch FROM max(linked_at))::bigint FROM company.links WHERE kind = 'alias'),
  (SELECT string_agg(source, '.' ORDER BY source) FROM company.source_freshness WHERE is_stale)) AS edition

-- name: changes_settled_at
-- The moment of the newest change that no running transaction can add to any more, and a digest of the customer's
-- choice.
SELECT greatest(
    (SELECT max(greatest(promoted_at, undone_at)) FROM company.batches
      WHERE greatest(promoted_at, undone_at) <= company.now() - %(margin)s::interval),
    (SELECT max(at) FROM company.score_passes WHERE at <= company.now() - %(margin)s::interval)) AS until,
  patchfirst.choice_of_key(%(key_id)s) AS choice

-- name: customer_changes_after
-- The changes of a key's customer in a span, in a stable order, from behind one of them on.
SELECT c.at, c.cve, c.what, c.old_score, s.score, c.vendor, c.product
FROM patchfirst.changes_by_key(%(key_id)s, %(since)s, %(until)s) c
LEFT JOIN company.scores s ON s.entity = c.cve
WHERE (c.at, c.cve, c.what) > (%(after_at)s::timestamptz, %(after_cve)s::text, %(after_what)s::text)
ORDER BY c.at, c.cve, c.what
LIMIT %(limit)s
