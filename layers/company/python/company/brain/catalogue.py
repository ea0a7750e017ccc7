"""For company.brain.doctrine: what a brain's system catalogue is asked, over the schemas that the company owns.

The statements stand here and not under sql/, because they must fit a brain of any release.
"""

DIGEST = """
WITH own AS (SELECT * FROM pg_namespace WHERE nspname = ANY (%(schemas)s))
SELECT md5(string_agg(fact, E'\\n' ORDER BY fact COLLATE "C")) AS digest
FROM (
  SELECT concat_ws('|', 'schema', nspname, nspacl) AS fact FROM own
  UNION ALL
  SELECT concat_ws('|', 'relation', c.oid::regclass, relkind, relowner::regrole, relacl, relrowsecurity,
    relforcerowsecurity, CASE WHEN relkind IN ('v', 'm') THEN concat(reloptions, pg_get_viewdef(c.oid)) END)
  FROM pg_class c JOIN own ON own.oid = relnamespace WHERE relkind NOT IN ('i', 'I', 't')
  UNION ALL
  SELECT concat_ws('|', 'column', c.oid::regclass, attname, attacl)
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN own ON own.oid = relnamespace WHERE attacl IS NOT NULL
  UNION ALL
  SELECT concat_ws('|', 'function', p.oid::regprocedure, pg_get_function_result(p.oid), prokind, prolang, provolatile,
    prosecdef, proisstrict, proparallel, proconfig, proowner::regrole, proacl, pg_get_function_arguments(p.oid), prosrc)
  FROM pg_proc p JOIN own ON own.oid = pronamespace
  UNION ALL
  SELECT concat_ws('|', 'trigger', tgenabled, pg_get_triggerdef(t.oid))
  FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN own ON own.oid = relnamespace WHERE NOT tgisinternal
  UNION ALL
  SELECT concat_ws('|', 'policy', p::text) FROM pg_policies p JOIN own ON own.nspname = schemaname
  UNION ALL
  SELECT concat_ws('|', 'rule', ev_enabled, pg_get_ruledef(r.oid))
  FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class JOIN own ON own.oid = relnamespace WHERE rulename <> '_RETURN'
  UNION ALL
  SELECT concat_ws('|', 'default', defaclnamespace::regnamespace, defaclobjtype, defaclacl)
  FROM pg_default_acl WHERE defaclrole = current_user::regrole
) AS facts
"""

# A function whose arguments or result are a view's row goes before the view. A view is dropped and not locked: LOCK
# would go on to what it reads, which may be no table of the company's.
VIEWS = """
WITH own AS (SELECT oid FROM pg_namespace WHERE nspname = ANY (%(schemas)s)),
views AS (
  SELECT c.oid, c.oid::regclass AS name, c.reltype, relkind
  FROM pg_class c JOIN own ON own.oid = relnamespace WHERE relkind IN ('v', 'm')
)
SELECT DISTINCT 1 AS step, format('DROP ROUTINE %%s', p.oid::regprocedure) AS statement
FROM pg_proc p
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_type'::regclass
JOIN pg_type t ON t.oid = d.refobjid
JOIN views v ON v.reltype IN (t.oid, t.typelem)
UNION ALL
SELECT 2, format('DROP %%s %%s', kind, string_agg(name::text, ', '))
FROM views, LATERAL (SELECT CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END AS kind) AS k
GROUP BY kind
ORDER BY step, statement
"""

# The turn is held by migrate itself, on its second connection.
LOCK = """
SELECT format('LOCK TABLE %%s IN ACCESS EXCLUSIVE MODE', string_agg(c.oid::regclass::text, ', ')) AS statement
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE nspname = ANY (%(schemas)s) AND relkind IN ('r', 'p') AND relowner = current_user::regrole
  AND (nspname, relname) <> ('migrations', 'turn')
HAVING count(*) > 0
"""

HOLDERS = """
SELECT coalesce(string_agg(DISTINCT a.usename, ', '), 'somebody') AS logins
FROM pg_locks l
JOIN pg_class c ON c.oid = l.relation
JOIN pg_namespace n ON n.oid = relnamespace AND nspname = ANY (%(schemas)s)
JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.granted AND l.pid <> pg_backend_pid() AND (nspname, relname) <> ('migrations', 'turn')
"""

