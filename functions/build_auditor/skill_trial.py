"""One change of an employee's page on a copy: what it may not touch, its test without and with it, what it names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from build_auditor.steps import TrialStep
from company.errors import CompanyError
from company.fire.fire import Fire
from company.records import read_staff
from company.sandbox import sandbox
from company.sandbox.changes import ChangeInFull
from company.sandbox.diffs import apply_diff, part_of
from company.sandbox.pages import functions_root, page_file, page_in_force, split_page
from company.text.wording import counted, join_with_and
from company.watch.page_text import names_gone, tools_not_listed, unknown_tools

MOST_CHARACTERS = 6000
"""Of a page's text: it is read at every boot."""
LEAST_KEPT = 0.5
"""The least share of a page's text that stays: more is another page, and not a fix."""
SCAR = re.compile(r"\(scar: [^)]*\)")
TESTED = "page.md"
"""The name of the file that the change's test reads: the page's text, without its front matter."""


@dataclass(frozen=True)
class PageFacts:
    """What each step showed; one that was not reached counts as failed. rows, rows_before: lines of the page.

    others_differing: nobody else reads this page, so none does.
    """

    outside: Sequence[str] = ()
    applies: int = 0
    is_front_kept: bool = False
    rules_lost: Sequence[str] = ()
    names_unknown: Sequence[str] = ()
    characters: int = 0
    share_kept: float = 0.0
    failed_without: int = 0
    passed_with: int = 0
    rows: int = 0
    rows_before: int = 0
    others: int = 0
    others_differing: int = 0
    error: str = ""

    @property
    def is_within_limits(self) -> bool:
        return self.characters <= MOST_CHARACTERS and self.share_kept >= LEAST_KEPT

    @property
    def shown(self) -> str:
        """What a proved change showed."""
        return (
            f"its test fails without it and passes with it; {counted(self.rows, 'line')} where there were "
            f"{self.rows_before:,}, {100 * self.share_kept:.0f} % of the text kept, with all rules and the front matter"
        )

    def steps(self) -> list[TrialStep]:
        """In their order; the first that failed is the verdict."""
        return [
            *self._of_its_text(),
            TrialStep("its test fails without it", not self.failed_without, "its own test passed without the change"),
            TrialStep("its test passes with it", not self.passed_with, f"its own test fails with it: {self.error}"),
        ]

    @property
    def may_be_tested(self) -> bool:
        """Whether all that was looked at before its own test holds."""
        return not any(step.has_failed for step in self._of_its_text())

    def _of_its_text(self) -> list[TrialStep]:
        return [
            TrialStep(
                "it touches no page of who judges",
                bool(self.outside),
                f"it touches the page of its author or its auditor: {join_with_and(self.outside)}",
            ),
            TrialStep(
                "it fits the page in force", not self.applies, f"it does not fit the page in force: {self.error}"
            ),
            TrialStep(
                "the front matter is kept",
                not self.is_front_kept,
                "it changes the front matter: rights, money, schedule",
            ),
            TrialStep(
                "the rules are kept", bool(self.rules_lost), f"it drops a rule: {join_with_and(self.rules_lost)}"
            ),
            TrialStep(
                "it names who and what is here",
                bool(self.names_unknown),
                f"it names what is not on the role's list or not here: {join_with_and(self.names_unknown)}",
            ),
            TrialStep(
                "its size is within the limits",
                not self.is_within_limits,
                f"{self.characters:,} characters of at most {MOST_CHARACTERS:,}, "
                f"{100 * self.share_kept:.0f} % of the text kept",
            ),
        ]


def try_page(fire: Fire, change: ChangeInFull, role: str) -> PageFacts:
    """Tries the change; its test is run only when the page may be changed so."""
    file = page_file(role)
    if role in (change.author, fire.record.role):
        return PageFacts(outside=[file])
    try:
        before = page_in_force(fire, role)
        after = apply_diff(before, part_of(change.diff, file))
        (front, text), (front_after, text_after) = split_page(before), split_page(after)
    except CompanyError as error:
        return PageFacts(error=str(error))
    facts = PageFacts(
        applies=1,
        is_front_kept=front == front_after,
        rules_lost=sorted(set(SCAR.findall(text)) - set(SCAR.findall(text_after))),
        names_unknown=_unknown(fire, role, text_after),
        characters=len(text_after),
        share_kept=_share(text, text_after),
        rows=len(text_after.splitlines()),
        rows_before=len(text.splitlines()),
    )
    return _tested(facts, change.test, text, text_after) if facts.may_be_tested else facts


def _tested(facts: PageFacts, test: str, before: str, after: str) -> PageFacts:
    with sandbox() as trial:
        trial.put(TESTED, before.encode())
        without = trial.test(test)
        trial.put(TESTED, after.encode())
        with_it = trial.test(test)
    return replace(facts, failed_without=int(not without.is_ok), passed_with=int(with_it.is_ok), error=with_it.message)


def _unknown(fire: Fire, role: str, text: str) -> list[str]:
    """Colleagues who are not here, tools that are not on the role's list, and names that nothing here has."""
    staff = read_staff(functions_root(fire), fire.vertical.name)
    tools = {tool for record in staff.values() for tool in record.tools}
    names = tools | set(staff) | {kind for record in staff.values() for kind in record.findings}
    page = staff[role].model_copy(update={"text": text})
    before = set(unknown_tools(staff[role], names))
    return sorted({*names_gone(text, staff), *tools_not_listed(page, tools), *unknown_tools(page, names)} - before)


def _share(before: str, after: str) -> float:
    """How much of the lines of before is still there."""
    kept = set(after.splitlines())
    lines = [line for line in before.splitlines() if line]
    return round(sum(len(line) for line in lines if line in kept) / max(sum(map(len, lines)), 1), 3)
