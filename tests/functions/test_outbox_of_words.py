"""What a killed fire had recorded of a brief or a post is asked about at ask, as a customer's page is."""

from datetime import UTC, datetime

import pytest

from tests.functions.office import Office
from tests.functions.shop import question, set_level
from tests.pipeline.works import epss_of, kev_of
from tests.support import days
from tests.support.killed_fires import killed_at
from watchbill.cloud.mail import sent_mail, verify_sender


def test_a_brief_that_a_killed_fire_had_recorded_is_asked_about_at_ask(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    days.a_quiet_day(office.works.brain)
    verify_sender(office.works.cloud, "company@example.invalid")
    office.works.brain.set_now(datetime(2026, 3, 12, 6, 49, tzinfo=UTC))
    with killed_at(monkeypatch, "ceo.posting._post"):
        office.run("ceo")
    office.works.fire.close()
    set_level(office, "ask", "brief")

    office.run("ceo")

    assert sent_mail(office.works.cloud) == []
    assert question(office)["question"] == "Mail the brief?"
    office.answer("yes")
    office.run("ceo")
    assert len(sent_mail(office.works.cloud)) == 1


def test_a_post_that_a_killed_fire_had_recorded_is_asked_about_at_ask(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.works.take_in("kev", kev_of(10))
    office.works.take_in("epss", epss_of(10), at="2026-03-10T12:55:00Z")
    office.works.run("link", "score")
    set_level(office, "open", "publish")
    for role in ("content_manager", "content_worker", "content_auditor"):
        office.run(role)
    with killed_at(monkeypatch, "publish.work._put"):
        office.run("publish")
    office.works.fire.close()
    set_level(office, "ask", "publish")

    office.run("publish")

    assert question(office)["question"] == "Publish this post?"
    office.answer("yes")
    assert office.run("publish")["evidence"]["published"] == 1
