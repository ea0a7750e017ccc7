-- Why: a pipeline that stands still looks like one that has no news; so each stage says when it last moved and how long
-- it may rest.

-- Whether data still flows, stage by stage: when each last moved, and how long it may stand still. Also for clocks
-- outside the fleet.
CREATE OR REPLACE FUNCTION company.flow_check()
RETURNS TABLE (pipeline text, stage text, last_at timestamptz, rested interval, may_rest interval, is_flowing boolean,
  facts jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH stages AS (
    SELECT f.source AS pipeline, 'asked' AS stage, f.last_asked_at AS last_at, interval '26 hours' AS may_rest,
      jsonb_build_object('last_result', f.last_result) AS facts
    FROM company.source_freshness f
    UNION ALL
    SELECT f.source, 'in force', company.now() - f.age, f.fresh_within + interval '1 hour',
      jsonb_build_object('has_edition', f.has_edition)
    FROM company.source_freshness f
    UNION ALL
    SELECT s.source, 'checked and promoted', coalesce(w.oldest, company.now()), interval '4 hours',
      jsonb_build_object('batches_waiting', coalesce(w.n, 0))
    FROM company.streams s LEFT JOIN (
      SELECT source, min(staged_at) AS oldest, count(*) AS n FROM company.batches WHERE status IN ('staged', 'checked')
      GROUP BY source
    ) w ON w.source = s.source
    UNION ALL
    SELECT 'scores', 'scored',
      CASE WHEN p.last_at IS NULL OR b.last_at > p.last_at THEN b.first_after ELSE company.now() END,
      interval '3 hours',
      jsonb_build_object('last_pass_at', p.last_at)
    FROM (SELECT max(at) AS last_at FROM company.score_passes) p,
      LATERAL (SELECT max(promoted_at) AS last_at,
        min(promoted_at) FILTER (WHERE promoted_at > coalesce(p.last_at, '-infinity')) AS first_after
        FROM company.batches WHERE status = 'promoted') b
    WHERE b.last_at IS NOT NULL
    UNION ALL
    SELECT 'customer ' || c.id, 'delivered', coalesce(max(d.ended_at) FILTER (WHERE d.status = 'sent'), c.created_at),
      interval '26 hours',
      jsonb_build_object('refused', count(*) FILTER (WHERE d.status = 'refused'))
    FROM company.customers c LEFT JOIN company.deliveries d ON d.customer_id = c.id
    WHERE NOT c.is_paused AND EXISTS (SELECT FROM company.approvals WHERE action = 'deliver' AND level = 'open')
    GROUP BY c.id
    UNION ALL
    SELECT 'posts', 'published', min(judged_at), interval '6 hours', jsonb_build_object('posts_waiting', count(*))
    FROM company.drafts d
    WHERE d.status = 'audited' AND d.kind = 'post'
      AND EXISTS (SELECT FROM company.approvals WHERE action = 'publish' AND level = 'open')
      AND NOT EXISTS (SELECT FROM company.plants p WHERE p.subject = 'draft ' || d.id)
    HAVING count(*) > 0
  )
  SELECT s.pipeline, s.stage, s.last_at, greatest(company.now() - s.last_at, interval '0'), s.may_rest,
    s.last_at IS NOT NULL AND company.now() - s.last_at <= s.may_rest, s.facts
  FROM stages s
$$;
GRANT EXECUTE ON FUNCTION company.flow_check() TO @staff@;

-- The same check as flow_check's, an hour and a half later: when that machine runs, it has reported by then.
CREATE OR REPLACE FUNCTION company.flow_alarm() RETURNS TABLE (
  fingerprint text, kind text, subject text, level text, title text, effect text, evidence jsonb, watcher text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT name, 'not_flowing', s.pipeline, 'today',
    format('%s: %s has not moved for %s h (limit %s h), and flow_check has not reported it', s.pipeline, s.stage,
      round(extract(epoch FROM s.rested) / 3600), round(extract(epoch FROM s.may_rest) / 3600)),
    'customers read older data than they should', s.facts || jsonb_build_object('stage', s.stage),
    'data_manager'
  FROM company.flow_check() s, LATERAL (SELECT 'flow:' || s.pipeline || ':' || s.stage AS name) AS n
  WHERE NOT s.is_flowing AND s.rested > s.may_rest + interval '90 minutes'
    AND (SELECT value FROM company.switches WHERE switch = 'company') = 'running'
    AND NOT EXISTS (SELECT FROM company.findings f WHERE f.closed_at IS NULL
      AND ((f.fingerprint = name AND f.kind = 'not_flowing' AND f.found_by = 'flow_check')
        OR (s.stage = 'in force' AND f.fingerprint = 'stale:' || s.pipeline AND f.kind = 'stale_source'
          AND f.found_by = ANY (SELECT unnest(w.writers) FROM company.streams w WHERE w.source = s.pipeline))))
$$;
GRANT EXECUTE ON FUNCTION company.flow_alarm() TO @staff@;
