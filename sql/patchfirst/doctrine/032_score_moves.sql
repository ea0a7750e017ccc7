-- Why: most moves of a score say that we read something, not that the world changed.

-- What the first edition of each list of exploits holds of a CVE: it was in the world before we read it.
CREATE OR REPLACE VIEW patchfirst.first_read_exploits AS
SELECT x.cve, x.first_seen_at AS at
FROM patchfirst.exploits x
JOIN (
  SELECT s.source, (SELECT min(b.promoted_at) FROM company.batches b
    WHERE b.source = s.source AND b.status = 'promoted') AS at
  FROM company.streams s
) AS first ON first.source = x.source AND first.at = x.first_seen_at;
GRANT SELECT ON patchfirst.first_read_exploits TO @staff@;

-- The last model that a day of EPSS named for a CVE until a moment. A day that names none has the model of before: what
-- is unknown is no change, and a change across such a day is one all the same.
CREATE OR REPLACE FUNCTION patchfirst.epss_model_before(my_cve text, until timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT h.model_version FROM patchfirst.epss_history h
  WHERE h.cve = my_cve AND h.model_version IS NOT NULL AND h.valid_to <= until ORDER BY h.valid_to DESC LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION patchfirst.epss_model_before(text, timestamptz) TO @staff@;

-- Scores whose move means something: neither the first score of a CVE, nor a move across two ways of computing it or
-- across two EPSS models, nor one of which half or more comes from what we read for the first time (parts that nobody
-- knew before, exploits (part 8) of a list's first edition) or from recency (part 6, which jumps when a date that was
-- estimated is read): the world had not changed, we had.
CREATE OR REPLACE VIEW patchfirst.score_moves AS
SELECT h.entity AS cve, h.old_score, h.new_score, h.old_parts, h.new_parts, h.valid_to AS at
FROM company.score_history h
JOIN company.score_models m ON m.version = h.new_version
-- Joined, not looked up for each row: a first edition moves ten thousand scores at once.
LEFT JOIN (SELECT cve, array_agg(at) AS moments FROM patchfirst.first_read_exploits GROUP BY cve) f ON f.cve = h.entity
WHERE h.old_version = h.new_version AND h.new_score IS NOT NULL AND h.new_score <> h.old_score
  AND (array_position(h.old_parts, NULL) IS NULL AND h.old_parts[6] = h.new_parts[6]
    OR abs(h.new_score - h.old_score) > 2 * (
    SELECT coalesce(100 * abs(sum(w.weight * (w.new - coalesce(w.old, w.unknown)))
      FILTER (WHERE w.old IS NULL OR w.n = 6)) / sum(w.weight), 0)
    FROM unnest(m.weights, m.if_unknown, h.old_parts, h.new_parts)
      WITH ORDINALITY AS w (weight, unknown, old, new, n)))
  AND (coalesce(h.new_parts[8], 0) <= coalesce(h.old_parts[8], 0)
    OR NOT EXISTS (SELECT FROM unnest(f.moments) AS m (at) WHERE m.at > h.valid_from AND m.at <= h.valid_to))
  AND NOT EXISTS (
    SELECT FROM patchfirst.epss_history eh
    JOIN patchfirst.epss e ON e.cve = eh.cve
    WHERE eh.cve = h.entity AND eh.valid_to BETWEEN h.valid_to - interval '1 day' AND h.valid_to
      AND coalesce(eh.model_version, patchfirst.epss_model_before(eh.cve, eh.valid_from))
        <> coalesce(e.model_version, patchfirst.epss_model_before(e.cve, e.valid_from))
  );
GRANT SELECT ON patchfirst.score_moves TO @staff@;
