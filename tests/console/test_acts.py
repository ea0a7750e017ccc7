"""What the owner does by the console's forms is done once and said; what cannot be taken back is asked once more."""

import json
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import pytest

from company.api.keys import find_key
from company.console.site import Staffing
from company.vertical import load
from tests.support import days
from tests.support.brains import TestBrain
from tests.support.consoles import Visitor, form_key, site_over

CUSTOMER = "/customers/1"
ASKS_AGAIN = (
    (CUSTOMER, "/customers/key", {"customer": "1", "per_minute": "60", "rotate": "yes"}),
    (CUSTOMER, "/customers/end-key", {"customer": "1", "key": "abcdefghijkl"}),
    ("/B-1", "/batches/undo", {"batch": "1", "reason": "its bytes are wrong"}),
    ("/roles/data_worker", "/roles/retire", {"role": "data_worker"}),
)
COUNTS = """SELECT (SELECT count(*) FROM company.console_acts) AS acts, (SELECT count(*) FROM company.customer_keys) AS
  keys, (SELECT string_agg(status, ' ') FROM company.batches) AS batches"""


@pytest.fixture(scope="module")
def done() -> list[object]:
    """What the checkout was asked to do."""
    return []


@pytest.fixture(scope="module")
def visitor(company_brain: TestBrain, done: list[object]) -> Visitor:
    """The same as elsewhere, with a checkout beside it and the product that is sold."""

    def hire(wanted: Mapping[str, str]) -> str:
        done.append(dict(wanted))
        return f"Nothing was done: {wanted['role']} exists already."

    def retire(role: str, hands_over: bool) -> str:
        done.append((role, hands_over))
        return f"{role} is retired from the next deploy on."

    site = site_over(company_brain, staffing=Staffing(hire, retire), vertical=load("patchfirst"))
    return Visitor(site).log_in()


def _confirmed(visitor: Visitor, page: str, to: str, /, **given: str) -> Any:
    """Sends a form, then the one that asks once more, as it stands on the page."""
    body = visitor.send(page, to, **given)["body"]
    fields = re.findall(
        r'<input type="hidden" name="(\w+)" value="([^"]*)">', body.split("Nothing is done yet")[1].split("</main>")[0]
    )
    hidden = {name: unescape(value) for name, value in fields if name != "username"}
    assert hidden["sure"] == "yes" and hidden["form_key"] == form_key(body, to)
    return visitor.post(to, **hidden)


@pytest.mark.parametrize(("page", "to", "fields"), ASKS_AGAIN, ids=[to for _, to, _ in ASKS_AGAIN])
def test_what_cannot_be_taken_back_is_asked_once_more_and_nothing_is_done(
    company_brain: TestBrain, visitor: Visitor, done: list[object], page: str, to: str, fields: dict[str, str]
) -> None:
    if to == "/customers/end-key":
        _ = visitor.send(CUSTOMER, "/customers/key", customer="1", per_minute="60")
    before, asked = days.write(company_brain, COUNTS), list(done)

    answer = visitor.send(page, to, **fields)

    assert answer["statusCode"] == 200 and "Nothing is done yet." in answer["body"]
    assert days.write(company_brain, COUNTS) == before and done == asked


def test_a_key_is_shown_once_and_kept_nowhere(company_brain: TestBrain, visitor: Visitor) -> None:
    form = {"form_key": form_key(visitor.get("/customers/2")["body"], "/customers/key"), "customer": "2"}
    made = visitor.post("/customers/key", per_minute="7", **form)
    again = visitor.post("/customers/key", per_minute="7", **form)
    whole = re.findall(r"wbk_[a-z0-9]{12}_[\w-]{43}", made["body"])[0]
    name = whole.split("_")[1]

    kept = str(company_brain.as_login("superuser").execute("SELECT * FROM company.console_acts").fetchall())
    assert (made["statusCode"], again["statusCode"]) == (200, 409)
    assert find_key(company_brain.as_role("lookup"), whole) is not None
    assert name in kept and whole not in kept and whole.rsplit("_", 1)[1] not in kept
    assert whole not in visitor.get("/customers/2")["body"] and name in visitor.get("/customers/2")["body"]

    ended = visitor.follow(_confirmed(visitor, "/customers/2", "/customers/end-key", customer="2", key=name))
    assert f"{name} opens nothing any more" in ended
    assert find_key(company_brain.as_role("lookup"), whole) is None


