"""`watchbill customers handle` and `handled`, and the names that a customer may have."""

import json

import pytest

from tests.cli.conftest import Watchbill
from tests.support.brains import TestBrain
from watchbill.home import LastDay

CVE = "CVE-2025-90001"


@pytest.fixture
def served(brain: TestBrain, last_day: LastDay) -> TestBrain:
    brain.owner.run("add_customer", name="Alder Bank", email="desk@alder.invalid", kind="brief", filters={})
    statement = "INSERT INTO company.scores (entity, score, parts, model_version) VALUES (%s, 9, '{1}', 'v')"
    brain.admin.execute(statement, [CVE])
    return brain


def test_a_mark_is_made_shown_and_taken_back_in_any_spelling_of_the_id(watchbill: Watchbill, served: TestBrain) -> None:
    assert "has handled nothing yet" in watchbill("customers", "handled", "alder bank").out

    done = watchbill("customers", "handle", "alder bank", "cve-2025-90001", "--note", "patched\tby \x1b[1mus")
    assert (done.code, done.out) == (0, f"{CVE} has left the lists of Alder Bank.\n")
    shown = watchbill("customers", "handled", "Alder Bank")
    assert all(word in shown.out for word in (CVE, "Wed 07:00", "owner", "off the lists", "patched by"))
    [row] = json.loads(watchbill("customers", "handled", "Alder Bank", "--json").out)
    assert (row["id"], row["by_whom"], row["back_because"]) == (CVE, "owner", None)
    assert "\x1b" not in row["note"]

    undone = watchbill("customers", "handle", "Alder Bank", CVE, "--undo", "--json")
    said = {"customer": "Alder Bank", "id": CVE, "is_handled": False, "is_new": True, "note": ""}
    assert json.loads(undone.out) == said
    assert json.loads(watchbill("customers", "handled", "Alder Bank", "--json").out) == []


def test_a_mark_that_was_made_before_keeps_its_note_and_is_called_so(watchbill: Watchbill, served: TestBrain) -> None:
    watchbill("customers", "handle", "Alder Bank", CVE, "--note", "patched")

    again = watchbill("customers", "handle", "Alder Bank", CVE)
    as_json = watchbill("customers", "handle", "Alder Bank", CVE, "--note", "another", "--json")

    assert again.out == f"{CVE} was handled before, and nothing has changed for Alder Bank.\n"
    assert json.loads(as_json.out)["is_new"] is False
    assert [row["note"] for row in served.sql("owner", "SELECT note FROM company.handled")] == ["patched"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("Nobody", CVE), 2, "There is no customer 'Nobody'. There are: Alder Bank."),
        (("Alder Bank", "nonsense"), 2, "'nonsense': this is no CVE id: an id is CVE, a year"),
        (("Alder Bank", "CVE-2031-0001"), 1, "nothing is known of CVE-2031-0001"),
        (("Alder Bank", CVE, "--undo"), 1, f"Alder Bank has not handled {CVE}"),
        (("Alder Bank", CVE, "--note", "x" * 501), 2, "The note has 501 letters; 500 are kept at most."),
    ],
)
def test_what_cannot_be_marked_is_told_why(
    watchbill: Watchbill, served: TestBrain, arguments: tuple[str, ...], code: int, said: str
) -> None:
    result = watchbill("customers", "handle", *arguments)

    assert result.code == code and said in result.err and len(result.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "no letter and no digit"),
        ("   ", "no letter and no digit"),
        ("--", "no letter and no digit"),
        ("\u200b\u202e", "no letter and no digit"),
        (" Birch", "begins or ends with a blank"),
        ("Birch\nSubject: x", "a sign that nobody sees"),
        ("Bi\u202erch", "a sign that nobody sees"),
        ("x" * 101, "it has 101 signs, and 100 are the most"),
        ("Alder-Bank", "there is a customer Alder Bank already"),
    ],
)
def test_a_name_that_is_none_is_refused(watchbill: Watchbill, served: TestBrain, name: str, said: str) -> None:
    result = watchbill("customers", "add", "--email", "a@b.invalid", "--", name)

    assert result.code == 1 and said in result.err
    assert len(served.sql("owner", "SELECT id FROM company.customers")) == 1


@pytest.mark.parametrize("name", ["Ørsted", "株式会社 山田", "7", "O'Hara & Sons", "Alder Bank"])
def test_a_name_of_any_script_is_taken(watchbill: Watchbill, served: TestBrain, name: str) -> None:
    assert watchbill("customers", "add", name, "--email", "a@b.invalid").code == 0
