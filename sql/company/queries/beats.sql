-- name: record_beat
-- The beat, after all else was written.
SELECT company.record_beat(%(session_id)s, %(slots_looked_at)s, %(schedules_seen)s, %(left_out)s::text[])

-- name: brief_beats
-- The beats of a span: how many did less than all, and what the last of those left out.
SELECT count(*)::integer AS beats, count(*) FILTER (WHERE left_out <> '{}')::integer AS incomplete,
  (array_agg(to_jsonb(left_out) ORDER BY at DESC) FILTER (WHERE left_out <> '{}'))[1] AS left_out,
  max(at) FILTER (WHERE left_out <> '{}') AS last_at
FROM company.beats
WHERE at >= %(since)s AND at < %(until)s

-- name: last_beat
-- When heartbeat last sent a beat.
SELECT max(at) AS at FROM company.beats

-- name: beat_figures
-- The beats in a span of time: how many, the longest gap in minutes, the last one, and what each of the last three left
-- out, where each of them left something out.
WITH span AS (
  SELECT at FROM company.beats WHERE at >= %(since)s
  UNION SELECT %(until)s::timestamptz
  UNION SELECT greatest(%(since)s::timestamptz, (SELECT min(at) FROM company.beats))
)
SELECT (SELECT count(*) FROM company.beats WHERE at >= %(since)s) AS beats,
  coalesce((SELECT c.evidence ->> 'left_out' FROM company.beat_check() c WHERE c.kind = 'incomplete_beat'),
    '') AS left_out,
  (SELECT max(at) FROM company.beats) AS last_at,
  coalesce((SELECT round(extract(epoch FROM max(gap)) / 60)::integer
    FROM (SELECT at - lag(at) OVER (ORDER BY at) AS gap FROM span) AS gaps), 0) AS longest_gap

-- name: notice_stale_beat
-- Any boot: the last beat is old, and the role that starts now reports it once.
SELECT company.notice_stale_beat() AS is_stale

-- name: run_database_clock
-- Runs the database's own checks by hand.
SELECT alarm, level, title, is_new FROM company.database_clock()
