"""The real pg_cron, on a server that has it; elsewhere test_second_clocks uses a stand-in."""

import psycopg
import pytest

from company.brain.database_clock import COMMAND, PURGE, install_cron_job
from tests.support.brains import TestBrain, run_sql


def test_the_real_pg_cron_takes_the_job_as_migrates_login(brain: TestBrain) -> None:
    admin = brain.as_login("superuser")
    try:
        admin.execute("CREATE EXTENSION pg_cron")
        admin.execute(f"GRANT USAGE ON SCHEMA cron TO {brain.company.migrator}".encode())
    except psycopg.Error as error:
        pytest.skip(f"this server has no pg_cron for this database: {str(error).splitlines()[0]}")

    result = install_cron_job(brain.as_login("migrate"))

    jobs = run_sql(admin, "SELECT username, command, active FROM cron.job ORDER BY jobid")
    assert result == "every 5 minutes, by pg_cron"
    assert jobs == [{"username": brain.company.migrator, "command": one, "active": True} for one in (COMMAND, PURGE)]
    run_sql(brain.as_login("migrate"), PURGE)