# Rules and row security are part of what policies and triggers are for. Neither a function of another owner nor an
# aggregate can be replaced in place.
DROPS = """
WITH own AS (SELECT oid, nspname FROM pg_namespace WHERE nspname = ANY (%(schemas)s)),
tables AS (
  SELECT c.oid, c.oid::regclass AS name, relrowsecurity OR relforcerowsecurity AS has_row_security
  FROM pg_class c JOIN own ON own.oid = relnamespace WHERE relkind IN ('r', 'p') AND relowner = current_user::regrole
)
SELECT format('DROP TRIGGER %%I ON %%s', tgname, name) AS statement
FROM pg_trigger JOIN tables ON tables.oid = tgrelid WHERE NOT tgisinternal AND tgparentid = 0
UNION ALL
SELECT format('DROP POLICY %%I ON %%s', polname, name) FROM pg_policy JOIN tables ON tables.oid = polrelid
UNION ALL
SELECT format('DROP RULE %%I ON %%s', rulename, name) FROM pg_rewrite JOIN tables ON tables.oid = ev_class
UNION ALL
SELECT format('ALTER TABLE %%s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', name)
FROM tables WHERE has_row_security
UNION ALL
SELECT format('DROP ROUTINE %%s', p.oid::regprocedure)
FROM pg_proc p JOIN own ON own.oid = pronamespace
WHERE proowner <> current_user::regrole OR prokind = 'a'
"""

# The owner's own rights come back where a hand took them away. What is revoked of a table is revoked of its columns.
REVOKES = """
WITH own AS (SELECT * FROM pg_namespace WHERE nspname = ANY (%(schemas)s)),
objects AS (
  SELECT format('SCHEMA %%I', nspname) AS target, 'n'::"char" AS kind, nspowner AS owner, nspacl AS acl FROM own
  UNION ALL
  SELECT format('%%s %%s', CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass),
    CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner, relacl
  FROM pg_class c JOIN own ON own.oid = relnamespace WHERE relkind IN ('r', 'p', 'S')
  UNION ALL
  SELECT format('TABLE %%s', c.oid::regclass), NULL, relowner, attacl
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN own ON own.oid = relnamespace
  WHERE attacl IS NOT NULL AND relkind IN ('r', 'p')
  UNION ALL
  SELECT format('ROUTINE %%s', p.oid::regprocedure), 'f', proowner, coalesce(proacl, acldefault('f', proowner))
  FROM pg_proc p JOIN own ON own.oid = pronamespace
)
SELECT format('REVOKE ALL ON %%s FROM %%s CASCADE', target,
  string_agg(DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, ', ')) AS statement
FROM objects, aclexplode(acl)
WHERE owner = current_user::regrole AND grantee <> owner
GROUP BY target
UNION ALL
SELECT format('GRANT ALL ON %%s TO CURRENT_USER', target)
FROM objects
WHERE owner = current_user::regrole AND kind IS NOT NULL AND acl IS NOT NULL
  AND (SELECT count(*) FROM aclexplode(acl) WHERE grantee = owner)
    < (SELECT count(*) FROM aclexplode(acldefault(kind, owner)) WHERE grantee = owner)
UNION ALL
SELECT format('ALTER DEFAULT PRIVILEGES %%s REVOKE ALL ON %%s FROM %%s',
  'IN SCHEMA ' || nullif(defaclnamespace, 0)::regnamespace,
  CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES'
    ELSE 'SCHEMAS' END,
  CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
FROM pg_default_acl, aclexplode(defaclacl)
WHERE defaclrole = current_user::regrole AND grantee <> defaclrole
  AND (defaclnamespace = 0 OR defaclnamespace IN (SELECT oid FROM own))
"""

# CREATE OR REPLACE takes a function's settings away: what still has this one was created by no file since.
MARK = """
SELECT format('ALTER ROUTINE %%s SET application_name = ''of before''', p.oid::regprocedure) AS statement
FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
WHERE nspname = ANY (%(schemas)s)
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
"""

MARKED = """
SELECT p.oid::regprocedure::text AS signature
FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
WHERE nspname = ANY (%(schemas)s) AND 'application_name=of before' = ANY (proconfig)
ORDER BY 1
"""
