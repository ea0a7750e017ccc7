"""What a shell offers at Tab: the names and the newest ids of the last company. Whatever fails offers nothing."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from company.brain import Brain

Offer = tuple[str, str]
"""A word, and what tells it from others, which shells that can show it show."""
Completer = Callable[[Any, str], list[Offer]]
MOST = 40
"""Of a kind of thing; older ones are typed."""


def _completer(words: Callable[["Brain", Any], Iterable[Offer]]) -> Completer:
    """Offers the words that begin as what was typed, in any case."""

    def offered(ctx: Any, incomplete: str) -> list[Offer]:
        begun = incomplete.casefold()
        with _silence(), _brain() as brain:
            found = [(as_word(word), says) for word, says in words(brain, ctx) if word.casefold().startswith(begun)]
            return list(dict(reversed(found)).items())[::-1]
        return []

    return offered


@contextmanager
def _silence() -> Iterator[None]:
    """A shell that waits for words must get no message: no company, no Postgres, a half written line."""
    with suppress(Exception):
        yield


@contextmanager
def _brain() -> Iterator["Brain"]:
    from watchbill.cli.last_desk import open_brain

    with open_brain() as brain:
        yield brain


def as_word(name: str) -> str:
    """As it is typed: bash puts what it is offered into the line as it is, so a blank is written with its backslash."""
    from watchbill.cli.shell_settings import completes_for_bash

    return name.replace(" ", "\\ ") if completes_for_bash() else name


def _roles(brain: "Brain", _: Any) -> Iterator[Offer]:
    return ((name, "") for name in brain.value("names_of_roles"))


def _schedules(brain: "Brain", _: Any) -> Iterator[Offer]:
    return ((name, "") for name in brain.value("names_of_schedules"))


def _modes(brain: "Brain", _: Any) -> Iterator[Offer]:
    return ((name, "") for name in brain.value("modes_of_tasks"))


def _sources(brain: "Brain", _: Any) -> Iterator[Offer]:
    return ((row["source"], "a source") for row in brain.all("console_sources"))


def _customers(brain: "Brain", _: Any) -> Iterator[Offer]:
    return ((row["name"], row["kind"]) for row in brain.all("list_customers"))


def _findings(brain: "Brain", _: Any) -> Iterator[Offer]:
    from company.watch.finding_records import OwnersFinding

    rows = brain.rows(OwnersFinding, "owners_findings", only_open=True, limit=MOST)
    return ((f"F-{row.id}", row.title) for row in rows)


def _decisions(brain: "Brain", _: Any) -> Iterator[Offer]:
    from company.owner.decisions import Decision

    rows = brain.rows(Decision, "list_decisions", only_open=True)
    return ((f"D-{row.id}", row.question) for row in rows)


def _answers(brain: "Brain", ctx: Any) -> Iterator[Offer]:
    """The options of the question that the line names."""
    from company.owner.decisions import Decision

    number = str(ctx.params["decision"]).upper().removeprefix("D-")
    row = brain.row(Decision, "subject_of_decision", id=int(number))
    return iter(row.options.items() if row else ())


def _changes(brain: "Brain", _: Any) -> Iterator[Offer]:
    return ((f"C-{row['id']}", row["title"]) for row in brain.all("list_changes"))


def _actions(brain: "Brain", _: Any) -> Iterator[Offer]:
    return ((row["action"], row["level"]) for row in brain.all("list_approvals"))


def _tasks(brain: "Brain", _: Any) -> Iterator[Offer]:
    rows = brain.all("list_tasks", mode=None, status=None, limit=MOST)
    return ((f"T-{row['id']}", row["title"]) for row in rows)


def _briefs(brain: "Brain", _: Any) -> Iterator[Offer]:
    rows = brain.all("console_briefs", before=None, limit=MOST)
    return ((row["brief_date"].isoformat(), row["subject"]) for row in rows)


def _things(brain: "Brain", ctx: Any) -> Iterator[Offer]:
    """What `why` is most often asked: ids by their letter, roles, sources."""
    for words in (_findings, _decisions, _tasks, _changes, _roles, _sources):
        yield from words(brain, ctx)


def of_words(*words: str) -> Completer:
    """Offers these words; no company is asked."""

    def offered(ctx: Any, incomplete: str) -> list[Offer]:  # noqa: ARG001  typer goes by the names
        return [(word, "") for word in words if word.casefold().startswith(incomplete.casefold())]

    return offered


ROLE, SCHEDULE, MODE, CUSTOMER, FINDING, DECISION, ANSWER, CHANGE, ACTION, DAY, THING = map(
    _completer,
    (_roles, _schedules, _modes, _customers, _findings, _decisions, _answers, _changes, _actions, _briefs, _things),
)
