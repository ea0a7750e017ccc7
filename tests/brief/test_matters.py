"""What only the owner can end is never called nothing for her: neither where it stands, nor where she reads first."""

import pytest

from company.brief import PageRejected, Sentences, text, write_with
from company.watch.finding_records import waits_for
from tests.brief.conftest import Gather, Write
from tests.support import days
from tests.support.brains import TestBrain

CALMING = ("nothing for you", "nothing waits for you", "all well")
BROKEN = "BROKEN, AND WHO IS ON IT"
HELD = "SELECT company.hold_outward_acts()"


def _orphan(brain: TestBrain, ends: str = waits_for("owner")) -> int:
    """A mode lost its worker, and the CEO has answered."""
    days.a_quiet_day(brain)
    title = "research_manager manages mode research, which no worker works"
    number = days.finding(brain, "orphan", "research_manager research", title, "ceo", planted=False)
    days.answer(brain, number, "ceo", f"Read. The book has no rule for orphan, {ends}")
    return number


def _went_back(brain: TestBrain, *, is_reported: bool = True) -> None:
    """The brain went back, and heartbeat held what would leave by itself."""
    days.a_quiet_day(brain)
    for action in ("brief", "deliver"):
        brain.owner.run("set_approval", action=action, level="open")
    brain.sql("heartbeat", HELD)
    if is_reported:
        days.finding(brain, "brain_went_back", "brain", "the brain went back", "ceo", planted=False)


def _calming(shown: str) -> list[str]:
    return [phrase for phrase in CALMING if phrase in shown.lower()]


def test_an_orphan_that_waits_for_the_owner_is_for_her(brain: TestBrain, brief: Write) -> None:
    number = _orphan(brain)

    written = brief()

    [broken] = written.page.section(BROKEN).entries
    [entry] = written.page.section("FOR YOU").entries
    assert broken.details[0].endswith("For you: watchbill org")
    assert (entry.text.split(" ")[0], entry.aside) == (f"F-{number}", "watchbill org")
    assert "No decision for you, but one matter to see to." in written.page.verdict
    assert "1 matter for you" in written.subject
    assert _calming(f"{written.subject}\n{text.render(written.page)}") == []
    assert all(written.checklist.values())


def test_what_waits_for_somebody_else_is_not_for_her(brain: TestBrain, brief: Write) -> None:
    _orphan(brain, waits_for("ceo"))

    written = brief()

    assert written.page.section(BROKEN).entries[0].details[0].endswith("Nothing for you to do.")
    assert "Nothing for you to decide." in written.page.verdict


@pytest.mark.parametrize("is_reported", [True, False])
def test_held_acts_are_for_her_also_once_their_finding_is_closed(
    brain: TestBrain, brief: Write, is_reported: bool
) -> None:
    _went_back(brain, is_reported=is_reported)

    written = brief()

    [entry] = written.page.section("FOR YOU").entries
    assert entry.aside == "watchbill approvals"
    assert "No decision for you, but one matter to see to." in written.page.verdict
    assert _calming(f"{written.subject}\n{text.render(written.page)}") == []
    assert all(written.checklist.values())


def test_the_levels_that_she_set_since_are_held_no_more(brain: TestBrain, brief: Write) -> None:
    _went_back(brain)
    brain.owner.run("set_approval", action="brief", level="open")
    brain.owner.run("set_approval", action="deliver", level="ask")

    assert "Nothing for you to decide." in brief().page.verdict


def test_a_decision_does_not_hide_it(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)
    days.answer(brain, days.finding(brain, "odd", "thing", "odd", "ceo", planted=False), "ceo", waits_for("owner"))

    written = brief()

    assert "One decision for you: 2 minutes; and one matter to see to." in written.page.verdict
    assert all(written.checklist.values())


@pytest.mark.parametrize(
    ("verdict", "fault"),
    [
        ("All two customers served. 1 open. Nothing for you to decide.", 'say "No decision for you"'),
        ("All two customers served. 1 open. No decision for you.", 'say "1 matter to see to"'),
    ],
)
def test_no_model_hides_it(brain: TestBrain, facts: Gather, verdict: str, fault: str) -> None:
    _orphan(brain)

    with pytest.raises(PageRejected, match=fault):
        write_with(facts(), Sentences(verdict=verdict))


def test_no_model_says_that_it_is_nothing_for_her(brain: TestBrain, facts: Gather) -> None:
    about = {f"F-{_orphan(brain)}": {"done": "Seen; nothing for you to do."}}
    verdict = "All two customers served. 1 open. No decision for you, but 1 matter to see to."

    with pytest.raises(PageRejected, match="only the owner can end it"):
        write_with(facts(), Sentences.model_validate({"verdict": verdict, "findings": about}))
