"""What only research_worker does: list the product's studies, run one, and propose a pattern with its numbers."""

from typing import Any

from company.errors import ToolError
from company.research import Study, patterns
from company.session import Fire
from company.tools import reading_tool, tool

NOT_AGAIN_DAYS = 7


@reading_tool
def list_studies(fire: Fire) -> list[dict[str, Any]]:
    """Lists the questions that the product asks its data, each with the least numbers worth telling.

    Example: list_studies() gives [{"name": "rising", "smallest": {"recent": 3, "times": 2}}].
    """
    return [{"name": study.name, "smallest": dict(study.smallest)} for study in fire.vertical.research]


@tool
def run_study(fire: Fire, study: str) -> list[dict[str, Any]]:
    """Asks the canonical data one question as of now. Each row is a pattern: subject, numbers, what it rests on.

    Example: run_study(study="a") gives [{"subject": "x", "numbers": {"recent": 5}, "looked_at": 1}].
    """
    asked = _study(fire, study)
    found = patterns(fire.brain.all(asked.query, until=fire.now))
    fire.learn("studied", f"{study}: {len(found)} rows", study=study, rows=len(found))
    return [{"subject": p.subject, "numbers": dict(p.numbers), "looked_at": p.looked_at} for p in found]


@tool
def propose(fire: Fire, study: str, subject: str, numbers: dict[str, float], looked_at: int) -> dict[str, Any]:
    """Proposes a pattern with its numbers; one that is open or was judged within a week is not proposed twice.

    looked_at: how many things the study rests on. A proposal without numbers is refused.
    Example: propose(study="rising", subject="x", numbers={"recent": 5, "times": 3.1}, looked_at=212).
    """
    title = _study(fire, study).sentence.format(subject=subject, **numbers)
    row = fire.brain.one(
        "propose",
        session_id=fire.session_id,
        study=study,
        subject=subject,
        title=title,
        numbers=numbers,
        looked_at=looked_at,
        not_again_days=NOT_AGAIN_DAYS,
    )
    assert row is not None, "propose always answers"
    if row["is_new"]:
        fire.learn("proposed", f"P-{row['proposal_id']}: {title}", proposal_id=row["proposal_id"])
    return {**row, "title": title}


def _study(fire: Fire, name: str) -> Study:
    for study in fire.vertical.research:
        if study.name == name:
            return study
    raise ToolError(
        f"there is no study {name}; there are {', '.join(s.name for s in fire.vertical.research) or 'none'}"
    )
