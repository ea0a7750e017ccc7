"""Beats that did less than all stand under THE WATCH; two findings about one silent heartbeat are one thing."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from company.pages import org, org_text
from tests.brief.conftest import Write
from tests.support import days
from tests.support.brains import TestBrain

BEAT = """
INSERT INTO company.beats (at, session_id, slots_looked_at, schedules_seen, left_out)
SELECT %(at)s, max(id), 1, 1, %(left_out)s::text[] FROM company.sessions
"""


def _beat(brain: TestBrain, minutes: int, *left_out: str) -> None:
    days.write(brain, BEAT, at=days.BRIEF_AT - timedelta(minutes=minutes), left_out=list(left_out))


def test_the_watch_says_how_many_beats_left_something_out(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    _beat(brain, 20)
    _beat(brain, 15, "wakes: 1 of 3 (ceo)")
    _beat(brain, 10)

    lines = brief().page.section("THE WATCH").lines

    assert "1 of 3 beats did less than all; the last Thu 06:35: wakes: 1 of 3 (ceo)" in lines


def test_the_org_page_says_what_the_last_beat_left_out(brain: TestBrain) -> None:
    days.a_quiet_day(brain)
    _beat(brain, 15, "wakes: 1 of 3 (ceo)")

    page = org_text.render(org.gather(brain.owner, title="Tidewatch", zone=ZoneInfo("UTC")), 112)

    assert "1 beat so far; it left out wakes: 1 of 3 (ceo)" in " ".join(page.split())


def test_whole_beats_need_no_line(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    _beat(brain, 10)

    assert "less than all" not in " ".join(brief().page.section("THE WATCH").lines)


def test_one_silent_heartbeat_is_one_thing_whoever_reports_it(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    for fingerprint in ("beat:heartbeat", "heartbeat late"):
        number = days.finding(brain, "stale_beat", "heartbeat", "heartbeat is late", "ceo", planted=False)
        days.write(
            brain, "UPDATE company.findings SET fingerprint = %(name)s WHERE id = %(id)s", name=fingerprint, id=number
        )

    assert "One heartbeat is silent." in brief().page.verdict
