"""For the audit of audits: plants one harmless defect a week, which its auditor has to find."""

from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome, Skipped

LONG_ENOUGH_HOURS = 6 * 24
NOT_AGAIN_HOURS = 6 * 24


def work(fire: Fire) -> Outcome:
    """Removes the last one before it plants, so that there is never more than one.

    Its evidence says how many drafts it looked at, and nothing of what it did: everybody reads it.
    """
    waiting = len(fire.brain.all("drafts_to_judge", limit=100))
    fire.brain.run("remove_plants", session_id=fire.session_id, hours=LONG_ENOUGH_HOURS)
    fire.brain.run("plant_false_draft", session_id=fire.session_id, hours=NOT_AGAIN_HOURS)
    return Done({"drafts_waiting": waiting}) if waiting else Skipped("no draft waits for its auditor")


ROLE = RoleCode(work=work)
