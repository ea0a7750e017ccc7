"""A change of code that writes customers' pages: only a page that did not exist comes to be, and no other differs.

Written before and after are what its task's customers are to get now, each part of that alone, and the last pages that
were sent. Their facts are put into a folder of their own; the change's test never sees them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from build_auditor.code_rules import broken_by_code, weakened_tests
from build_auditor.page_code_facts import PageCodeFacts
from build_auditor.page_code_rules import changed_for_others, facts_by_heart
from build_auditor.touched import is_own_test
from company.errors import CompanyError
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.pipeline.delivering.replayed_pages import due_pages, packed, parts_of, sent_pages, without_lists
from company.sandbox import Sandbox, code_root, sandbox
from company.sandbox.changes import ChangeInFull
from company.sandbox.diffs import apply_diff, part_of
from company.sandbox.in_force import diffs_in_force, text_in_force
from company.sandbox.judged_pages import key_digest
from company.sandbox.page_code import page_files
from company.text.wording import counted, join_first, join_with_and
from company.vertical import Deliveries, Facts

TASK = "page_unwritten"
MOST_ALONE = 20
"""Changes of a page, and rows of its lists, that are written each alone."""
LEAST_NAMED = 10
"""Of a page's changes so many, the first ones, stand in its text, or as many as a good page has."""
NAMED = 6


@dataclass(frozen=True)
class ReplayedPages:
    """due: what the customers of the task are to get now. sent: pages of before. change_key: what names a change."""

    due: Mapping[str, Facts]
    sent: Mapping[str, Facts]
    change_key: Sequence[str]

    @cached_property
    def alone(self) -> dict[str, Facts]:
        """Each change of what is due, and each row of its lists."""
        return parts_of(self.due, self.change_key, MOST_ALONE)

    @cached_property
    def every(self) -> dict[str, Facts]:
        return {**self.due, **self.alone, **self.sent, **without_lists(self.sent)}


def touches_page_code(fire: Fire, files: Sequence[str]) -> bool:
    """Whether a change is of a module that writes customers' pages, among others."""
    return bool(set(files) & set(page_files(fire)))


def try_page_code(fire: Fire, change: ChangeInFull) -> PageCodeFacts:
    """Tries the change; its test is run only when all before it holds."""
    deliveries, own = fire.vertical.deliveries, page_files(fire)
    assert deliveries is not None, "only a product with deliveries has such modules"
    if outside := [file for file in change.files if file not in own and not is_own_test(fire, file)]:
        return PageCodeFacts(outside=outside)
    try:
        before = {file: text_in_force(fire, file) for file in {*own, *change.files}}
        after = {file: apply_diff(before[file], part_of(change.diff, file)) for file in change.files}
    except CompanyError as error:
        return PageCodeFacts(error=str(error))
    facts = PageCodeFacts(applies=1, broken=_broken(fire, deliveries, before, after))
    if facts.broken:
        return facts
    try:
        facts = _try_pages(fire, change, facts, deliveries, (before, after))
    except CompanyError as error:
        return replace(facts, error=str(error))
    return _tested(fire, change, facts) if facts.may_be_tested else facts