def test_a_held_batch_is_decided_by_the_owner(company_brain: TestBrain, visitor: Visitor) -> None:
    days.write(company_brain, "UPDATE company.batches SET status = 'held', promoted_at = NULL, reason = 'few rows.'")

    said = visitor.follow(
        _confirmed(visitor, "/B-1", "/batches/decide", batch="1", verdict="refuse", reason="too few rows")
    )

    [batch] = company_brain.sql("owner", "SELECT status, decided_by, reason FROM company.batches")
    assert "B-1</a> is refused: it is never promoted" in said
    assert batch == {"status": "refused", "decided_by": "console", "reason": "too few rows"}
    days.write(
        company_brain, "UPDATE company.batches SET status = 'promoted', promoted_at = staged_at, decided_by = NULL"
    )


def test_hiring_says_what_really_happened(visitor: Visitor, done: list[object]) -> None:
    said = visitor.follow(visitor.send("/hire", "/hire", role="data_worker", like="data_worker", schedule=""))

    assert '<p class="done bad" role="status">Nothing was done:' in said
    assert done[-1] == {"role": "data_worker", "like": "data_worker"}


def test_retiring_hands_over_what_the_page_says(visitor: Visitor, done: list[object]) -> None:
    answer = _confirmed(visitor, "/roles/data_manager", "/roles/retire", role="data_manager", hand_over="yes")

    assert "is retired from the next deploy on" in visitor.follow(answer)
    assert done[-1] == ("data_manager", True)


def test_a_console_without_a_checkout_says_where_one_hires(company_brain: TestBrain) -> None:
    elsewhere = Visitor(site_over(company_brain)).log_in()

    page = elsewhere.get("/hire")["body"]

    assert "watchbill hire ROLE --like NEIGHBOUR" in page and 'action="/hire"' not in page
    assert 'action="/roles/retire"' not in elsewhere.get("/roles/data_worker")["body"]


def test_tests_of_auditors_are_switched(company_brain: TestBrain, visitor: Visitor) -> None:
    on = visitor.follow(visitor.send("/settings", "/settings/tests", value="on"))
    off = visitor.follow(visitor.send("/settings", "/settings/tests", value="off"))
    wrong = visitor.send("/settings", "/settings/tests", value="of")

    assert "each auditor is tested" in on and "No test is planted any more" in off
    assert wrong["statusCode"] == 409
    assert company_brain.owner.value("tests_are_planted") is False


def test_names_that_nothing_has_are_asked_back_before_a_customer_is_taken(
    company_brain: TestBrain, visitor: Visitor
) -> None:
    fields = {"name": "Newcomer", "email": "a@b.example", "kind": "brief"}
    wanted = json.dumps({"vendors": ["no such maker"]})
    count = "SELECT count(*) AS n FROM company.customers WHERE name = 'Newcomer'"

    days.write(company_brain, "INSERT INTO company.names VALUES ('vendor', 'Marlowe', 'marlowe')")

    asked = visitor.send("/customers", "/customers/save", **fields, filters=wanted)["body"]
    before = company_brain.sql("owner", count)[0]["n"]
    taken = visitor.follow(_confirmed(visitor, "/customers", "/customers/save", **fields, filters=wanted))

    assert "Nothing is known of the vendor no such maker." in asked and before == 0
    assert "Newcomer is a customer: brief to a@b.example." in taken
    assert company_brain.sql("owner", count)[0]["n"] == 1

    again = visitor.follow(visitor.send("/customers", "/customers/save", **{**fields, "name": "NEWCOMER"}))
    assert "Newcomer is a customer" in again, "in any case it is the same one"


