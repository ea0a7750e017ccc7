"""At the end of a fire: a finding for each item that failed in it, and the end of those that work again.

Few items of a kind are a finding each, about that item; many are one, for a cause that many share is one cause. Nobody
is accused: what failed may be the item, its data, the cloud or the role's own code, which its watcher finds out.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from company.errors import BrainError
from company.fire.apart import ends_the_fire
from company.fire.fire import Fire
from company.fire.journal import Tries
from company.outcomes import Done, Failed, Outcome, Skipped
from company.pipeline.delivering.effects import missed_of_items
from company.text.wording import counted, join_first
from company.watch.findings import close_finding, open_finding
from company.watch.mistakes import signature

if TYPE_CHECKING:
    from company.watch.finding_records import Finding

KIND = "item_failed"
MANY = 4


@dataclass(frozen=True)
class OpenItem:
    """An open finding of this role's own about an item that failed. what, item: which; item is None for many."""

    id: int
    fingerprint: str
    what: str
    item: str | None


@dataclass(frozen=True)
class FailedItem:
    """One item, or many of a kind, that failed in this fire."""

    what: str
    item: str | None
    title: str
    errors: Mapping[str, str]

    def fingerprint(self, role: str) -> str:
        return ":".join(filter(None, (KIND, role, self.what, self.item)))


def settle_items(fire: Fire, outcome: Outcome, *, some_failed_before: bool) -> Outcome:
    """Remembers and reports what failed, closes what works again; the outcome says how many of how many did not work.

    A worker reports nothing by itself: its outcome says it to its manager. some_failed_before: whether a finding about
    an item of this role's may be open.
    """
    for mistake in _mistakes(fire):
        _safely(fire, partial(fire.learn, KIND, mistake))
    if fire.record.kind != "worker" and (fire.journal.tries or isinstance(outcome, Skipped)):
        failed = [one for what, tries in fire.journal.tries.items() for one in _failed(what, tries)]
        for one in failed:
            _safely(fire, partial(_open, fire, one))
        if some_failed_before:
            _safely(fire, lambda: _close_what_is_over(fire, failed, had_work=not isinstance(outcome, Skipped)))
    return _with_failures(fire, outcome)


def answer_failed_item(_fire: Fire, finding: "Finding") -> str:
    """Every watcher's answer: nobody has to do anything until it lasts, and the brief has it while it is open."""
    errors = "; ".join(f"{item}: {error}" for item, error in finding.evidence.get("errors", {}).items())
    return f"Read: {errors}. {finding.found_by} tries it again at each fire, and closes this when it works."


def left_out(fire: Fire) -> list[str]:
    """What this fire did not do so far: "wakes: 1 of 3 (ceo)"; empty when it did all."""
    return [_share(what, tries) for what, tries in fire.journal.tries.items() if tries.failed]


def _share(what: str, tries: Tries) -> str:
    all_tried = len(tries.failed) + len(tries.worked)
    return f"{what}: {len(tries.failed)} of {all_tried} ({join_first(sorted(tries.failed), 3)})"


def _mistakes(fire: Fire) -> Iterator[str]:
    """A line for each kind of error: memory_worker makes a lesson of it, and a task when it recurs."""
    for what, tries in fire.journal.tries.items():
        errors = [_of_any(item, error) for item, error in tries.failed.items()]
        kinds = {signature(KIND, error): error for error in errors}
        yield from (f"{what}: {error}" for error in list(kinds.values())[:MANY])


def _of_any(item: str, error: str) -> str:
    """The error without the item's name: the same error of another item is the same mistake."""
    return re.sub(rf"(?<!\w){re.escape(item)}(?!\w)", "(item)", error)


def _failed(what: str, tries: Tries) -> list[FailedItem]:
    errors = tries.failed
    if len(errors) >= MANY:
        title = f"{what}: {len(errors)} failed and the others were done: {join_first(sorted(errors), 3)}"
        return [FailedItem(what, None, title, errors)]
    return [FailedItem(what, item, f"{what}: {item} failed: {error}", {item: error}) for item, error in errors.items()]


def _close_what_is_over(fire: Fire, failed: Sequence[FailedItem], *, had_work: bool) -> None:
    """A fire without anything to do has none left of what failed before."""
    standing = {one.fingerprint(fire.role) for one in failed}
    for finding in fire.brain.rows(OpenItem, "my_failed_items"):
        if finding.fingerprint not in standing and (_was_tried(fire, finding) or not had_work):
            _safely(fire, partial(_close, fire, finding))


def _close(fire: Fire, finding: OpenItem) -> None:
    close_finding(fire.brain, finding.id, _resolution(fire, finding))


def _safely(fire: Fire, act: Callable[[], None]) -> None:
    """No refusal here ends the fire: what was done stays done, and the next fire reports what still fails."""
    try:
        act()
    except BrainError as error:
        if ends_the_fire(fire, error):
            raise
        fire.log.exception("what failed could not be reported")


def _open(fire: Fire, one: FailedItem) -> None:
    open_finding(
        fire.brain,
        fingerprint=one.fingerprint(fire.role),
        kind=KIND,
        # No bare name of a role: the finding is about this item, and not about the role of that name.
        subject=f"{one.what}: {one.item}" if one.item else one.what,
        level="today",
        title=one.title,
        effect=_effect(fire, one),
        evidence={"what": one.what, "item": one.item, "errors": dict(one.errors)},
        watcher=fire.record.watched_by or fire.record.reports_to,
    )


def _effect(fire: Fire, one: FailedItem) -> str:
    """What customers miss where the items are about a source or a customer."""
    missed = missed_of_items(fire.brain, one.what, one.errors, fire.settings.owner_timezone)
    return missed or f"{fire.role} did all the others; this is tried again at its next fire"


def _was_tried(fire: Fire, finding: OpenItem) -> bool:
    """Whether this fire tried all items of its kind; what was not tried stays open."""
    tries = fire.journal.tries.get(finding.what)
    return tries is not None and tries.is_whole


def _resolution(fire: Fire, finding: OpenItem) -> str:
    tries = fire.journal.tries.get(finding.what)
    if tries is None or finding.item and finding.item not in tries.worked:
        return "it is no longer there to be done"
    return "fewer of them fail now" if tries.failed and not finding.item else "it works again"


def _with_failures(fire: Fire, outcome: Outcome) -> Outcome:
    failed = sum(len(tries.failed) for tries in fire.journal.tries.values())
    if not failed:
        return outcome
    worked = sum(len(tries.worked) for tries in fire.journal.tries.values())
    what = f"{failed} of {counted(failed + worked, 'item failed', 'items failed')}: {'; '.join(left_out(fire))}"
    evidence = {"items_failed": failed, "items_tried": failed + worked}
    match outcome:
        case Done():
            note = f"{outcome.note}\n{what}" if outcome.note else what
            return replace(outcome, evidence={**outcome.evidence, **evidence}, note=note)
        case Failed():
            return replace(outcome, evidence={**outcome.evidence, **evidence})
        case Skipped():
            # Nothing was left to do because what there was failed: that is no skip.
            return Failed(what[:500], evidence=evidence)
