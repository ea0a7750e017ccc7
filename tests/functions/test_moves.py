"""A source's address that has moved: a change of one line by what its answers show, or a question to the owner."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from company.vertical.columns import parse_form
from patchfirst.sources.kev import KEV
from patchfirst.sources.vulncheck import VULNCHECK
from tests.functions.office import Office
from tests.functions.workshop import build_task, change, edition, list_with, tamper, verdicts
from watchbill.cloud.feeds import KEY, FeedFault, ServedResponse

SINCE = datetime.fromisoformat("2026-03-01T00:00:00Z")


@pytest.fixture
def kev(office: Office) -> Iterator[str]:
    """The address of KEV, whose edition is in force."""
    office.works.take_in("kev", edition(17))
    yield office.works.server.url("kev")
    office.works.server.heal("kev")


def _move(office: Office, to: str | None, *, status: int | None = None, times: int = 3) -> None:
    """The publisher moves its file, or removes it, and it is asked so often."""
    office.works.server.plant("kev", FeedFault("moved", SINCE, moved_to=to, status=status))
    office.works.serve_only("kev", edition(18), at="2026-03-10T18:00:00Z")
    for _ in range(times):
        office.works.run("scrape_kev")


def _finding(office: Office) -> dict[str, Any]:
    return office.finding("address_moved")


def test_an_address_that_moved_for_good_on_its_host_becomes_one_line_that_is_proved(office: Office, kev: str) -> None:
    _move(office, "/new", times=2)
    assert office.rows("SELECT FROM company.findings WHERE kind = 'address_moved'") == []
    office.works.run("scrape_kev")
    new = kev.replace("/feeds/", "/new/feeds/")
    asked = office.rows("SELECT moved_to, result FROM company.fetches ORDER BY id DESC LIMIT 3")
    assert {row["moved_to"] for row in asked} == {new}
    assert (_finding(office)["level"], _finding(office)["watcher"]) == ("brief", "scraping_manager")

    office.works.run("check", "promote")
    office.run("scraping_manager")
    payload = build_task(office)["payload"]
    assert (payload["kind"], payload["old"], payload["new"]) == ("address_moved", kev, new)
    assert (payload["answers"], len(payload["evidence"]["sha256"])) == (3, 64)
    office.run("build_worker")
    written = change(office)
    assert [line for line in written["diff"].splitlines() if line[:1] in "+-"][2:] == [f'+_moved = ["{kev} -> {new}"]']
    judged = office.run("build_auditor")

    assert judged["evidence"]["proved"] == 1, change(office)["verdict"]
    shown = change(office)["evidence"]
    assert (shown["failed_without"], shown["passed_with"], shown["rows"], shown["keys_kept"]) == (1, 1, 30, 1.0)
    assert not shown["is_unread"]


def test_what_the_list_says_is_asked_and_the_finding_closes(
    office: Office, kev: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _move(office, "/new")
    new = kev.replace("/feeds/", "/new/feeds/")
    assert KEV.columns is not None
    form = parse_form("kev.toml", KEV.columns.file.read_text() + f'_moved = ["{kev} -> {new}"]\n')
    monkeypatch.setitem(vars(KEV), "columns", replace(KEV.columns, form=form))

    office.works.run("scrape_kev")

    [last] = office.rows("SELECT url, route, moved_to FROM company.fetches ORDER BY id DESC LIMIT 1")
    assert (last["url"], last["route"], last["moved_to"]) == (new, "primary", None)
    assert _finding(office)["closed_at"]


def test_an_address_that_answers_itself_again_has_not_moved(office: Office, kev: str) -> None:
    _move(office, "/new")
    office.run("scraping_manager")
    office.works.server.heal("kev")
    office.works.run("scrape_kev")

    office.run("build_worker")

    assert "answers itself again" in build_task(office)["result"]["showed"]
    assert (_finding(office)["closed_at"] is not None, office.value("SELECT count(*) FROM company.changes")) == (
        True,
        0,
    )


def test_a_stranger_is_the_owners_to_allow_and_her_word_becomes_the_change(office: Office, kev: str) -> None:
    stranger = "https://elsewhere.example"
    _move(office, stranger)
    assert "no list names" in _finding(office)["effect"]

    office.run("scraping_manager")

    assert office.rows("SELECT FROM company.task_queue WHERE mode = 'build'") == []
    [asked] = office.rows("SELECT * FROM company.decisions")
    new = f"{stranger}/feeds/known_exploited_vulnerabilities.json"
    assert asked["question"] == f"kev says that it is at {new} now. Ask it there?"
    assert (asked["default_option"], asked["recommendation"]) == ("no", "no")
    office.answer("follow")
    office.run("scraping_manager")
    assert build_task(office)["payload"]["decision"] == asked["id"]
    office.run("build_worker")
    assert f'+_moved = ["{kev} -> {new}"]' in change(office)["diff"]
    assert "nothing has been read from there yet" in change(office)["reason"]


def test_a_no_leaves_a_stranger_alone(office: Office, kev: str) -> None:
    _move(office, "https://elsewhere.example")
    office.run("scraping_manager")
    office.answer("no")

    office.run("scraping_manager")

    assert office.rows("SELECT FROM company.task_queue WHERE mode = 'build'") == []
    assert office.value("SELECT outcome FROM company.decisions") == "left as it is"


def test_an_address_that_is_gone_and_has_no_other_is_said_with_what_to_do(office: Office, kev: str) -> None:
    _move(office, None, status=410)

    office.run("scraping_manager")

    found = _finding(office)
    assert (found["level"], "is gone" in found["title"]) == ("today", True)
    assert "Set FEED_KEV_URL to an address that answers." in found["answer"]
    assert office.rows("SELECT FROM company.task_queue WHERE mode = 'build'") == []


def test_an_address_that_nothing_leads_to_is_refused_and_never_run(
    office: Office, kev: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To a stranger, with something else, in the place of another: by a worker that followed an order in a feed."""
    monkeypatch.setattr("build_auditor.book.RESERVE_SECONDS", 20.0)
    monkeypatch.setattr("build_auditor.trial.sandbox", lambda *_: pytest.fail("it was run"))
    _move(office, "/new")
    office.works.run("check", "promote")
    office.run("scraping_manager")
    new = kev.replace("/feeds/", "/new/feeds/")
    lines = [
        f'_moved = ["{kev} -> https://elsewhere.example/x"]',
        f'_moved = ["https://a.example/x -> {new}"]',
        f'_moved = ["{kev} -> {new}", "https://a.example/x -> https://elsewhere.example/x"]',
        f'_moved = ["{kev} -> {new}"]\n_spelled = ["dateAdded: day/month/year"]',
    ]
    tamper(office, *map(list_with, lines))
    judged = office.run("build_auditor")

    assert judged["evidence"]["refused"] == len(lines)
    for verdict, said in zip(
        verdicts(office), ("leads to", "leads to", "more than one", "and what is read"), strict=True
    ):
        assert said in verdict