@pytest.mark.parametrize(
    ("page", "to", "fields"),
    [
        (CUSTOMER, "/customers/key", {"customer": "1", "per_minute": "0"}),
        (CUSTOMER, "/customers/key", {"customer": "99", "per_minute": "6"}),
        (CUSTOMER, "/customers/handle", {"customer": "1", "entity": "nothing of ours"}),
        (CUSTOMER, "/customers/handle", {"customer": "1", "entity": "CVE-2020-99999"}),
        ("/B-1", "/batches/undo", {"batch": "1", "reason": " "}),
        ("/B-1", "/batches/undo", {"batch": "x", "reason": "y"}),
        (CUSTOMER, "/customers/pause", {"name": "Alder", "rests": "banana"}),
        ("/roles/data_worker", "/roles/pause", {"role": "data_worker", "rests": "banana"}),
        ("/customers", "/customers/save", {"name": "A", "email": "a@b", "kind": "post", "filters": "{}"}),
    ],
)
def test_a_wrong_form_is_refused_with_its_reason(visitor: Visitor, page: str, to: str, fields: dict[str, str]) -> None:
    answer = visitor.send(page, to, **fields)

    assert answer["statusCode"] in (400, 404, 409, 422), answer["body"]


def test_a_limit_is_said_in_digits_however_it_was_typed(visitor: Visitor) -> None:
    limited = visitor.follow(visitor.send("/money", "/money/limit", whose="company", unit="tokens", most="1e5"))

    assert "From now on company may use 100000 tokens a day." in limited


def test_no_line_of_a_form_becomes_a_header(company_brain: TestBrain, visitor: Visitor) -> None:
    [slot] = days.write(company_brain, "SELECT schedule, due_at FROM company.slots WHERE status = 'missed' LIMIT 1")
    page = f"/slots/{slot['schedule']}@{slot['due_at']:%Y-%m-%dT%H:%M}"

    for name in ("x\r\nset-cookie: console=theirs", "heartbe\u00e4t", "nobody"):
        answer = visitor.send(page, "/slots/again", schedule=name, due_at=slot["due_at"].isoformat())
        assert answer["statusCode"] == 404 and "location" not in answer["headers"]
    asked = visitor.send(page, "/slots/again", schedule=slot["schedule"], due_at=slot["due_at"].isoformat())

    assert asked["headers"]["location"].startswith(f"{page}?done=")


def test_a_role_is_paused_and_resumed_with_its_schedule_as_by_the_command(company_brain: TestBrain) -> None:
    """Else its schedule, which the command had switched off, would stay off, and nothing would resume it."""
    seen: list[tuple[object, ...]] = []
    is_paused = "SELECT is_paused FROM company.roster WHERE role = 'data_worker'"

    def switch(role: str, on: bool) -> str:
        seen.append((role, on, days.write(company_brain, is_paused)[0]["is_paused"]))
        return "ENABLED" if on else "DISABLED"

    desk = Visitor(site_over(company_brain, switch=switch)).log_in()
    for rests in ("yes", "no"):
        _ = desk.follow(desk.send("/roles/data_worker", "/roles/pause", role="data_worker", rests=rests))

    assert seen == [("data_worker", False, True), ("data_worker", True, True)]


def test_a_console_that_cannot_switch_a_schedule_on_resumes_nothing(company_brain: TestBrain, visitor: Visitor) -> None:
    switched = "UPDATE company.schedules SET state = '{}' WHERE schedule = 'data_worker' RETURNING role"
    pause = ("/roles/data_worker", "/roles/pause")
    _ = visitor.follow(visitor.send(*pause, role="data_worker", rests="yes"))
    assert days.write(company_brain, switched.format("DISABLED"))

    refused = visitor.send(*pause, role="data_worker", rests="no")
    days.write(company_brain, switched.format("ENABLED"))
    resumed = visitor.follow(visitor.send(*pause, role="data_worker", rests="no"))

    assert refused["statusCode"] == 409 and "watchbill resume data_worker" in refused["body"]
    assert "is resumed" in resumed
