"""For migrate: winds the database's own clock, so that something outside the fleet watches it.

pg_cron lives in one database of a server. A brain elsewhere, or a server without it, has no such clock, and is told so.
"""

import psycopg

EVERY = "*/5 * * * *"
JOB = "watchbill_database_clock"
COMMAND = "SELECT count(*) FROM company.database_clock()"
KEEP_ZONE = """
INSERT INTO company.switches AS s (switch, value) VALUES ('owner_timezone', %(zone)s)
ON CONFLICT (switch) DO UPDATE SET value = excluded.value, changed_at = company.now(), changed_by = session_user
WHERE s.value <> excluded.value
"""
HAS_CRON = "SELECT to_regnamespace('cron') IS NOT NULL AS has_it"


def keep_owner_zone(connection: psycopg.Connection[dict[str, object]], zone: str) -> None:
    """The owner's night and morning, for what the brain itself must judge; an unknown zone fails here, by its name."""
    connection.execute("SELECT clock_timestamp() AT TIME ZONE %(zone)s::text", {"zone": zone})
    connection.execute(KEEP_ZONE, {"zone": zone})


def wind(connection: psycopg.Connection[dict[str, object]]) -> str:
    """Schedules the check every five minutes as this login; says that, or why not. Never fails a deploy."""
    row = connection.execute(HAS_CRON).fetchone()
    if row is None or not row["has_it"]:
        return "none: pg_cron is not in this database"
    try:
        with connection.transaction():
            connection.execute("SELECT cron.schedule(%s, %s, %s)", (JOB, EVERY, COMMAND))
    except psycopg.Error as error:
        said = str(error).strip().splitlines()
        return f"none: pg_cron refused {connection.info.user}: {said[0] if said else type(error).__name__}"
    return "every 5 minutes, by pg_cron"