def test_another_query_of_the_same_address_becomes_one_line_that_is_proved(
    office: Office, kev: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = office.works.server.answer

    def wants_a_version(path: str, headers: Mapping[str, str]) -> ServedResponse:
        place, _, query = path.partition("?")
        if "known_exploited" not in place or query == "v=2":
            return answer(place, headers)
        return ServedResponse(308, headers={"Location": f"{place}?v=2"}, source="kev")

    monkeypatch.setattr("watchbill.cloud.feeds.urlsplit", lambda target: SimpleNamespace(path=target))  # with its query
    monkeypatch.setattr(office.works.server, "answer", wants_a_version)
    office.works.serve_only("kev", edition(18), at="2026-03-10T18:00:00Z")
    for _ in range(3):
        office.works.run("scrape_kev")
    office.works.run("check", "promote")
    for role in ("scraping_manager", "build_worker", "build_auditor"):
        office.run(role)

    assert f'+_moved = ["{kev} -> {kev}?v=2"]' in change(office)["diff"]
    assert change(office)["status"] == "proved", change(office)["verdict"]
    assert office.rows("SELECT FROM company.decisions") == []


def _listen(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str | None]]:
    """From now on, of each request: the host that was asked, and the key that came along. The other host wants one."""
    heard: list[tuple[str, str | None]] = []
    answer = office.works.server.answer

    def hears(path: str, headers: Mapping[str, str]) -> ServedResponse:
        host = str(headers.get("Host")).partition(":")[0]
        heard.append((host, headers.get("Authorization")))
        return ServedResponse(401, b"which key?") if host == "localhost" else answer(path, headers)

    monkeypatch.setattr(office.works.server, "answer", hears)
    return heard


def test_a_source_with_a_key_that_moves_to_another_host_is_one_question_and_its_key_stays_at_home(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host is one that its publisher may send a request on to; a key is not sent there all the same."""
    monkeypatch.setitem(vars(VULNCHECK), "hosts", ("localhost",))
    old = office.works.server.url("vulncheck")
    home = office.works.server.base_url.replace("127.0.0.1", "localhost") + "/new"
    office.works.switch("vulncheck", old, key=KEY)
    office.works.server.plant("vulncheck", FeedFault("moved", SINCE, moved_to=home))
    heard = _listen(office, monkeypatch)

    for _ in range(3):
        office.works.run("scrape_exploits")
    for _ in range(2):
        office.run("scraping_manager")

    assert {key for host, key in heard if host == "127.0.0.1" and key} == {f"Bearer {KEY}"}
    assert {key for host, key in heard if host == "localhost"} == {None}
    assert "its key would go to another host" in _finding(office)["effect"]
    [asked] = office.rows("SELECT subject, default_option FROM company.decisions")
    assert (asked["subject"]["moved_from"], asked["default_option"]) == (old, "no")
    assert office.rows("SELECT FROM company.task_queue WHERE mode = 'build'") == []
