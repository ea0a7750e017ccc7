"""One mistake: made on Monday and Tuesday, a lesson on Tuesday night, fixed on Wednesday, gone by Friday."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest

from company.fire.fire import Fire
from tests.functions.office import Office
from watchbill.cloud.mail import verify_sender

MONDAY = 9
"""Of March 2026."""
SENDER = "company@example.invalid"
LESSONS = "SELECT retired_at, retired_because FROM company.lessons"
PAGE = "SELECT content FROM company.brain WHERE file_key = 'MEMORY_CEO'"
RECURRENCE = "SELECT times_before, times_after, last_at, done_at FROM company.lesson_recurrence WHERE role = 'ceo'"


@dataclass
class Week:
    """Fires of the real books at the hours of their schedules."""

    office: Office

    def fire(self, role: str, day: int, hour: int, minute: int = 0) -> dict[str, Any]:
        works = self.office.works
        works.brain.set_now(datetime(2026, 3, day, hour, minute, tzinfo=UTC))
        self.office.fired += 1
        container = works.fire.container(
            role, cloud=works.cloud, bucket="found", mail_from=SENDER, schedule_group="office"
        )
        return works.fire(role, container=container, request_id=f"week-{self.office.fired}")

    def ceo_fails(self, day: int) -> None:
        """Its morning's fire and one more: what the last deploy brought cannot make the brief's pages."""
        with patch("ceo.writing.keep_pages", side_effect=LookupError("HeadingIsMissing")):
            for minute in (50, 52):
                with pytest.raises(LookupError, match="HeadingIsMissing"):
                    self.fire("ceo", day, 6, minute)

    def quiet_day(self, day: int) -> None:
        """The CEO's other fires, and those of the build roles."""
        for hour in (12, 18):
            self.fire("ceo", day, hour, 50)
        self.fire("build_manager", day, 19)
        self.fire("build_worker", day, 21)


@pytest.fixture
def week(office: Office) -> Iterator[Week]:
    verify_sender(office.works.cloud, SENDER)
    office.works.cloud.client("s3").create_bucket(Bucket="found")
    yield Week(office)


def test_a_mistake_of_monday_and_tuesday_is_gone_by_friday(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    office = week.office
    for day in (MONDAY, MONDAY + 1):
        week.ceo_fails(day)
        week.quiet_day(day)
        night = week.fire("memory_worker", day + 1, 3)
    assert night["evidence"]["root_causes"] == 1
    assert "L-1, 4 times, last Tue 10 Mar" in office.value(PAGE)

    read = _boots_reading(week, monkeypatch, MONDAY + 2)
    assert "HeadingIsMissing" in read["MEMORY_CEO"]
    week.quiet_day(MONDAY + 2)
    [cause] = office.rows("SELECT status, result FROM company.task_queue WHERE payload ->> 'kind' = 'root_cause'")
    assert cause["status"] == "complete"
    assert cause["result"]["showed"].startswith("made 4 times, last Tue 06:52, and not in the 5 fires since")

    for day in (MONDAY + 3, MONDAY + 4):
        week.fire("memory_worker", day, 3)
        audit = week.fire("memory_auditor", day, 5, 30)
        week.fire("ceo", day, 6, 50)
        week.quiet_day(day)
    assert audit["outcome"] == "done"
    _is_gone(office)


def _is_gone(office: Office) -> None:
    """From the page, by the count, and in Friday's brief."""
    [lesson] = office.rows(LESSONS)
    assert lesson["retired_because"] == "its root cause (task 1) is done, and 3 fires went without it"
    assert "L-1" not in office.value(PAGE)
    [counted] = office.rows(RECURRENCE)
    assert (counted["times_before"], counted["times_after"]) == (4, 0)
    brief = office.value("SELECT body FROM company.briefs ORDER BY brief_date DESC LIMIT 1")
    assert "root cause 1 (ceo, crashed" in brief
    assert "day 3 without it, 4 times before" in brief


def _boots_reading(week: Week, monkeypatch: pytest.MonkeyPatch, day: int) -> dict[str, str]:
    """The pages that the CEO read at its morning's boot."""
    seen: dict[str, str] = {}
    use = Fire.use_named

    def look(fire: Fire, name: str, arguments: Mapping[str, Any]) -> Any:
        seen.update(fire.pages)
        return use(fire, name, arguments)

    with monkeypatch.context() as patched:
        patched.setattr(Fire, "use_named", look)
        week.fire("ceo", day, 6, 50)
    return seen
