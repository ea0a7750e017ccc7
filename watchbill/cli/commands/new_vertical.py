"""`watchbill new-vertical NAME`: writes a product of your own from seven decisions."""

import sys
from typing import TYPE_CHECKING

import typer

from watchbill.cli.printing import say

if TYPE_CHECKING:
    from watchbill.scaffold.questions import Answers


def new_vertical(
    name: str = typer.Argument(..., metavar="NAME", help="One lower-case word; VERTICAL=NAME picks it."),
    row: str = typer.Option(None, metavar="ID: TEXT", help="1. What is one row, and its id?"),
    sources: str = typer.Option(None, metavar="'NAME URL RHYTHM TERMS'", help="2. Which sources? ';' between them."),
    stamp: str = typer.Option(None, metavar="KEY", help="3. Which field holds the time of an edition?"),
    bad: str = typer.Option(None, metavar="TEXT", help="4. COLUMN LEAST MOST, drop N %, fresh N hours"),
    same: str = typer.Option(None, metavar="TEXT", help="5. When do two rows mean the same thing?"),
    score: str = typer.Option(None, metavar="TEXT", help="6. What does the score predict, and what proves it?"),
    leaves: str = typer.Option(None, metavar="TEXT", help="7. Who gets what, and what must never be sent?"),
    example: bool = typer.Option(False, "--example", help="Use the example for every answer that is not given."),
    as_json: bool = typer.Option(False, "--json", help="Print the written files as JSON; ask nothing."),
) -> None:
    """Write a product of your own from seven answers. It runs at once, on a small generated sample."""
    from watchbill.cli.printing import show_json
    from watchbill.cli.shell_settings import program
    from watchbill.home import CHECKOUT
    from watchbill.scaffold.questions import read_answers
    from watchbill.scaffold.writing import require_name, write_product

    given: dict[str, str | None] = {
        "row": row, "sources": sources, "stamp": stamp, "bad": bad, "same": same, "score": score, "leaves": leaves,
    }  # fmt: skip
    require_name(CHECKOUT, name)
    decisions = read_answers(_answers(name, given, example=example, may_ask=not as_json and sys.stdin.isatty()))
    files = write_product(CHECKOUT, name, decisions)
    if as_json:
        show_json({"name": name, "files": files})
        return
    say("\n".join(f"  {path}" for path in files))
    say(f"{name} is written. Run it: VERTICAL={name} {program()} day. What to change next: docs/own.md")


def _answers(product: str, given: dict[str, str | None], *, example: bool, may_ask: bool) -> "Answers":
    """Each answer: given, asked for in the words of those before it, or taken from the example."""
    from watchbill.errors import UsageError
    from watchbill.scaffold.questions import QUESTIONS, Answers, ProductWords

    missing = [question for question in QUESTIONS if given[question.option] is None]
    if missing and not example and not may_ask:
        options = "\n".join(f'  --{question.option} "{question.example}"' for question in missing)
        raise UsageError(f"these answers are missing (or use --example for all):\n{options}")
    for question in missing:
        words = ProductWords.own(product, row=given["row"], sources=given["sources"])
        own = question.example_in(words)
        given[question.option] = question.example if example else typer.prompt(question.asks(words), default=own)
    return Answers(**{option: str(answer) for option, answer in given.items()})
