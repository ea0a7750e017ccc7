"""`watchbill decide`: lists the questions to the owner and takes the answer, which wakes the role that asked."""

from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from company.text.suggesting import nearest
from watchbill.cli import completing
from watchbill.cli.printing import say, without_controls

if TYPE_CHECKING:
    from datetime import datetime

    from company.owner.decisions import Decision


A_SENTENCE = 2
"""Words that are more than a slip."""


def decide(
    decision: str = typer.Argument(
        None,
        metavar="[D-N]",
        autocompletion=completing.DECISION,
        help="Which question; without it, the open ones are listed.",
    ),
    answer: str = typer.Argument(
        None,
        metavar="[ANSWER]",
        autocompletion=completing.ANSWER,
        help='One of its options, or your own text in quotes: "not before Monday".',
    ),
    is_words: bool = typer.Option(False, "--words", help="Take ANSWER as your own words, without asking back."),
    as_json: bool = typer.Option(False, "--json", help="Print rows as JSON."),
) -> None:
    """List the questions that wait for you, show one, or answer it. Without an answer nothing is done."""
    from watchbill.cli.arguments import read_number

    if decision is None:
        _list(as_json=as_json)
    elif answer is None:
        _show(read_number(decision, "D", thing="question", command="decide"), as_json=as_json)
    else:
        _answer(
            read_number(decision, "D", thing="question", command="decide"), answer, is_words=is_words, as_json=as_json
        )


def _list(*, as_json: bool) -> None:
    from company.owner.decisions import Decision
    from company.text.wording import moment_text
    from watchbill.cli.last_desk import open_brain, zone
    from watchbill.cli.printing import show, show_json, table

    with open_brain() as brain:
        rows = brain.rows(Decision, "list_decisions", only_open=True)
        now = brain.now()
    if as_json:
        show_json(rows)
        return
    cells = [
        (f"D-{row.id}", row.question, moment_text(row.answer_by, now, zone()), " | ".join(_options(row)), row.asked_by)
        for row in rows
    ]
    show(table(("WAITS", "QUESTION", "ANSWER BY", "OPTIONS", "ASKED BY"), cells) if cells else "Nothing waits for you.")


def _options(row: "Decision") -> list[str]:
    """The names of the options, the recommended one first."""
    return sorted(row.options, key=lambda name: bool(name != row.recommendation))


def _show(number: int, *, as_json: bool) -> None:
    from company.owner.decisions import Decision
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show, show_json, wrapped

    with open_brain() as brain:
        row = _known(brain.row(Decision, "subject_of_decision", id=number), number)
        now = brain.now()
    if as_json:
        show_json(row)
    else:
        show("".join(f"{line}\n" for text in _describe(row, now) for line in wrapped(text)))


def _known(row: "Decision | None", number: int) -> "Decision":
    from watchbill.errors import DeskError

    if row is None:
        raise DeskError(f"There is no D-{number}. Open questions: watchbill decide")
    return row


def _describe(row: "Decision", now: "datetime") -> list[str]:
    from company.owner.decisions import ASKED_AGAIN_AFTER_DAYS
    from company.text.wording import day_and_time, short_date
    from watchbill.cli.last_desk import zone

    lines = [f"D-{row.id}  {row.question}", *filter(None, [row.background])]
    if row.unknown:
        lines.append(f"Not known: {row.unknown}")
    for name in _options(row):
        lines.append(f"  {name}{' (recommended)' if name == row.recommendation else ''}: {row.options[name]}")
    if row.answered_at is None:
        lines.append(f'If you do not answer by {day_and_time(row.answer_by, zone(), now)}: "{row.default_option}".')
        lines.append(f'watchbill decide D-{row.id} {" | ".join(_options(row))} | "your text"')
    elif row.answered_by == "silence":
        again = row.answered_at + timedelta(days=ASKED_AGAIN_AFTER_DAYS)
        lines.append(f"Expired {day_and_time(row.answered_at, zone(), now)}: nobody answered. {row.outcome}")
        if again > now:
            lines.append(f"Asked again after {short_date(again, zone())}, or when there is news.")
    else:
        lines.append(f"Answered by {row.answered_by} {day_and_time(row.answered_at, zone(), now)}: {_answer_of(row)}.")
        lines.append(f"Result: {row.outcome or 'nothing yet'}")
    return lines


def _answer_of(row: "Decision") -> str:
    return " ".join(filter(None, [row.answer, row.answer_text and f'"{row.answer_text}"']))


def _answer(number: int, answer: str, *, is_words: bool, as_json: bool) -> None:
    """Records the answer as the owner, then fires the asker at once, so that the owner sees the result."""
    from company.owner.decisions import Decision
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show_json

    with open_brain() as brain:
        row = _known(brain.row(Decision, "subject_of_decision", id=number), number)
        option = next((name for name in row.options if name.lower() == answer.strip().lower()), None)
        text = None if option else answer
        if text is not None and row.answered_at is None and not is_words:
            _require_meant(text, _options(row), may_ask=not as_json)
        asker = brain.value("answer_decision", decision_id=number, option=option, words=text)
    if not as_json:
        say(f"D-{number} is answered: {option or f'{text!r}'}. Waking {asker} ...")
    woken = _wake(asker)
    with open_brain() as brain:
        row = _known(brain.row(Decision, "subject_of_decision", id=number), number)
    if as_json:
        show_json({**vars(row), "woken": asker, "fire": woken})
    else:
        outcome = row.outcome or "nothing yet"
        say(f"{asker} did: {outcome}. The whole timeline: watchbill why D-{number}")


def _require_meant(text: str, options: list[str], *, may_ask: bool) -> None:
    """What is no option may be a slip: a person is asked; else one word, or what is nearly an option, is refused."""
    import sys

    from watchbill.errors import UsageError

    offered = f"{text!r} is not one of {', '.join(options)}."
    near = nearest(text, options)
    meant = f" Did you mean {near}?" if near else ""
    if may_ask and sys.stdin.isatty():
        typer.confirm(without_controls(f"{offered}{meant} Take it as your own words?"), abort=True)
    elif near or len(text.split()) < A_SENTENCE:
        raise UsageError(f"{offered}{meant} To answer in these words, add --words.")


def _wake(role: str) -> object:
    from watchbill.cli.last_desk import wake_asker
    from watchbill.errors import DeskError

    done = wake_asker(role)
    if not done.is_ok:
        raise DeskError(
            f"Your answer is saved, but {role} stopped with an error: {done.payload}. See `watchbill logs {role}`."
        )
    return done.payload
