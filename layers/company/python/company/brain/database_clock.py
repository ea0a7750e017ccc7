"""For migrate: installs a cron job inside the database, so that something outside the fleet watches the fleet.

pg_cron works in one database of a server. Where it does not work, migrate says so.
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
    """Stores the owner's time zone, by which the brain decides what is night; an unknown zone fails here."""
    connection.execute("SELECT clock_timestamp() AT TIME ZONE %(zone)s::text", {"zone": zone})
    connection.execute(KEEP_ZONE, {"zone": zone})


def install_cron_job(connection: psycopg.Connection[dict[str, object]]) -> str:
    """Schedules the check every five minutes as this login; returns what was done or why not. Fails no deploy."""
    row = connection.execute(HAS_CRON).fetchone()
    if row is None or not row["has_it"]:
        return "none: pg_cron is not in this database"
    try:
        with connection.transaction():
            connection.execute("SELECT cron.schedule(%s, %s, %s)", (JOB, EVERY, COMMAND))
    except psycopg.Error as error:
        lines = str(error).strip().splitlines()
        return f"none: pg_cron refused {connection.info.user}: {lines[0] if lines else type(error).__name__}"
    return "every 5 minutes, by pg_cron"
