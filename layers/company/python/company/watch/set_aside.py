"""A role that says more than its day holds: the rest was counted by the brain, and its watcher looks at the role."""

from company.fire.fire import Fire
from company.watch.finding_records import Finding

KIND = "set_aside"


def answer_set_aside(_fire: Fire, finding: Finding) -> str:
    """The book's answer as the role's watcher: where to look, and when it is over."""
    role = finding.subject
    return (
        f"What {role} said beyond its day was counted and reached nobody; the brief has the figures under THE WATCH. "
        f"What it did: watchbill logs {role}. To stop it: watchbill pause {role}. Closed after a day without."
    )
