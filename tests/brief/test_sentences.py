"""A model's sentences on the page: only in their places, and only what the facts support."""

from typing import Any

import pytest

from company.brief import PageRejected, Sentences, places_for_sentences, text, write, write_with
from company.brief.page import WIDTH
from tests.brief.conftest import Gather
from tests.support import days
from tests.support.brains import TestBrain

VERDICT = "All three customers were served. 2 open: a stale feed and a muted schedule. One decision for you, 2 minutes."
GOOD: dict[str, Any] = {
    "verdict": VERDICT,
    "findings": {
        "F-1": {"done": "Asked 14 times for a newer edition; none is out.", "effect": "scores stand on the last one"},
        "F-2": {"effect": "no audit happens until D-1 is answered"},
    },
    "domains": {"data": "four of yesterday's twelve tasks are left"},
    "cant_say": ["whether the audits of tonight are late"],
}
QUIET = "All two customers served. Nothing is broken. Nothing for you to decide."


def faults(gathered: Gather, **sentences: Any) -> str:
    with pytest.raises(PageRejected) as rejected:
        write_with(gathered(), Sentences(**{"verdict": VERDICT, **sentences}))
    return str(rejected.value)


def test_sentences_are_in_their_places_and_the_rest_is_the_books(brain: TestBrain, facts: Gather) -> None:
    days.a_bad_day(brain)
    known = facts()

    book, by_model = write(known).page, write_with(known, Sentences(**GOOD)).page

    stale, muted = by_model.section("BROKEN, AND WHO IS ON IT").entries
    assert by_model.verdict == VERDICT
    assert stale.details[1:] == (
        "Asked 14 times for a newer edition; none is out.",
        "Effect: scores stand on the last one.",
    )
    assert muted.details[-1] == "Effect: no audit happens until D-1 is answered."
    assert ("data", GOOD["domains"]["data"]) in [(e.label, e.text) for e in by_model.section("DOMAINS").entries]
    for name in ("FOR YOU", "CUSTOMERS", "DATA", "THE WATCH", "MONEY", "PROMISED"):
        assert by_model.section(name) == book.section(name)


def test_a_page_with_the_model_says_so_and_passes_the_same_checklist(brain: TestBrain, facts: Gather) -> None:
    days.a_bad_day(brain)

    brief = write_with(facts(), Sentences(**GOOD))

    assert brief.page.banner == "SIMULATED DAY, sample data, with the model"
    assert brief.page.last.startswith("Written by ceo with the model, slot ceo 06:50. Checklist 14/14.")
    assert (len(brief.checklist), all(brief.checklist.values())) == (14, True)
    assert max(map(len, text.render(brief.page).splitlines())) <= WIDTH


def test_what_the_book_cannot_say_comes_before_what_the_model_adds(brain: TestBrain, facts: Gather) -> None:
    days.a_bad_day(brain)
    known = facts()

    [by_model] = write_with(known, Sentences(**GOOD)).page.section("CAN'T SAY").lines

    [book] = write(known).page.section("CAN'T SAY").lines
    assert by_model == f"{book} · whether the audits of tonight are late"


def test_the_book_states_who_is_on_it_and_whether_you_must_act(brain: TestBrain, facts: Gather) -> None:
    days.a_bad_day(brain)

    stale, muted = write_with(facts(), Sentences(**GOOD)).page.section("BROKEN, AND WHO IS ON IT").entries

    assert stale.details[0].endswith("Nothing for you to do.")
    assert muted.details[0].endswith("Waits for D-1.")


def test_a_quiet_day_has_a_verdict_and_the_sentences_of_its_managers(brain: TestBrain, facts: Gather) -> None:
    days.a_quiet_day(brain)

    page = write_with(facts(), Sentences(verdict=QUIET, domains={"data": "12 tasks became 4"})).page

    assert ("data", "12 tasks became 4") in [(entry.label, entry.text) for entry in page.section("DOMAINS").entries]
    assert text.render(page).count("\n") <= 20


STRAYS = [
    ("scores are 77 h behind", "77"),
    ("scores are seventy-seven hours behind", "seventy-seven"),
    ("scores are 77h behind", "77h"),
    ("half of the scores are behind", "half"),
    ("behind since 18:59", "18:59"),
    ("the same as F-9", "F-9"),
    ("the owner was asked in D-4", "D-4"),
    ("see version v77", "v77"),
    ("a dozen scores are behind", "dozen"),
    ("scores are behind by a factor of ７７", "77"),
]


def test_a_figure_that_is_not_among_the_facts_rejects_the_page(brain: TestBrain, facts: Gather) -> None:
    days.a_bad_day(brain)

    found_faults = [faults(facts, findings={"F-1": {"effect": effect}}) for effect, _ in STRAYS]

    assert found_faults == [f'F-1 effect: "{stray}" is not among its facts' for _, stray in STRAYS]


def test_a_sentence_takes_its_figures_from_its_own_entry(brain: TestBrain, facts: Gather) -> None:
    days.a_bad_day(brain)

    found_faults = faults(
        facts, domains={"build": "1,521 rows read"}, findings={"F-2": {"effect": "14 audits are late"}}
    )

    assert 'build: "1,521" is not among its facts' in found_faults
    assert 'F-2 effect: "14" is not among its facts' in found_faults


