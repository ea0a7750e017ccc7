"""For migrate: installs cron jobs inside the database, so that something outside the fleet watches the fleet.

pg_cron works in one database of a server. Where it does not work, migrate says so.
"""

import psycopg

EVERY = "*/5 * * * *"
JOB = "watchbill_database_clock"
COMMAND = "SELECT count(*) FROM company.database_clock()"
PURGE_JOB = "watchbill_purge_of_cron"
PURGE_AT = "17 3 * * *"
PURGE = "DELETE FROM cron.job_run_details WHERE coalesce(end_time, start_time) < now() - interval '7 days'"
"""pg_cron keeps a row of each run for ever: 288 a day of ours. By its own clock, and only this login's rows."""
JOBS = ((JOB, EVERY, COMMAND), (PURGE_JOB, PURGE_AT, PURGE))
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
    """Schedules the check every five minutes as this login, and the purge of what pg_cron keeps of its runs.

    Returns what was done or why not; fails no deploy.
    """
    row = connection.execute(HAS_CRON).fetchone()
    if row is None or not row["has_it"]:
        return "none: pg_cron is not in this database"
    try:
        with connection.transaction():
            for job in JOBS:
                connection.execute("SELECT cron.schedule(%s, %s, %s)", job)
    except psycopg.Error as error:
        lines = str(error).strip().splitlines()
        return f"none: pg_cron refused {connection.info.user}: {lines[0] if lines else type(error).__name__}"
    return "every 5 minutes, by pg_cron"
