"""data_manager's answers by the book to what check reports of single rows and words."""

from company.fire.fire import Fire
from company.watch.finding_records import Finding


def answer_put_aside(_fire: Fire, finding: Finding) -> str:
    """The row waits for its publisher; each edition is tried, and data_worker looks at the row."""
    source = finding.evidence["source"]
    return (
        f"Kept as it came in batch {finding.evidence['batch']}; data_worker looks at it. Each edition of {source} is "
        "tried again, and this closes when one is read with it. If it stays for days, write to the publisher."
    )
