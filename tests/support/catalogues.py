"""What a brain's system catalogue says of its functions, triggers, views, policies and grants, as comparable lines."""

from tests.support.brains import TestBrain, run_sql

OURS = "nspname IN ('company', 'patchfirst', 'migrations')"
RIGHTS = "(SELECT array_agg(a::text ORDER BY a::text) FROM unnest(coalesce({acl}, acldefault('{kind}', {owner}))) AS a)"
RELATION_RIGHTS = (
    f"CASE relkind WHEN 'S' THEN {RIGHTS.format(acl='relacl', kind='s', owner='relowner')}"
    f" ELSE {RIGHTS.format(acl='relacl', kind='r', owner='relowner')} END"
)
RELATIONS = f"pg_class c JOIN pg_namespace n ON n.oid = relnamespace AND {OURS}"
FACTS = f"""
SELECT 'schema' AS what, nspname::text AS name, {RIGHTS.format(acl="nspacl", kind="n", owner="nspowner")}::text AS fact
FROM pg_namespace WHERE {OURS}
UNION ALL
SELECT 'function', p.oid::regprocedure::text, to_jsonb(ARRAY[prosrc, prorettype::regtype::text, proretset::text,
  prosecdef::text, provolatile::text, prokind::text, proowner::regrole::text, proconfig::text,
  pg_get_function_arguments(p.oid), {RIGHTS.format(acl="proacl", kind="f", owner="proowner")}::text])::text
FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace AND {OURS}
UNION ALL
SELECT 'trigger', tgrelid::regclass || ' ' || tgname, pg_get_triggerdef(t.oid) || tgenabled::text
FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace AND {OURS}
WHERE NOT tgisinternal
UNION ALL
SELECT 'relation', c.oid::regclass::text, to_jsonb(ARRAY[relkind::text, relrowsecurity::text, relforcerowsecurity::text,
  relowner::regrole::text, {RELATION_RIGHTS}::text])::text
FROM {RELATIONS} WHERE relkind NOT IN ('i', 't')
UNION ALL
SELECT 'view', c.oid::regclass::text, pg_get_viewdef(c.oid) FROM {RELATIONS} WHERE relkind IN ('v', 'm')
UNION ALL
SELECT 'column', c.oid::regclass || '.' || attname, attacl::text
FROM pg_attribute JOIN {RELATIONS} ON c.oid = attrelid WHERE attacl <> ARRAY[]::aclitem[]
UNION ALL
SELECT 'policy', tablename || ' ' || policyname, to_jsonb(p)::text
FROM pg_policies p WHERE {OURS.replace("nspname", "schemaname")}
UNION ALL
SELECT 'rule', c.oid::regclass || ' ' || rulename, pg_get_ruledef(r.oid)
FROM pg_rewrite r JOIN {RELATIONS} ON c.oid = ev_class WHERE rulename <> '_RETURN'
UNION ALL
SELECT 'default rights', defaclnamespace::regnamespace || ' ' || defaclobjtype::text, defaclacl::text
FROM pg_default_acl WHERE defaclrole = (SELECT nspowner FROM pg_namespace WHERE nspname = 'company')
  AND defaclacl <> ARRAY[]::aclitem[]
"""
SHAPE = f"""
SELECT 'column' AS what, c.oid::regclass || '.' || attname AS name, concat_ws(' ', format_type(atttypid, atttypmod),
  attnotnull, pg_get_expr(adbin, adrelid)) AS fact
FROM pg_attribute a JOIN {RELATIONS} ON c.oid = attrelid AND relkind = 'r'
LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum WHERE attnum > 0 AND NOT attisdropped
UNION ALL
SELECT 'constraint', conrelid::regclass || ' ' || conname, pg_get_constraintdef(o.oid)
FROM pg_constraint o JOIN {RELATIONS} ON c.oid = conrelid
UNION ALL
SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index JOIN {RELATIONS} ON c.oid = indrelid
"""


def doctrine_of(brain: TestBrain) -> set[tuple[str, str, str]]:
    """Each function, trigger, view, policy and grant, with its whole definition."""
    return _lines(brain, FACTS)


def shape_of(brain: TestBrain) -> set[tuple[str, str, str]]:
    """Each column, default, constraint and index."""
    return _lines(brain, SHAPE)


def _lines(brain: TestBrain, query: str) -> set[tuple[str, str, str]]:
    rows = run_sql(brain.as_login("superuser"), query)
    assert rows
    return {(row["what"], row["name"], row["fact"]) for row in rows}
