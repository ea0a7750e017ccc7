"""Stored titles hold no time of day; every other stored text has its times in the owner's zone, never in UTC."""

import re
from datetime import timedelta

import pytest

from company.owner.alert_wording import AlertFacts, body_of, subject_of
from tests.brain.test_spent_day import refuse
from tests.functions.office import Office
from tests.pipeline.works import epss_of
from tests.support.acts import close_session, session_of
from tests.support.brains import MORNING, run_sql
from tests.support.staff import staff

ZONE = "Pacific/Auckland"
"""Thirteen hours ahead in March: no time of day of the test's hours is the same there and in UTC."""
ALL = tuple(role for role, record in sorted(staff().items()) if record.schedule)
WATCHERS = ("flow_check", "org_page", "data_manager", "scraping_manager", "data_auditor", "schedule_auditor", "ceo")
TIME_OF_DAY = re.compile(r"(?<![\d:])([01]\d|2[0-3]):[0-5]\d(?![\d:])")
OWNER_ZONE = """
INSERT INTO company.switches VALUES ('owner_timezone', %(zone)s) ON CONFLICT (switch) DO UPDATE SET value = %(zone)s
"""
TITLES = """
SELECT title AS text FROM company.findings UNION ALL SELECT resolution FROM company.findings
UNION ALL SELECT title FROM company.task_queue UNION ALL SELECT question FROM company.decisions
"""
TEXTS = """
SELECT effect AS text FROM company.findings UNION ALL SELECT answer FROM company.findings
UNION ALL SELECT background FROM company.decisions UNION ALL SELECT outcome FROM company.decisions
UNION ALL SELECT body FROM company.inbox UNION ALL SELECT answer FROM company.inbox
UNION ALL SELECT reason FROM company.slots
"""

ALERTS = "SELECT id, kind, level, facts, finding_id, decision_id, tries FROM company.alerts ORDER BY id"


@pytest.fixture
def bad_day(office: Office) -> Office:
    """A company of an owner far from UTC, on a morning on which much fails and some of it works again."""
    office.owner_timezone, brain = ZONE, office.works.brain
    run_sql(brain.as_login("migrate"), OWNER_ZONE, zone=ZONE)
    office.deploy(*ALL)
    office.works.take_in("epss", epss_of(50))
    office.run("heartbeat")
    office.mute("check")
    refuse(brain, 0.015)
    for role in ("data_worker", "promote"):
        brain.wait(minutes=1)
        session = session_of(brain, role, schedule=role, due_at=brain.now().replace(second=0))
        close_session(brain, role, session, "failed", reason="503 from the route")
    office.run("scrape_kev", minutes=20)
    for _ in range(4):
        office.run("heartbeat", hours=1)
        brain.owner.all("run_database_clock")
    for role in WATCHERS:
        office.run(role)
    brain.wait(minutes=40)
    brain.owner.all("run_database_clock")
    office.unmute("check")
    brain.owner.run("set_spending_limit", whose="company", unit="usd", most=5)
    for role in ("heartbeat", *WATCHERS, "heartbeat"):
        office.run(role, minutes=5)
    return office


def texts(office: Office, query: str) -> list[str]:
    return [row["text"] for row in office.rows(query) if row["text"]]


def all_alerts(office: Office) -> list[AlertFacts]:
    return [AlertFacts(**row) for row in office.rows(ALERTS)]


def test_no_title_holds_a_time_and_no_text_holds_one_of_utc(bad_day: Office) -> None:
    kinds = {row["kind"] for row in bad_day.rows("SELECT kind FROM company.findings")}
    ended = bad_day.value("SELECT company.now() AS now")
    alerts = all_alerts(bad_day)
    titles = [*texts(bad_day, TITLES), *(subject_of(alert) for alert in alerts)]
    others = [*texts(bad_day, TEXTS), *(body_of(alert, ZONE) for alert in alerts)]

    hours = {(MORNING + timedelta(hours=n)).hour for n in range(int((ended - MORNING).total_seconds() // 3600) + 1)}
    in_utc = [text for text in others if any(int(found[1]) in hours for found in TIME_OF_DAY.finditer(text))]
    assert [text for text in titles if TIME_OF_DAY.search(text)] == []
    assert (in_utc, any(TIME_OF_DAY.search(text) for text in others)) == ([], True)
    assert kinds >= {"missed", "failed", "muted", "deaf", "lost_retry", "budget_spent", "not_flowing", "stale_beat"}
