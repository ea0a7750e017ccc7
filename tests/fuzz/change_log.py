"""Writes down every change of every row with the login that caused it, past all the brain's own rules."""

from psycopg import Connection, sql
from psycopg.rows import DictRow

from tests.fuzz.calls import Table

BEGIN = """
CREATE SCHEMA change_log;
CREATE TABLE change_log.changes (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, relation text NOT NULL, op text NOT NULL,
  login text NOT NULL, role text, kind text, transaction xid8 NOT NULL, was jsonb, becomes jsonb
);
CREATE FUNCTION change_log.note() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  who company.roster := (SELECT r FROM company.roster r WHERE r.login = session_user);
BEGIN
  INSERT INTO change_log.changes (at, relation, op, login, role, kind, transaction, was, becomes)
  VALUES (company.now(), TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, TG_OP, session_user, who.role, who.kind,
    pg_current_xact_id(), CASE WHEN TG_OP IN ('UPDATE', 'DELETE') THEN to_jsonb(OLD) END,
    CASE WHEN TG_OP IN ('INSERT', 'UPDATE') THEN to_jsonb(NEW) END);
  RETURN NULL;
END $$;
"""
ROWS = """CREATE TRIGGER zz_note_change AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION change_log.note()"""
EMPTIED = """CREATE TRIGGER zz_note_truncate AFTER TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION change_log.note()"""


def keep_change_log(admin: Connection[DictRow], tables: list[Table]) -> None:
    """From here on each inserted, changed and deleted row of these tables is a row of change_log.changes.

    was, becomes: the row before and after, as JSON; role, kind: of the login by the roster, None for an outsider.
    """
    admin.execute(BEGIN)
    for table in tables:
        named = sql.Identifier(*table.relation.split("."))
        admin.execute(sql.SQL(ROWS).format(table=named))
        admin.execute(sql.SQL(EMPTIED).format(table=named))
        for trigger in ("zz_note_change", "zz_note_truncate"):
            enabled = sql.SQL("ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")
            admin.execute(enabled.format(table=named, trigger=sql.Identifier(trigger)))
