"""lookup: answers only who has a key, as often as the key may ask, and in the form that its document states."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from company.api import Strangers, respond
from company.api.keys import give_key
from company.api.strangers import MOST_ADDRESSES
from company.errors import BrainUnreachable
from company.json_values import JsonObject
from company.log import make_log
from tests.contracts.repository import ROOT
from tests.support.asked_api import LISTED, Api, fill
from tests.support.brains import Company, brain_of
from tests.support.refusals import NO_RIGHT, refused

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def api(template_brain: Company) -> Iterator[Api]:
    """A brain with one listed CVE and changes of three moments, for the whole module."""
    with brain_of(template_brain) as brain:
        fill(brain)
        yield Api(brain)


def _body(answer: JsonObject) -> Any:
    return json.loads(answer["body"])


def test_a_good_key_gets_the_whole_answer_and_its_etag_saves_the_next(api: Api) -> None:
    answer = api.ask(f"/v1/cve/{LISTED.lower()}")

    assert (answer["statusCode"], answer["headers"]["content-type"]) == (200, "application/json")
    assert (_body(answer)["cve"], _body(answer)["listing"]["vendor"]) == (LISTED, "Osterlume")
    tag = answer["headers"]["etag"]
    for sent in (tag, f'"other", {tag}', tag.removeprefix("W/")):
        again = api.ask(f"/v1/cve/{LISTED.lower()}", headers={"if-none-match": sent})
        assert (again["statusCode"], again["body"], again["headers"]["etag"]) == (304, "", tag)
    assert api.ask(f"/v1/cve/{LISTED.lower()}", headers={"if-none-match": '"x"'})["statusCode"] == 200


@pytest.mark.parametrize("path", [f"/v1/cve/{LISTED}", "/v1/changes", "/", "/v1/cve/", "/favicon.ico"])
@pytest.mark.parametrize("key", ["", "wbk_aaaaaaaaaaaa_" + "A" * 43, "x' OR true --", "\u00e9" * 50], ids=range(4))
def test_without_a_good_key_nothing_is_shown(api: Api, path: str, key: str) -> None:
    answer = api.ask(path, key=key, site=api.new_site())

    assert (answer["statusCode"], answer["headers"]["www-authenticate"]) == (401, "Bearer")
    assert answer["headers"]["content-type"] == PROBLEM
    assert set(_body(answer)) == {"type", "title", "status", "detail"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/cve/CVE-2025-99999", 404),
        ("/v1/cve/CVE-2025-1", 422),
        ("/v1/cve/" + quote("cve\u20112025\u201190001"), 200),
        ("/v1/cve/cve\u20112025\u201190001", 200),
        ("/v1/cve/" + "9" * 5000, 422),
        ("/v1/cve/" + quote("\u0000CVE\u0000"), 422),
        ("/v1/cve/a/b", 404),
        ("/v1/nothing", 404),
        ("/v2/cve/CVE-2025-90001", 404),
    ],
)
def test_each_kind_of_wrong_address_has_its_answer(api: Api, path: str, status: int) -> None:
    answer = api.ask(path)

    assert answer["statusCode"] == status, answer["body"]
    assert status == 200 or answer["headers"]["content-type"] == PROBLEM


@pytest.mark.parametrize(
    "query",
    [
        {"since": "yesterday"},
        {"since": "2026-13-01T00:00:00Z"},
        {"since": "0001-01-01T00:00:00+14:00"},
        {"since": "1"},
        {"limit": "0"},
        {"limit": "1001"},
        {"limit": "many"},
        {"cursor": "x"},
        {"cursor": "bnVsbA"},
        {"cursor": "WzEsMiwzLDQsNV0"},
        {"cursor": "A" * 3000},
        {"since": ""},
        {"cursor": ""},
        {"limit": ""},
        {"limit": [1, 2]},
    ],
)
def test_what_cannot_be_read_is_named(api: Api, query: dict[str, Any]) -> None:
    answer = api.ask("/v1/changes", **query)

    assert answer["statusCode"] == 422, answer["body"]
    assert next(iter(query)) in _body(answer)["detail"]


def test_pages_of_changes_follow_each_other_whatever_comes_meanwhile(api: Api) -> None:
    whole = _body(api.ask("/v1/changes", since="2026-03-09T00:00:00Z"))
    assert [(change["at"][11:16], change["cve"][-2:]) for change in whole["changes"]] == [
        ("01:00", "03"), ("01:00", "04"), ("04:00", "05"), ("04:00", "06")
    ]  # fmt: skip
    assert whole["has_more"] is False

    seen, page = [], _body(api.ask("/v1/changes", since="2026-03-09T00:00:00Z", limit=1))
    while page["has_more"]:
        seen += page["changes"]
        page = _body(api.ask("/v1/changes", cursor=page["next_cursor"], limit=1))
    assert [*seen, *page["changes"]] == whole["changes"]
    assert _body(api.ask("/v1/changes", since=whole["until"]))["changes"] == []


def test_the_last_quarter_of_an_hour_is_left_to_the_next_call(template_brain: Company) -> None:
    with brain_of(template_brain) as brain:
        fill(brain)
        brain.set_now(brain.now().replace(hour=4, minute=14))
        api = Api(brain)
        early = _body(api.ask("/v1/changes"))
        brain.wait(minutes=1)
        late = _body(api.ask("/v1/changes", since=early["until"]))

    assert [change["at"][11:16] for change in early["changes"]] == ["01:00", "01:00"]
    assert [change["at"][11:16] for change in late["changes"]] == ["04:00", "04:00"]


def test_a_parameter_that_nothing_reads_is_refused_with_those_there_are(api: Api) -> None:
    past, misspelt = api.ask(f"/v1/cve/{LISTED}", as_of="2026-03-11"), api.ask("/v1/changes", sinse="2026-03-11")

    assert (past["statusCode"], past["headers"]["content-type"]) == (422, PROBLEM), "today's answer is to no past day"
    assert _body(past)["detail"] == "as_of: there is no such parameter here; there are: none"
    assert _body(misspelt)["detail"].endswith("there are: since, cursor, limit")


def test_nothing_is_written_by_any_method(api: Api) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "X"):
        answer = api.ask(f"/v1/cve/{LISTED}", method=method)
        assert answer["statusCode"] == (200 if method == "get" else 405), method
        assert not [name for name in answer["headers"] if name.startswith("access-control")]
    head = api.ask(f"/v1/cve/{LISTED}", method="HEAD")
    assert (head["statusCode"], head["body"], head["headers"]["content-type"]) == (200, "", "application/json")


def test_a_key_past_its_rate_waits_and_a_paused_customer_is_refused(api: Api) -> None:
    name, key = give_key(api.brain.owner, "Alder", 2)
    statuses = [api.ask(f"/v1/cve/{LISTED}", key=key) for _ in range(3)]

    assert [answer["statusCode"] for answer in statuses] == [200, 200, 429]
    assert statuses[2]["headers"]["retry-after"] == "30"
    assert api.ask(f"/v1/cve/{LISTED}", key=key, site=api.new_site(is_limited=False))["statusCode"] == 200
    api.brain.owner.run("pause_customer", name="Alder", rests=True)
    assert api.ask(f"/v1/cve/{LISTED}", key=key)["statusCode"] == 403
    api.brain.owner.run("pause_customer", name="Alder", rests=False)
    api.brain.owner.run("end_customer_key", key_id=name)
    assert api.ask(f"/v1/cve/{LISTED}", key=key)["statusCode"] == 401


def test_a_flood_of_bad_keys_costs_the_brain_nothing_and_stops_no_other_address(api: Api) -> None:
    asked: list[str] = []

    def brain() -> Any:
        asked.append("brain")
        return api.brain.as_role("lookup")

    site = api.new_site(brain=brain, strangers=Strangers(per_minute=5, stopwatch=lambda: 61.0))
    bad = "wbk_aaaaaaaaaaaa_" + "A" * 43
    answers = [api.ask("/v1/changes", key=bad, site=site)["statusCode"] for _ in range(50)]

    assert answers == [401] * 5 + [429] * 45
    assert len(asked) == 5
    strangers = Strangers(per_minute=1, stopwatch=lambda: 61.0)
    assert [strangers.count(f"10.0.{n}") for n in range(2 * MOST_ADDRESSES)] == [0] * 2 * MOST_ADDRESSES
    assert len(strangers._counts) == MOST_ADDRESSES


def test_no_key_and_no_address_is_logged(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    # Powertools keeps each logger with its first output.
    site = api.new_site(log=make_log("lookup_of_this_test"))
    for key in (api.key, api.key[:-1] + "_"):
        api.ask(f"/v1/cve/{LISTED}", key=key, site=site)

    logged = capsys.readouterr().out
    assert logged.count("answered") == 2
    assert api.key[-43:-1] not in logged and LISTED not in logged and api.name not in logged


def test_a_brain_that_is_away_is_a_503_and_our_error_a_500(api: Api) -> None:
    def away() -> Any:
        raise BrainUnreachable("password authentication failed for lookup")

    def broken() -> Any:
        raise KeyError("secret")

    for failing, status in ((away, 503), (broken, 500)):
        answer = api.ask("/v1/changes", site=api.new_site(brain=failing))
        assert answer["statusCode"] == status
        assert "password" not in answer["body"] and "secret" not in answer["body"]


@pytest.mark.parametrize("event", [{}, {"requestContext": None}, {"requestContext": {"http": {}}}, [], None])
def test_what_is_no_request_is_a_400(api: Api, event: Any) -> None:
    assert respond(api.site, event)["statusCode"] == 400


def test_the_document_in_docs_is_the_one_that_is_served(api: Api) -> None:
    served = api.ask("/v1/openapi.json", key="")

    kept = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert _body(served) == kept, "write it again: watchbill api --document > docs/openapi.json"
    assert set(kept["paths"]) == {"/v1/cve/{cve}", "/v1/changes", "/v1/handled", "/v1/health"}
    told = [way["responses"]["422"]["content"] for path in kept["paths"].values() for way in path.values()]
    assert [list(content) for content in told] == [[PROBLEM]] * 4


def _post(api: Api, body: object, **more: Any) -> JsonObject:
    sent = body if isinstance(body, str) else json.dumps(body)
    headers = {"content-type": "application/json", **more.pop("headers", {})}
    return api.ask("/v1/handled", method="POST", body=sent, headers=headers, **more)


def _marks(api: Api) -> list[tuple[str, str, str]]:
    rows = api.brain.sql("owner", "SELECT entity, by_whom, note FROM company.handled ORDER BY id")
    return [(row["entity"], row["by_whom"], row["note"]) for row in rows]


def test_a_program_marks_what_its_customer_has_handled_as_their_link_does(template_brain: Company) -> None:
    with brain_of(template_brain) as brain:
        fill(brain)
        _require_marks(Api(brain))


def _require_marks(api: Api) -> None:
    since = "2026-03-09T00:00:00Z"
    tag = api.ask("/v1/changes", since=since)["headers"]["etag"]
    first = _post(api, {"cve": "cve\u20112025\u201190003", "note": "patched\tby \x1b[1mus"})
    again = _post(api, {"cve": "CVE-2025-90003"})

    assert (first["statusCode"], _body(first)) == (200, {"cve": "CVE-2025-90003", "is_new": True})
    assert (again["statusCode"], _body(again)) == (200, {"cve": "CVE-2025-90003", "is_new": False})
    assert _marks(api) == [("CVE-2025-90003", "customer", "patched by [1mus")]
    changed = api.ask("/v1/changes", since=since, headers={"if-none-match": tag})
    assert changed["statusCode"] == 200 and "CVE-2025-90003" not in changed["body"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"cve": "CVE-2031-0001"}, 404),
        ({"cve": "GHSA-1111-1111-1111"}, 422),
        ({"cve": LISTED, "note": "x" * 501}, 422),
        ({"cve": LISTED, "customer": 2}, 422),
        ({"cve": [LISTED]}, 422),
        ({}, 422),
        ([], 422),
        ("", 422),
        ("{", 422),
        ("null", 422),
        (f'{{"cve": "{LISTED}", "cve": "CVE-2025-90004"}}', 422),
        ({"cve": LISTED, "note": "x" * 20_000}, 413),
    ],
)
def test_a_mark_that_cannot_be_made_says_why_and_leaves_nothing(api: Api, body: object, status: int) -> None:
    before = _marks(api)

    answer = _post(api, body)

    assert (answer["statusCode"], answer["headers"]["content-type"]) == (status, PROBLEM), answer["body"]
    assert _marks(api) == before


def test_a_mark_needs_a_good_key_json_and_a_post(api: Api) -> None:
    mark = {"cve": LISTED}

    assert _post(api, mark, key="", site=api.new_site())["statusCode"] == 401
    assert _post(api, mark, headers={"content-type": "text/plain"})["statusCode"] == 415
    read = api.ask("/v1/handled")
    assert (read["statusCode"], read["headers"]["allow"]) == (405, "POST")
    assert api.ask("/v1/changes", method="POST")["headers"]["allow"] == "GET, HEAD"
    with refused("one_asks_by_a_good_key"):
        api.brain.as_role("lookup").value("handle_by_key", key_id="aaaaaaaaaaaa", entity=LISTED, note="")
    with refused(NO_RIGHT):
        api.brain.as_role("deliver").value("handle_by_key", key_id=api.name, entity=LISTED, note="")
    assert LISTED not in str(_marks(api))
