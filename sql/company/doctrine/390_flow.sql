-- Why: a pipeline that stands still looks like one that has no news; so each stage says when it last moved and how long
-- it may rest.

-- The stages, one function each.
CREATE OR REPLACE FUNCTION company.flow_asked()
RETURNS TABLE (pipeline text, stage text, last_at timestamptz, may_rest interval, facts jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT f.source, 'asked', f.last_asked_at, interval '26 hours', jsonb_build_object('last_result', f.last_result)
  FROM company.source_freshness f;
END $$;

CREATE OR REPLACE FUNCTION company.flow_in_force()
RETURNS TABLE (pipeline text, stage text, last_at timestamptz, may_rest interval, facts jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT f.source, 'in force', company.now() - f.age, f.fresh_within + interval '1 hour',
    jsonb_build_object('has_edition', f.has_edition)
  FROM company.source_freshness f;
END $$;

CREATE OR REPLACE FUNCTION company.flow_promoted()
RETURNS TABLE (pipeline text, stage text, last_at timestamptz, may_rest interval, facts jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT s.source, 'checked and promoted', coalesce(w.oldest, company.now()), interval '4 hours',
    jsonb_build_object('batches_waiting', coalesce(w.n, 0))
  FROM company.streams_on s LEFT JOIN (
    SELECT source, min(staged_at) AS oldest, count(*) AS n FROM company.batches WHERE status IN ('staged', 'checked')
    GROUP BY source
  ) w ON w.source = s.source;
END $$;

CREATE OR REPLACE FUNCTION company.flow_scored()
RETURNS TABLE (pipeline text, stage text, last_at timestamptz, may_rest interval, facts jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT 'scores', 'scored',
    CASE WHEN p.last_at IS NULL OR b.last_at > p.last_at THEN b.first_after ELSE company.now() END, interval '3 hours',
    jsonb_build_object('last_pass_at', p.last_at)
  FROM (SELECT max(at) AS last_at FROM company.score_passes) p,
    LATERAL (SELECT
      (SELECT max(n.promoted_at) FROM company.batches n WHERE n.status = 'promoted') AS last_at,
      (SELECT min(n.promoted_at) FROM company.batches n
        WHERE n.status = 'promoted' AND n.promoted_at > coalesce(p.last_at, '-infinity')) AS first_after) b
  WHERE b.last_at IS NOT NULL;
END $$;

CREATE OR REPLACE FUNCTION company.flow_delivered()
RETURNS TABLE (pipeline text, stage text, last_at timestamptz, may_rest interval, facts jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  -- Each by an index of its own: a customer has a delivery for each day of years.
  SELECT 'customer ' || c.id, 'delivered', coalesce((SELECT max(d.ended_at) FROM company.deliveries d
      WHERE d.customer_id = c.id AND d.status = 'sent'), c.created_at), interval '26 hours',
    jsonb_build_object('refused', (SELECT count(*) FROM company.deliveries d
      WHERE d.customer_id = c.id AND d.status = 'refused'))
  FROM company.customers c
  WHERE NOT c.is_paused AND EXISTS (SELECT FROM company.approvals WHERE action = 'deliver' AND level = 'open');
END $$;

CREATE OR REPLACE FUNCTION company.flow_published()
RETURNS TABLE (pipeline text, stage text, last_at timestamptz, may_rest interval, facts jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT 'posts', 'published', min(judged_at), interval '6 hours', jsonb_build_object('posts_waiting', count(*))
  FROM company.drafts d
  WHERE d.status = 'audited' AND d.kind = 'post'
    AND EXISTS (SELECT FROM company.approvals WHERE action = 'publish' AND level = 'open')
  HAVING count(*) > 0;
END $$;

-- One stage by its name; its plans are kept by who asks often.
CREATE OR REPLACE FUNCTION company.flow_stage(look text)
RETURNS TABLE (pipeline text, stage text, last_at timestamptz, may_rest interval, facts jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  CASE look
    WHEN 'asked' THEN RETURN QUERY SELECT * FROM company.flow_asked();
    WHEN 'in force' THEN RETURN QUERY SELECT * FROM company.flow_in_force();
    WHEN 'promoted' THEN RETURN QUERY SELECT * FROM company.flow_promoted();
    WHEN 'scored' THEN RETURN QUERY SELECT * FROM company.flow_scored();
    WHEN 'delivered' THEN RETURN QUERY SELECT * FROM company.flow_delivered();
    WHEN 'published' THEN RETURN QUERY SELECT * FROM company.flow_published();
  END CASE;
END $$;

-- Whether data still flows, stage by stage: when each last moved, how long it has rested and how long it may. Also for
-- clocks outside the fleet. Each stage apart: one that cannot be looked at is a row that says so, and does not flow. A
-- moment that is no time has never been.
CREATE OR REPLACE FUNCTION company.flow_check()
RETURNS TABLE (pipeline text, stage text, last_at timestamptz, rested interval, may_rest interval, is_flowing boolean,
  facts jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  moment CONSTANT timestamptz := company.now();
  look text;
BEGIN
  FOREACH look IN ARRAY ARRAY['asked', 'in force', 'promoted', 'scored', 'delivered', 'published'] LOOP
    BEGIN
      RETURN QUERY
      SELECT s.pipeline, s.stage, known.at,
        CASE WHEN known.at IS NOT NULL THEN greatest(moment - known.at, interval '0') END, s.may_rest,
        known.at IS NOT NULL AND moment - known.at <= s.may_rest, s.facts
      FROM company.flow_stage(look) AS s
      CROSS JOIN LATERAL (SELECT CASE WHEN isfinite(s.last_at) THEN s.last_at END AS at) AS known;
    EXCEPTION WHEN OTHERS THEN
      RETURN QUERY SELECT 'every pipeline', look, NULL::timestamptz, NULL::interval, interval '0', false,
        jsonb_build_object('could_not_look', SQLERRM);
    END;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION company.flow_check() TO @staff@;

-- The same check as flow_check's, an hour and a half later: when that machine runs, it has reported by then.
CREATE OR REPLACE FUNCTION company.flow_alarm() RETURNS TABLE (
  fingerprint text, kind text, subject text, level text, title text, effect text, evidence jsonb, watcher text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT name, 'not_flowing', s.pipeline, 'today',
    CASE WHEN s.facts ? 'could_not_look' THEN format('%s: %s cannot be looked at', s.pipeline, s.stage)
      ELSE format('%s: %s has not moved for %s h (limit %s h), and flow_check has not reported it', s.pipeline, s.stage,
        round(extract(epoch FROM s.rested) / 3600), round(extract(epoch FROM s.may_rest) / 3600)) END,
    'customers read older data than they should', s.facts || jsonb_build_object('stage', s.stage),
    'data_manager'
  FROM company.flow_check() s, LATERAL (SELECT 'flow:' || s.pipeline || ':' || s.stage AS name) AS n
  WHERE NOT s.is_flowing AND (s.rested > s.may_rest + interval '90 minutes' OR s.facts ? 'could_not_look')
    AND (SELECT value FROM company.switches WHERE switch = 'company') = 'running'
    AND NOT EXISTS (SELECT FROM company.findings f WHERE f.closed_at IS NULL
      AND ((f.fingerprint = name AND f.kind = 'not_flowing' AND f.found_by = 'flow_check')
        OR (s.stage = 'in force' AND f.fingerprint = 'stale:' || s.pipeline AND f.kind = 'stale_source'
          AND f.level IN ('ring', 'today')
          AND f.found_by = ANY (SELECT unnest(w.writers) FROM company.streams w WHERE w.source = s.pipeline))));
END $$;
GRANT EXECUTE ON FUNCTION company.flow_alarm() TO @staff@;
