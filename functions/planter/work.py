"""For the audit of audits: shows each auditor one harmless defect a week, which it has to find."""

from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.json_values import JsonObject
from company.outcomes import Done, Outcome
from company.sandbox import TrialNotHeld, code_root, sandbox
from company.sandbox.diffs import make_diff

BEGINS_WITHIN_HOURS = 48
"""A test begins at a moment that is drawn: the day on which the planter fires tells nobody when."""
TEST = '''"""It is read as ever."""


def test_it_is_read_as_ever() -> None:
    assert True
'''


def work(fire: Fire) -> Outcome:
    """Takes away what is over before it plants, so that no auditor ever has more than one.

    Its evidence says how many auditors are here, and nothing of what it did: everybody reads it.
    """
    auditors = [str(row["role"]) for row in fire.brain.all("auditors_to_test")]
    fire.brain.run("remove_plants", session_id=fire.session_id)
    each(fire, "auditors to test", auditors, partial(plant, fire), name=lambda auditor: auditor)
    return Done({"auditors": len(auditors)})


def plant(fire: Fire, auditor: str) -> None:
    """One defect of this auditor's trade, if one is due."""
    material = an_unproved_change(fire) if auditor == "build_auditor" else {}
    given = {"auditor": auditor, "material": material, "hours": BEGINS_WITHIN_HOURS}
    fire.brain.run("plant_test", session_id=fire.session_id, **given)


def an_unproved_change(fire: Fire) -> JsonObject:
    """A change of a list of columns that changes nothing that is read, with a test that passes without it.

    Nothing on a machine whose kernel cannot hold a trial: its auditor could only report that.
    """
    if not _holds_trials(fire):
        return {}
    for source in fire.vertical.sources:
        if source.columns:
            text = source.columns.file.read_text(encoding="utf-8")
            file = source.columns.file.relative_to(code_root(fire.vertical.name)).as_posix()
            return {
                "subject": source.name,
                "title": f"{source.name}: its columns, as they come",
                "reason": f"The last editions of {source.name} had these columns.",
                "diff": make_diff(file, text, f"{text}# as they come\n"),
                "files": [file],
                "test": TEST,
            }
    return {}


def _holds_trials(fire: Fire) -> bool:
    try:
        with sandbox("company", fire.vertical.name) as trial:
            return trial.test(TEST).is_ok
    except TrialNotHeld:
        return False


ROLE = RoleCode(work=work)
