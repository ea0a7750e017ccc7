"""Gives a brain the history of months, made of what its first day left behind: each row again, as many weeks older."""

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

WEEKS_KEPT, WEEKS = 9, 50
"""Of what heartbeat retires after some months, and of what stays for ever."""
ID_STEP = 10_000_000
"""The copies of each week are so much lower: their numbers name one another as those of the originals do."""
LATELY = {
    "slots": "ended_at IS NOT NULL",
    "slot_ends": "true",
    "sessions": "finished_at IS NOT NULL",
    "session_log": "true",
    "beats": "true",
    "fetches": "true",
}
FOR_EVER = {
    "batches": "status NOT IN ('staging', 'staged', 'checked', 'held')",
    "raw_documents": "true",
    "batch_checks": "true",
    "reconciliations": "true",
    "quarantine": "true",
    "score_passes": "true",
    "score_history": "true",
    "task_queue": "closed_at IS NOT NULL",
    "task_events": "true",
    "verifications": "true",
    "inbox": "read_at IS NOT NULL AND (answered_at IS NOT NULL OR kind NOT IN ('escalation', 'alarm'))",
    "decisions": "answered_at IS NOT NULL",
    "deliveries": "true",
    "briefs": "true",
    "drafts": "true",
    "audits": "true",
    "backtests": "true",
    "proposals": "true",
}
IDS = ("id", "continues", "held_up_by", "read_in", "superseded_by", "up_to_batch")
"""Names of columns that hold such a number, beside those that end in _id."""
COLUMNS = """
SELECT column_name AS name, data_type AS type FROM information_schema.columns
WHERE table_schema = 'company' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
CLEARED = "staging_dropped_at"
"""Of old batches no staged row is left, and so none is to be cleared."""


def age(admin: psycopg.Connection[DictRow]) -> int:
    """Writes the rows past every trigger and key, as the superuser; how many there are now that were not before."""
    admin.execute("SET session_replication_role = replica")
    kept = sum(_repeat(admin, table, which, WEEKS_KEPT) for table, which in LATELY.items())
    stays = sum(_repeat(admin, table, which, WEEKS) for table, which in FOR_EVER.items())
    admin.execute("RESET session_replication_role")
    return kept + stays


def _repeat(admin: psycopg.Connection[DictRow], table: str, which: str, weeks: int) -> int:
    columns = admin.execute(COLUMNS, (table,)).fetchall()
    statement = sql.SQL(
        "INSERT INTO company.{table} ({names}) OVERRIDING SYSTEM VALUE SELECT {values} FROM company.{table} AS t,"
        " generate_series(1, {weeks}) AS k WHERE {which} ON CONFLICT DO NOTHING"
    ).format(
        table=sql.Identifier(table),
        names=sql.SQL(", ").join(sql.Identifier(column["name"]) for column in columns),
        values=sql.SQL(", ").join(_older(column["name"], column["type"]) for column in columns),
        weeks=sql.Literal(weeks),
        which=sql.SQL(which),
    )
    return admin.execute(statement).rowcount


def _older(name: str, kind: str) -> sql.Composable:
    """The column as it was k weeks before."""
    column = sql.Identifier(name)
    if name == CLEARED:
        return sql.SQL("t.staged_at - k * interval '7 days' + interval '3 days'")
    if kind.startswith("timestamp"):
        return sql.SQL("t.{} - k * interval '7 days'").format(column)
    if kind == "date":
        return sql.SQL("t.{} - k * 7").format(column)
    if kind == "bigint" and (name in IDS or name.endswith("_id")):
        return sql.SQL("t.{} - k::bigint * {}").format(column, sql.Literal(ID_STEP))
    return sql.SQL("t.{}").format(column)
