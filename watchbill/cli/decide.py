"""`watchbill decide`: the questions that wait for the owner, and the owner's answer, which wakes whoever asked."""

import re
from typing import Any

import typer


def decide(
    decision: str = typer.Argument(
        None, metavar="[D-N]", help="Which question; without it, those that wait are listed."
    ),
    answer: str = typer.Argument(
        None, metavar="[ANSWER]", help='One of its options, or your own words in quotes: "not before Monday".'
    ),
    as_json: bool = typer.Option(False, "--json", help="Print rows as JSON."),
) -> None:
    """List what waits for you, show one question, or answer it. Silence takes the safe default at its hour."""
    if decision is None:
        _list(as_json=as_json)
    elif answer is None:
        _show(_number(decision), as_json=as_json)
    else:
        _answer(_number(decision), answer, as_json=as_json)


def _number(decision: str) -> int:
    from watchbill.errors import UsageError

    found = re.fullmatch(r"(?:D-?)?(\d+)", decision, re.IGNORECASE)
    if not found:
        raise UsageError(f"{decision} is no question: write D-1. Those that wait are listed by `watchbill decide`.")
    return int(found[1])


def _list(*, as_json: bool) -> None:
    from company.wording import moment_text
    from watchbill.cli.last_desk import ZONE, open_brain
    from watchbill.cli.printing import show, show_json, table

    with open_brain() as brain:
        rows = brain.all("list_decisions", only_open=True)
        now = brain.now()
    if as_json:
        show_json(rows)
        return
    told = [
        (
            f"D-{row['id']}",
            row["question"],
            moment_text(row["answer_by"], now, ZONE),
            " | ".join(_options(row)),
            row["asked_by"],
        )
        for row in rows
    ]
    show(table(("WAITS", "QUESTION", "ANSWER BY", "OPTIONS", "ASKED BY"), told) if told else "Nothing waits for you.")


def _options(row: dict[str, Any]) -> list[str]:
    """The recommended one first."""
    return sorted(row["options"], key=lambda name: bool(name != row["recommendation"]))


def _show(number: int, *, as_json: bool) -> None:
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show, show_json

    with open_brain() as brain:
        row = _known(brain.one("subject_of_decision", id=number), number)
    if as_json:
        show_json(row)
    else:
        show("\n".join(_told(row)) + "\n")


def _known(row: dict[str, Any] | None, number: int) -> dict[str, Any]:
    from watchbill.errors import DeskError

    if row is None:
        raise DeskError(f"There is no D-{number}. Questions that wait: watchbill decide")
    return row


def _told(row: dict[str, Any]) -> list[str]:
    from company.wording import day_and_time
    from watchbill.cli.last_desk import ZONE

    lines = [f"D-{row['id']}  {row['question']}", *filter(None, [row["background"]])]
    if row["unknown"]:
        lines.append(f"Not known: {row['unknown']}")
    for name in _options(row):
        lines.append(f"  {name}{' (recommended)' if name == row['recommendation'] else ''}: {row['options'][name]}")
    if row["answered_at"] is None:
        lines.append(f'If you say nothing by {day_and_time(row["answer_by"], ZONE)}: "{row["default_option"]}".')
        lines.append(f'watchbill decide D-{row["id"]} {" | ".join(_options(row))} | "your words"')
    else:
        lines.append(f"Answered by {row['answered_by']} {day_and_time(row['answered_at'], ZONE)}: {_answer_of(row)}.")
        lines.append(f"Came of it: {row['outcome'] or 'nothing yet'}")
    return lines


def _answer_of(row: dict[str, Any]) -> str:
    return " ".join(filter(None, [row["answer"], row["answer_text"] and f'"{row["answer_text"]}"']))


def _answer(number: int, answer: str, *, as_json: bool) -> None:
    """Records the answer as the owner, then fires the asker at once, so that the owner sees what came of it."""
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import harmless, show_json

    with open_brain() as brain:
        row = _known(brain.one("subject_of_decision", id=number), number)
        option = next((name for name in row["options"] if name.lower() == answer.strip().lower()), None)
        words = None if option else answer
        asker = brain.value("answer_decision", decision_id=number, option=option, words=words)
    if not as_json:
        typer.echo(f"D-{number} is answered: {option or f'{words!r}'}. Waking {asker} ...")
    woken = _wake(asker)
    with open_brain() as brain:
        row = _known(brain.one("subject_of_decision", id=number), number)
    if as_json:
        show_json({**row, "woken": asker, "fire": woken})
    else:
        did = harmless(row["outcome"] or "nothing with it yet")
        typer.echo(f"{asker} did: {did}. The whole story: watchbill why D-{number}")


def _wake(role: str) -> Any:
    from watchbill.cli.last_desk import wake_asker
    from watchbill.errors import DeskError

    done = wake_asker(role)
    if not done.is_ok:
        raise DeskError(
            f"Your answer is kept, but {role} stopped with an error: {done.payload}. See `watchbill logs {role}`."
        )
    return done.payload
