"""A digest of each column of a brain, so that two brains can be compared without reading their rows."""

import psycopg
from psycopg import sql

COLUMNS = """
SELECT c.table_schema, c.table_name, c.column_name FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1, 2, c.ordinal_position
"""
OF_A_TABLE = """
SELECT {digests} FROM {table} AS t
"""
OF_A_COLUMN = "md5(string_agg(replace(t.{column}::text, {company}, 'COMPANY'), ' | ' ORDER BY t.{column}::text))"


def digests_of(dsn: str, company: str) -> dict[str, str | None]:
    """`schema.table.column` to a digest of its values, whatever their order; None where there are none.

    A company's own name counts as the same name in each.
    """
    found: dict[str, str | None] = {}
    with psycopg.connect(dsn, autocommit=True) as connection:
        tables: dict[tuple[str, str], list[str]] = {}
        for schema, table, column in connection.execute(COLUMNS).fetchall():
            tables.setdefault((schema, table), []).append(column)
        for (schema, table), columns in tables.items():
            digests = sql.SQL(", ").join(
                sql.SQL(OF_A_COLUMN).format(column=sql.Identifier(column), company=sql.Literal(company))
                for column in columns
            )
            row = connection.execute(
                sql.SQL(OF_A_TABLE).format(digests=digests, table=sql.Identifier(schema, table))
            ).fetchone()
            assert row is not None
            found |= {f"{schema}.{table}.{column}": one for column, one in zip(columns, row, strict=True)}
    return found