MISPLACED: list[tuple[dict[str, Any], str]] = [
    ({"findings": {"F-1": {"effect": " "}}}, "F-1 effect: it is empty"),
    ({"findings": {"F-1": {"effect": "late\nFOR YOU (0)"}}}, "F-1 effect: it is more than one line"),
    ({"findings": {"F-1": {"effect": "晚了"}}}, "letters that the page cannot show"),
    ({"findings": {"F-1": {"effect": "late " * 60}}}, "F-1 effect: it has 299 characters, 210 may be"),
    ({"findings": {"F-9": {"effect": "late"}}}, "F-9 effect: this page has no such place"),
    ({"findings": {"F-2": {"done": "asked the owner"}}}, "F-2 done: this page has no such place"),
    ({"findings": {"F-1": {"effect": "waits for D-1"}}}, "no question of it waits for the owner"),
    ({"findings": {"F-2": {"effect": "late; nothing for you to do"}}}, "F-2 effect: it waits for D-1"),
    ({"domains": {"weather": "fair"}}, "weather: this page has no such place"),
    ({"domains": {"data": "tide_manager is on it"}}, "data: nobody and nothing here is called tide_manager"),
    ({"domains": {"data": "answer at https://example.invalid"}}, "data: links, addresses and commands are the book's"),
    ({"domains": {"data": "answer at tides.invalid"}}, "data: nobody and nothing here is called tides.invalid"),
    ({"domains": {"data": "watchbill decide D-1 yes"}}, "data: links, addresses and commands are the book's"),
    ({"cant_say": ["that the tides come back"]}, "an unknown begins with who, what"),
    ({"cant_say": ["why all is well"]}, '"well" reassures'),
    ({"cant_say": ["who did it"] * 4}, "4 things are added, 3 may be"),
]


def test_a_forbidden_text_rejects_the_page(brain: TestBrain, facts: Gather) -> None:
    days.a_bad_day(brain)

    found_faults = [(faults(facts, **sentences), fault) for sentences, fault in MISPLACED]

    assert [(found, fault) for found, fault in found_faults if fault not in found] == []


MISCOUNTED = [
    ("All three customers served. 2 open. No decision for you.", 'say "1 decision"'),
    ("All three customers served. 2 open. Two decisions for you: 2 minutes.", 'say "1 decision"'),
    ("All three customers served. 2 open. One decision for you.", 'say "2 minutes"'),
    ("All three customers served. One decision for you: 2 minutes.", 'say "2 open"'),
    ("All three customers served. 3 things are broken. One decision: 2 minutes.", 'say "2 open"'),
    ("All three customers served. Nothing is broken. One decision: 2 minutes.", 'say "2 open"'),
    ("Three feeds are stale, one schedule was muted. One decision: 2 minutes.", 'say "2 open"'),
    ("Two customers served. 2 open. One decision: 2 minutes.", 'say "3 of 3 customers served"'),
    ("One of the three customers served. 2 open. One decision: 2 minutes.", 'say "3 of 3 customers served"'),
    ("No customers were served. 2 open. One decision: 2 minutes.", 'say "3 of 3 customers served"'),
    ("2 open. One decision for you: 2 minutes.", "the checklist fails at has_a_verdict"),
]


def test_a_verdict_that_counts_wrongly_rejects_the_page(brain: TestBrain, facts: Gather) -> None:
    days.a_bad_day(brain)

    found_faults = [(faults(facts, verdict=verdict), fault) for verdict, fault in MISCOUNTED]

    assert [(found, fault) for found, fault in found_faults if fault not in found] == []


@pytest.mark.parametrize(
    "verdict", ["All well.", "Two customers served. One thing is open. Nothing for you to decide."]
)
def test_a_quiet_days_verdict_says_that_nothing_is_broken(brain: TestBrain, facts: Gather, verdict: str) -> None:
    days.a_quiet_day(brain)

    assert 'say "Nothing is broken"' in faults(facts, verdict=verdict)


def test_not_every_customer_was_served_when_one_was_not(brain: TestBrain, facts: Gather) -> None:
    days.a_quiet_day(brain)
    days.write(brain, "UPDATE company.deliveries SET status = 'waiting', ended_at = NULL WHERE customer_id = 1")

    assert 'say "1 of 2 customers served"' in faults(facts, verdict=QUIET)


def test_a_page_that_grew_too_long_is_rejected(brain: TestBrain, facts: Gather) -> None:
    days.a_bad_day(brain)
    for number in range(4):
        days.finding(brain, "odd", f"thing-{number}", f"thing {number} is wrong", "data_manager", effect="late")
    long = "scores " * 28
    effects = {f"F-{number}": {"effect": long} for number in range(3, 7)}

    verdict = "All three customers served. 6 open. One decision: 2 minutes."
    unknown = [f"why {long}"] * 3

    assert "lines, 60 may be: say it shorter" in faults(facts, verdict=verdict, findings=effects, cant_say=unknown)


def test_a_model_may_return_the_books_own_sentences(brain: TestBrain, facts: Gather) -> None:
    days.a_bad_day(brain)
    known = facts()
    book = {name: place["book"] for name, place in places_for_sentences(known).items()}

    page = write_with(known, Sentences(verdict=book["verdict"], domains={"data": book["data"]})).page

    assert page.verdict == write(known).page.verdict
