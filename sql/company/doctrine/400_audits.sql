-- Why: an auditor compares and records. It writes its own audits and nothing that it audits.

GRANT SELECT ON company.audits, company.audit_checks TO @staff@;

CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE OR DELETE ON company.audits
FOR EACH ROW EXECUTE FUNCTION company.only_add();
CREATE OR REPLACE TRIGGER only_add BEFORE UPDATE OR DELETE ON company.audit_checks
FOR EACH ROW EXECUTE FUNCTION company.only_add();

-- differences: [{"item": ..., "expected": ..., "found": ...}], each of them a thing of the sample.
CREATE OR REPLACE FUNCTION company.record_audit(
  my_session bigint, my_what text, my_subject text, my_whose text, my_sample jsonb, differences jsonb
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  audit bigint;
BEGIN
  IF company.my_kind() IS DISTINCT FROM 'auditor' THEN
    PERFORM company.refuse('audits_come_from_auditors', coalesce(company.me(), session_user) || ' is none');
  END IF;
  PERFORM company.require_open_session(my_session);
  IF EXISTS (SELECT FROM jsonb_array_elements(differences) AS d WHERE NOT my_sample ? (d ->> 'item')) THEN
    PERFORM company.refuse('what_differs_was_looked_at', 'a difference is reported of something outside the sample');
  END IF;
  INSERT INTO company.audits (auditor, session_id, what, subject, whose, looked_at, differing, sample)
  VALUES (company.me(), my_session, my_what, my_subject, my_whose, jsonb_array_length(my_sample),
    jsonb_array_length(differences), my_sample)
  RETURNING id INTO audit;
  INSERT INTO company.audit_checks (audit_id, item, expected, found)
  SELECT audit, d ->> 'item', d -> 'expected', d -> 'found' FROM jsonb_array_elements(differences) AS d;
  RETURN audit;
END $$;
GRANT EXECUTE ON FUNCTION company.record_audit(bigint, text, text, text, jsonb, jsonb) TO @auditors@;

-- Rows that an auditor derived again from the bytes, beside what is in force: those that differ, by the stream's own
-- idea of a change.
CREATE OR REPLACE FUNCTION company.compare_with_canonical(my_source text, derived jsonb)
RETURNS TABLE (item text, expected jsonb, found jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  sql record := company.stream_sql(my_source);
BEGIN
  RETURN QUERY EXECUTE format('SELECT s.%1$s::text,
    to_jsonb(s) - ARRAY[''first_seen_at'', ''valid_from'', ''batch_id''], to_jsonb(c)
    FROM jsonb_populate_recordset(NULL::%2$s, $1) AS s LEFT JOIN %2$s AS c ON c.%1$s = s.%1$s
    WHERE c.%1$s IS NULL OR (%3$s)', sql.key, sql.canonical, sql.differs) USING derived;
END $$;
GRANT EXECUTE ON FUNCTION company.compare_with_canonical(text, jsonb) TO @auditors@, @owners@;
