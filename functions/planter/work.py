"""For the audit of audits: plants one harmless defect a week, which its auditor has to find."""

from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome, Skipped

LONG_ENOUGH_HOURS = 6 * 24


def work(fire: Fire) -> Outcome:
    """Removes the last one before it plants, so that there is never more than one."""
    removed = int(fire.brain.value("remove_plants", session_id=fire.session_id, hours=LONG_ENOUGH_HOURS))
    draft = fire.brain.value("plant_false_draft", session_id=fire.session_id)
    if draft is None and not removed:
        return Skipped("nothing is scored yet, or nobody audits drafts: there is nothing to plant")
    return Done({"removed": removed, "planted": int(draft is not None)})


ROLE = RoleCode(work=work)
