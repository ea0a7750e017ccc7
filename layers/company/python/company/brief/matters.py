"""What waits for the owner beside the questions: findings that only the owner can end, and acts that are held."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from company.brief.finding_rows import BriefFinding
from company.text.wording import join_with_and

WENT_BACK = "brain_went_back"
COMMANDS: Mapping[str, str] = {WENT_BACK: "watchbill approvals", "orphan": "watchbill org"}
"""Where the owner ends what a finding of this kind is about; of another kind, its story says so."""


@dataclass(frozen=True)
class Matter:
    """One of them, and the command for it. finding_id is None where no open finding says it."""

    text: str
    command: str
    finding_id: int | None = None


def matters_of(findings: Sequence[BriefFinding], held: Sequence[str]) -> Iterator[Matter]:
    """findings: those that are open. held: the actions for which a yes is asked since the brain went back."""
    for row in findings:
        if _waits_for_owner(row, held):
            yield Matter(f"F-{row.id} {row.title}", COMMANDS.get(row.kind, f"watchbill why F-{row.id}"), row.id)
    if held and all(row.kind != WENT_BACK for row in findings):
        wait = "waits" if len(held) == 1 else "wait"
        text = f"{join_with_and(held)} {wait} for your yes since the brain went back: set the level that you want"
        yield Matter(text, COMMANDS[WENT_BACK])


def _waits_for_owner(row: BriefFinding, held: Sequence[str]) -> bool:
    """A question about it is asked for itself; and what was held is over once the owner has set each level."""
    if row.decision_id is not None:
        return False
    return bool(held) if row.kind == WENT_BACK else row.waits_for_owner
