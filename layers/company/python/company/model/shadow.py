"""The model beside the book: it reads what it likes, its writing comes to nothing, and where the two differ is kept."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from company.errors import ToolError
from company.outcomes import Outcome

if TYPE_CHECKING:
    from company.session import Fire

# Named one by one: a tool that nobody thought of is noted and not run.
READS = frozenset(
    """
    list_tasks task_figures source_freshness held_batches pipeline_figures list_batches explain_score quarantine_causes
    quarantine_figures asked_spellings newer_editions audit_figures my_findings list_findings describe_schedule
    muted_schedules last_decision my_answered_decisions unanswered_messages read_page list_drafts draft_figures
    change_figures changes_waiting proposal_figures open_proposals request_figures route_figures deployment_health
    draw_complete_task closed_rows list_studies mistakes_of_span live_lessons
    """.split()  # noqa: SIM905  a list of this length reads better as words
)


class Shadow:
    """Runs a model's tools without effect. acts is what it would have done, by tool."""

    def __init__(self, fire: "Fire") -> None:
        self._fire = fire
        self.acts: list[str] = []

    def use(self, name: str, arguments: dict[str, Any]) -> Any:
        """A reading tool as it is; any other of the list answers that it is noted, and nothing happens."""
        if name not in self._fire.tools:
            raise ToolError(f"{name} is not a tool of {self._fire.role}")
        if name in READS:
            return self._fire.use(name, **arguments)
        self.acts.append(name)
        return "noted"


def differences(shadow: Iterable[str], book: Iterable[str], said: Outcome | None, did: Outcome) -> dict[str, Any]:
    """Acts that only one of the two did, by tool and number, and figures of the same name that differ."""
    theirs, ours = [n for n in shadow if n not in READS], [n for n in book if n not in READS]
    names = sorted({*theirs, *ours})
    counts = {name: {"model": theirs.count(name), "book": ours.count(name)} for name in names}
    return {
        "acts": {name: both for name, both in counts.items() if both["model"] != both["book"]},
        "figures": _figures(getattr(said, "evidence", {}), getattr(did, "evidence", {})),
    }


def _figures(said: Mapping[str, Any], did: Mapping[str, Any]) -> dict[str, Any]:
    shared = sorted(set(said) & set(did))
    return {name: {"model": said[name], "book": did[name]} for name in shared if said[name] != did[name]}
