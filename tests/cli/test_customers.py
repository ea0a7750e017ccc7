"""What an owner types when a customer is taken: a filter that cannot work is refused, with what would."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Watchbill
from tests.support.brains import TestBrain
from watchbill.home import LastDay

ALDER = ("customers", "add", "Alder Bank", "--email", "desk@alder.invalid", "--filters")


@pytest.fixture
def known(brain: TestBrain, last_day: LastDay) -> TestBrain:
    """A brain that has read of some vendors and products."""
    with brain.admin as admin:
        admin.execute(
            "SELECT patchfirst.note_spelt('{Harbourgate,HARBOURGATE INC,Osterlume,n/a}', '{Edge Firewall,Lamp}')"
        )
    return brain


def _customers(brain: TestBrain) -> list[object]:
    return [row["filters"] for row in brain.sql("owner", "SELECT filters FROM company.customers ORDER BY id")]


@pytest.mark.parametrize("written", ["harbourgate", "Harbourgate, Inc.", " HARBOURGATE", "The Harbourgate Company"])
def test_a_known_name_is_taken_as_it_was_written(watchbill: Watchbill, known: TestBrain, written: str) -> None:
    result = watchbill(*ALDER, json.dumps({"vendors": [written], "products": ["edge_firewall"]}))

    assert (result.code, _customers(known)) == (0, [{"vendors": [written], "products": ["edge_firewall"]}])


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"vendors": ["Harborgate", "Osterlume"]}, "Nothing is known of the vendor Harborgate. Did you mean"),
        ({"vendors": ["Harbourgate Networks"]}, "Nothing is known of the vendor Harbourgate Networks. Did you mean"),
        ({"products": ["Edge Firewal"]}, "Nothing is known of the product Edge Firewal. Did you mean Edge Firewall?"),
        ({"vendors": ["Zyx"]}, "Nothing is known of the vendor Zyx. Nothing was stored."),
    ],
)
def test_a_name_that_nothing_has_is_refused_with_those_that_look_like_it(
    watchbill: Watchbill, known: TestBrain, filters: object, said: str
) -> None:
    result = watchbill(*ALDER, json.dumps(filters))

    assert (result.code, _customers(known)) == (2, [])
    assert said in result.err and "--anyway" in result.err and len(result.err.splitlines()) == 1
    if "Harb" in said:
        assert "HARBOURGATE INC" in result.err or "Harbourgate?" in result.err


def test_names_like_a_chosen_one_that_it_does_not_mean_are_said(watchbill: Watchbill, known: TestBrain) -> None:
    like = "{Harbourgate Networks,The Harbour Gate Foundation,Harbourgates,Anchor Harbourgate}"
    known.admin.execute("SELECT patchfirst.note_spelt(%s, '{Edge Firewall 7,C++,C++ Lamp}')", (like,))
    said = "The vendor harbourgate does not mean Anchor Harbourgate or Harbourgate Networks; to get them too, add these"

    some = watchbill(*ALDER, '{"vendors": ["harbourgate"], "products": ["edge_firewall", "c++"]}')
    shown = watchbill("customers", "preview", "Alder Bank")
    every = watchbill(*ALDER, '{"vendors": ["harbourgate", "Harbourgate Networks", "Anchor Harbourgate"]}')

    assert said in some.out and "The product edge_firewall does not mean Edge Firewall 7;" in some.out
    assert "The product c++ does not mean C++ Lamp;" in some.out
    assert said in shown.err and said not in shown.out
    assert (every.code, "does not mean" in every.out) == (0, False)


def test_a_name_that_nothing_has_yet_is_taken_when_the_owner_says_so(watchbill: Watchbill, known: TestBrain) -> None:
    result = watchbill(*ALDER, '{"vendors": ["Zyx"]}', "--anyway")

    assert (result.code, _customers(known)) == (0, [{"vendors": ["Zyx"]}])


def test_before_anything_was_read_every_name_is_taken(
    watchbill: Watchbill, brain: TestBrain, last_day: LastDay
) -> None:
    assert watchbill(*ALDER, '{"vendors": ["Zyx"]}').code == 0


@pytest.mark.parametrize("flags", [(), ("--anyway",)])
@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ('{"vendors": "Harbourgate"}', 'vendors is "Harbourgate", and not a list of names'),
        ('{"vendor": ["Harbourgate"]}', "there is no filter vendor. There is: vendors (a list of names); products"),
        ('{"min_score": "high"}', 'min_score is "high", and not a number from 0 to 100'),
    ],
)
def test_a_filter_that_is_none_is_refused_with_what_there_is(
    watchbill: Watchbill, known: TestBrain, filters: str, said: str, flags: tuple[str, ...]
) -> None:
    result = watchbill(*ALDER, filters, *flags)

    assert (result.code, _customers(known)) == (1, [])
    assert said in result.err and "kinds (a list out of known_exploited, ransomware" in result.err


@pytest.mark.parametrize(
    "filters", ["NaN", '{"min_score": NaN}', '{"min_score": 1e999}', '{"vendors": ["\\ud83d"]}', "[" * 9000, "[]",
                '{"vendors": ["a\\u0000b"]}', '"x"', "null", ""],
)  # fmt: skip
def test_what_is_no_json_object_is_refused_in_a_line(watchbill: Watchbill, known: TestBrain, filters: str) -> None:
    result = watchbill(*ALDER, filters)

    assert (result.code, _customers(known)) == (2, [])
    assert "is not a JSON object" in result.err and "Traceback" not in result.err


@pytest.mark.parametrize("first", ['["Harbourgate"]', "[]", '["Osterlume"]'])
def test_a_key_that_is_written_twice_is_refused_by_its_name(watchbill: Watchbill, known: TestBrain, first: str) -> None:
    result = watchbill(*ALDER, f'{{"vendors": {first}, "min_score": 1, "vendors": ["Osterlume"]}}')

    assert (result.code, _customers(known)) == (2, [])
    assert "says 'vendors' more than once" in result.err


def test_a_dashboard_is_written_to_a_file_and_nothing_is_sent(watchbill: Watchbill, known: TestBrain) -> None:
    watchbill(*ALDER, "{}")

    written = watchbill("customers", "dashboard", "alder bank", "--json")
    nobody = watchbill("customers", "dashboard", "Zork")

    said = json.loads(written.out)
    page = Path(said["file"]).read_text(encoding="utf-8")
    assert (said["customer"], said["bytes"]) == ("Alder Bank", len(page.encode()))
    assert "<h1>Alder Bank</h1>" in page and "None of your CVEs is on this list." in page
    assert known.sql("owner", "SELECT count(*) AS n FROM company.outbox")[0]["n"] == 0
    assert (nobody.code, nobody.err) == (2, "watchbill: There is no customer 'Zork'. There are: Alder Bank.\n")


def test_what_is_left_out_stays_as_it_was_and_what_changes_is_said(watchbill: Watchbill, known: TestBrain) -> None:
    """An owner who gives a new address changes nothing else."""
    first = watchbill("customers", "add", "Ferry", "--email", "a@ferry.invalid", "--kind", "feed", "--filters", "{}")
    moved = watchbill("customers", "add", "Ferry", "--email", "b@ferry.invalid")
    chosen = watchbill("customers", "add", "Ferry", "--filters", '{"vendors": ["Osterlume"]}')
    again = watchbill("customers", "add", "FERRY", "--kind", "feed")

    assert [result.code for result in (first, moved, chosen, again)] == [0, 0, 0, 0]
    assert "changed: email from a@ferry.invalid to b@ferry.invalid." in moved.out
    assert 'changed: filters from {} to {"vendors": ["Osterlume"]}.' in chosen.out
    assert "Ferry is customer 1; nothing changed" in again.out, "a name in any case, as in every command"
    kept = known.sql("owner", "SELECT email, kind, filters FROM company.customers")
    assert kept == [{"email": "b@ferry.invalid", "kind": "feed", "filters": {"vendors": ["Osterlume"]}}]


def test_a_new_customer_needs_an_address(watchbill: Watchbill, known: TestBrain) -> None:
    result = watchbill("customers", "add", "Ferry")

    assert (result.code, _customers(known)) == (2, [])
    assert "'Ferry' is a new customer: where do pages go? --email ADDRESS" in result.err