def _broken(fire: Fire, deliveries: Deliveries, before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    broken = [f"{file}: {one}" for file, text in after.items() for one in broken_by_code(before[file], text)]
    tests = [file for file in after if is_own_test(fire, file)]
    broken += [f"{file}: {one}" for file in tests for one in weakened_tests(before[file], after[file])]
    if broken:
        return broken
    was = {file: text for file, text in before.items() if file not in tests}
    becomes = {file: after.get(file, text) for file, text in was.items()}
    root, write = code_root(fire.vertical.name) / fire.vertical.name, deliveries.write
    others = changed_for_others(was, becomes, root, write.__module__, getattr(write, "__name__", ""))
    return [f"it changes {one}" for one in others]


def _try_pages(
    fire: Fire,
    change: ChangeInFull,
    facts: PageCodeFacts,
    deliveries: Deliveries,
    texts: tuple[Mapping[str, str], Mapping[str, str]],
) -> PageCodeFacts:
    task = (fire.brain.one("task_of_change", task_id=change.task_id) or {"payload": {}})["payload"]
    if task.get("kind") != TASK:
        return replace(facts, error="its task is about no page that cannot be written")
    due = due_pages(fire, deliveries, [n for n in task.get("customer_ids") or () if isinstance(n, int)])
    pages = ReplayedPages(due, sent_pages(fire, deliveries), deliveries.change_key)
    before, after = texts
    code = [file for file in after if not is_own_test(fire, file)]
    heart = [o for f in code for o in facts_by_heart(before[f], after[f], pages.every, deliveries.change_key)]
    if heart:
        return replace(facts, broken=heart)
    with sandbox("company", fire.vertical.name, statements=fire.settings.sql_dir) as trial:
        for deployed in diffs_in_force(fire):
            trial.change(deployed.diff)
        was = _written(fire, trial, pages, deliveries)
        trial.change(change.diff)
        becomes = _written(fire, trial, pages, deliveries)
    failing = [n for n in due if _place(was[n])[:2] == (task.get("file"), task.get("function"))]
    if not failing:
        return replace(facts, error="none of its task's pages fails there with the code in force")
    return _compare(facts, pages, failing, was, becomes)


def _written(fire: Fire, trial: Sandbox, pages: ReplayedPages, deliveries: Deliveries) -> JsonObject:
    result = trial.write(fire.vertical.name, packed(pages.every), list(pages.every), deliveries.change_key)
    if not result.is_ok:
        raise CompanyError(f"pages cannot be written on a copy: {result.message}")
    return result.result


def _compare(
    facts: PageCodeFacts, pages: ReplayedPages, failing: Sequence[str], was: JsonObject, becomes: JsonObject
) -> PageCodeFacts:
    good = [name for name in was if "place" not in was[name]]
    differing = [name for name in good if was[name] != becomes[name]]
    new = [name for name in was if "place" in was[name] and "place" not in becomes[name]]
    still = [_place(becomes[name]) for name in failing if name not in new]
    measure = [was[name] for name in good]
    lacks = {name: lacks_of(_keys(pages, was, name), becomes[name], measure) for name in new}
    written = [name for name in failing if name in new]
    return replace(
        facts,
        is_tried=True,
        rows=len(written),
        rows_before=len(failing),
        still=sorted({f"{error} in {file}, {function}" for file, function, error in still}),
        beyond=[f"{name} {join_with_and(what)}" for name, what in lacks.items() if what],
        others=len(good),
        others_differing=len(differing),
        differing=differing[:NAMED],
        shows=_shows(pages, good, [becomes[name] for name in written]),
    )


def _shows(pages: ReplayedPages, good: Sequence[str], written: Sequence[JsonObject]) -> list[str]:
    same = [name for name in dict.fromkeys(name.partition("/")[0] for name in good) if name in pages.sent]
    changes = counted(sum(len(page["keys"]) for page in written), "change")
    return [
        f"{counted(len(written), 'page')} that could not be written can be, with {changes}",
        f"{counted(len(good), 'page or part', 'pages and parts')} that could be written stay the same to the byte, of"
        f" {counted(len(same), 'sent page')}{f' ({join_first(same, NAMED)})' if same else ''} and of what is due",
    ]


def _place(page: JsonObject) -> tuple[str, str, str]:
    place = page.get("place") or {}
    return place.get("file", ""), place.get("function", ""), place.get("error", "")


def _keys(pages: ReplayedPages, was: JsonObject, name: str) -> tuple[set[str], set[str]]:
    """The changes of a page's facts, and those that the code in force leaves out where it can write that part alone:
    a score that is back where it was."""
    page = name.partition("/")[0]
    parts = [one for one in was if one != page and one.partition("/")[0] == page and "place" not in was[one]]
    left_out = {key for one in parts for key in _given(pages, one) - set(was[one]["keys"])}
    return _given(pages, name), left_out


def _given(pages: ReplayedPages, name: str) -> set[str]:
    return {key_digest(item, pages.change_key) for item in pages.every[name].items}


def lacks_of(keys: tuple[set[str], set[str]], page: JsonObject, good: Sequence[JsonObject]) -> list[str]:
    """What a page lacks that it has to have, by pages that could be written before. keys: those of the changes of its
    facts, and of these what may be left out."""
    (given, left_out), known = keys, set(page["keys"])
    lost, own = given - known - left_out, known - given
    named = [one["is_named"] for one in good]
    is_habit = not any(len(one) == 1 and not one[0] for one in named)
    first = max([LEAST_NAMED, *(len(one) for one in named if all(one))]) if is_habit else 0
    return [
        *([f"lacks {counted(len(lost), 'change')}"] if lost else []),
        *([f"has {counted(len(own), 'change')} of its own"] if own else []),
        *(["has no subject"] if not page["has_subject"] else []),
        *(["has no HTML"] if not page["has_html"] and any(one["has_html"] for one in good) else []),
        *(["names not each of its changes"] if not all(page["is_named"][:first]) else []),
        *(["has other parts than all before"] if good and page["further"] not in [o["further"] for o in good] else []),
    ]


def _tested(fire: Fire, change: ChangeInFull, facts: PageCodeFacts) -> PageCodeFacts:
    """Its own test makes facts of its own: where it runs there are no others."""
    with sandbox("company", fire.vertical.name, statements=fire.settings.sql_dir) as trial:
        for deployed in diffs_in_force(fire):
            trial.change(deployed.diff)
        if trial.test(change.test).is_ok:
            return facts
        trial.change(change.diff)
        with_it, own = trial.test(change.test), trial.test_all(fire.vertical.name)
    return replace(
        facts,
        failed_without=1,
        passed_with=int(with_it.is_ok),
        error=with_it.message,
        own_tests=own.result.get("passed", 0) if own.is_ok else 0,
        own_tests_error=own.message,
    )
