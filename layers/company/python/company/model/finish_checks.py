"""What must be true before a model's session may end as the model says: its figures, its note, and what it closes.

The brain refuses a false ending too, but then the fire's work is lost. Here the model can still correct it.
"""

import re
from collections.abc import Iterator

from company.errors import ToolError
from company.fire.closing import try_closing
from company.fire.closing_note import KnownFigures, check_note
from company.fire.fire import Fire
from company.outcomes import Done, Failed, Worked

ERROR_COUNT = re.compile("error|fail|fault|refus|crash", re.I)
"""In the name of a figure of evidence: it counts what went wrong."""
MOST = 10**12
"""The largest count that evidence may hold; the smallest is 0."""


def check_finish(fire: Fire, ended: Worked, figures: KnownFigures) -> None:
    """ToolError, or what the brain refuses, says what is wrong. In shadow mode nothing is checked."""
    if fire.worker != "model":
        return
    if wrong := [*_wrong_figures(ended), *_errors_alone(ended), *_wrong_role(fire, ended)]:
        raise ToolError("finish: " + "; ".join(wrong))
    if fire.record.reports_to != "owner":
        check_note(ended, figures, is_required=isinstance(ended, Done) and fire.record.kind == "manager")
    # The database decides at the closing; here it is asked while the model can still correct it.
    try_closing(fire, ended)


def _errors_alone(ended: Worked) -> Iterator[str]:
    counts = [name for name, figure in ended.evidence.items() if isinstance(figure, int | float)]
    if isinstance(ended, Done) and counts and all(ERROR_COUNT.search(name) for name in counts):
        yield f"{', '.join(counts)}: errors alone are no success. Say what was done, or that it failed"


def _wrong_role(fire: Fire, ended: Worked) -> Iterator[str]:
    if isinstance(ended, Failed) and ended.waits_for:
        here = [row["role"] for row in fire.brain.all("roster_roles")]
        if ended.waits_for not in here or ended.waits_for == fire.role:
            yield f"{ended.waits_for} is nobody to wait for; a role of the company other than your own, or owner"


def _wrong_figures(ended: Worked) -> Iterator[str]:
    for name, figure in ended.evidence.items():
        if isinstance(figure, int | float) and not 0 <= figure <= MOST:
            yield f"{name} counts what you did, so it is between 0 and {MOST:,}"
