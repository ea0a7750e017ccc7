"""`watchbill audits`: what each auditor finds of what is planted for it, by week; and whether tests are planted."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from company.watch.catch_rates import CatchRate

WEEKS = 8


def audits(
    weeks: int = typer.Option(WEEKS, min=1, max=52, help="The number of weeks up to now."),
    tests: str = typer.Option("", "--tests", metavar="on|off", help="Plant a defect a week for each auditor, or none."),
    as_json: bool = typer.Option(False, "--json", help="Print the rates as JSON."),
) -> None:
    """Show how many planted defects each auditor found, and how soon; --tests switches the planting on or off."""
    from company.watch.catch_rates import CatchRate
    from watchbill.cli.last_desk import open_brain
    from watchbill.cli.printing import show, show_json
    from watchbill.errors import UsageError

    if tests not in ("", "on", "off"):
        raise UsageError(f"--tests {tests!r} is neither on nor off.")
    with open_brain() as brain:
        if tests:
            brain.run("set_switch", switch="planted_tests", value=tests)
        are_planted = bool(brain.value("tests_are_planted"))
        rates = brain.rows(CatchRate, "catch_rates", until=brain.now(), weeks=weeks)
    if as_json:
        show_json({"tests": "on" if are_planted else "off", "rates": rates})
    else:
        show(_as_page(rates, are_planted=are_planted))


def _as_page(rates: "list[CatchRate]", *, are_planted: bool) -> str:
    from company.text.wording import hours_text
    from watchbill.cli.printing import table

    state = "Tests are planted." if are_planted else "No tests are planted: watchbill audits --tests on"
    if not rates:
        return f"{state} None was planted in these weeks."
    head = ("AUDITOR", "WEEKS AGO", "PLANTED", "CAUGHT", "MISSED", "AFTER")
    after = [hours_text(rate.hours) if rate.hours is not None else "-" for rate in rates]
    rows = [
        (rate.auditor, *map(str, (rate.weeks_ago, rate.planted, rate.caught, rate.missed)), hours)
        for rate, hours in zip(rates, after, strict=True)
    ]
    return f"{table(head, rows)}\n{state}"
