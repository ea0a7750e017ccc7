"""Routes: which is next, when one rests, and that its health is computed from its answers alone."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.pipeline.works import Works, kev_of
from tests.support.refusals import NO_RIGHT, refused

UNREACHABLE = "http://127.0.0.1:9/list"


def _route(works: Works, route: str = "primary") -> dict[str, Any]:
    (row,) = works.rows("SELECT * FROM company.route_state WHERE source = 'kev' AND route = %(route)s", route=route)
    return row


def _fetches(works: Works) -> list[tuple[str, str, str]]:
    rows = works.rows("SELECT route, choice, result FROM company.fetches ORDER BY id")
    return [(row["route"], row["choice"], row["result"]) for row in rows]


@pytest.fixture
def two_routes(works: Works, monkeypatch: pytest.MonkeyPatch) -> Works:
    """A publisher that nobody reaches, and a mirror that serves."""
    routes = [("primary", UNREACHABLE), ("fallback 1", works.server.url("kev"))]
    monkeypatch.setattr("company.pipeline.asking.routes.known_routes", lambda fire, source: routes)
    monkeypatch.setattr("company.pipeline.asking.fetch.time.sleep", lambda seconds: None)
    works.serve("kev", kev_of(30))
    return works


def test_a_mirror_is_asked_when_the_publisher_does_not_answer(two_routes: Works) -> None:
    (fire,) = two_routes.run("scrape_kev")

    assert (fire["outcome"], fire["evidence"]["rows"]) == ("done", 30)
    assert _fetches(two_routes) == [("primary", "first in order", "failed"), ("fallback 1", "after primary", "new")]


def test_a_mirror_for_which_no_time_is_left_is_not_asked_and_has_not_failed(
    two_routes: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = "company.money.budget.FireBudget.seconds_left"
    monkeypatch.setattr(left, lambda budget: 60.0 - 100 * len(_fetches(two_routes)))

    (fire,) = two_routes.run("scrape_kev")

    assert [(route, result) for route, _, result in _fetches(two_routes)] == [("primary", "failed")]
    assert (fire["outcome"], fire["reason"]) == ("failed", "the seconds of this fire are spent")


def test_after_three_failures_a_route_rests_and_the_choice_shows_it(two_routes: Works) -> None:
    two_routes.run("scrape_kev", "scrape_kev", "scrape_kev")

    two_routes.run("scrape_kev")

    assert (_route(two_routes)["state"], _route(two_routes)["failures"]) == ("open", 3)
    route, choice, result = _fetches(two_routes)[-1]
    assert (route, result) == ("fallback 1", "not_modified")
    assert "primary rests until" in choice
    assert len(_fetches(two_routes)) == 7


def test_a_resting_route_is_tried_once_and_rests_longer_after_another_failure(two_routes: Works) -> None:
    two_routes.run("scrape_kev", "scrape_kev", "scrape_kev")
    two_routes.brain.wait(hours=1)

    two_routes.run("scrape_kev")

    assert ("primary", "a trial after 3 failures", "failed") in _fetches(two_routes)
    row = _route(two_routes)
    assert row["open_until"] - row["last_asked_at"] == timedelta(hours=2)


def test_one_good_answer_closes_the_breaker(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("company.pipeline.asking.fetch.time.sleep", lambda seconds: None)
    works.serve("kev", b"<html>no</html>")
    for n in range(3):
        works.serve_only("kev", b"<html>%d</html>" % n)
        works.run("scrape_kev")
    assert _route(works)["state"] == "open"

    works.brain.wait(hours=1)
    works.take_in("kev", kev_of(30))

    assert (_route(works)["state"], _route(works)["failures"], _route(works)["last_status"]) == ("closed", 0, 200)


def test_when_every_route_rests_the_machine_skips_and_reports_until_when(works: Works) -> None:
    for n in range(3):
        works.serve_only("kev", b"<html>%d</html>" % n)
        works.run("scrape_kev")

    (fire,) = works.run("scrape_kev")

    assert fire["outcome"] == "skipped"
    assert "primary rests until" in fire["reason"]


def test_an_edition_that_is_not_there_yet_is_no_failure_of_its_route(works: Works) -> None:
    works.run("scrape_cves")

    rows = works.rows("SELECT failures, last_result FROM company.routes")
    assert {(row["failures"], row["last_result"]) for row in rows} == {(0, "not_yet")}


def test_an_open_breaker_without_a_failure_is_refused(works_at_rest: Works) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="only_a_failing_route_is_open"):
        works_at_rest.brain.admin.execute(
            "INSERT INTO company.routes (source, route, last_asked_at, last_result, open_until)"
            " VALUES ('kev', 'x', company.now(), 'new', company.now())"
        )


@pytest.mark.parametrize("role", ["scrape_kev", "scraping_manager", "data_auditor", "owner"])
def test_nobody_writes_a_routes_health_by_hand(works_at_rest: Works, role: str) -> None:
    with refused(NO_RIGHT):
        works_at_rest.brain.sql(role, "UPDATE company.routes SET failures = 0, open_until = NULL")
    with refused(NO_RIGHT):
        works_at_rest.brain.sql(role, "SELECT company.note_route('kev', 'primary', 'new', 200, 1, true)")


def test_only_scraping_worker_records_probes(works_at_rest: Works) -> None:
    probe = {"source": "kev", "route": "primary", "url": "x", "status_code": 200, "size": 1, "ms": 1, "worked": True}

    with refused("routes_are_probed_by_scraping_worker"):
        works_at_rest.brain.as_role("data_worker").run("record_probe", **probe, reason=None, session_id=None)
