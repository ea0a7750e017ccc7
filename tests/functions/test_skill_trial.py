"""A change of an employee's page: bounded, proved by what can be checked, deployed into the brain, and taken back."""

from typing import Any

import pytest

from build_worker.pages import draft_page
from company.errors import ToolError
from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from company.pages.why import why
from company.records import read_record
from company.sandbox.diffs import make_diff
from tests.contracts.repository import FUNCTIONS
from tests.functions.office import Office
from tests.functions.release import deployment, open_deploy
from tests.functions.workshop import change
from tests.support.acts import file_task

ROLE = "data_worker"
PASSAGE = "You are data_worker."
BETTER = "You are data_worker. Say of each row which source it is of."
TEST = """
def test_it_says_of_which_source():
    assert "which source" in open("page.md").read()
"""


def text_of(role: str = ROLE) -> str:
    return (FUNCTIONS / role / "SKILL.md").read_text()


def propose(
    office: Office, *, role: str = ROLE, old: str = PASSAGE, new: str = BETTER, test: str = TEST, **other: Any
) -> None:
    """A change by a model of build_worker, as its tools allow it; `diff` past the tool that drafts one."""
    file_task(office.works.brain, "build_manager", mode="build")

    def work(fire: Fire) -> Outcome:
        task = fire.use_named("claim_task", {"mode": "build"})
        diff = other.get("diff") or fire.use_named("draft_page", {"role": role, "old": old, "new": new}).diff
        given = {"subject": role, "title": f"{role}: says the source", "reason": "two lessons", "documents": []}
        fire.use_named("propose_change", {"task_id": task.id, "diff": diff, "test": test, **given})
        return Done({"changes": 1})

    office.works.brain.wait(minutes=1)
    answer = office.works.fire("build_worker", work, cloud=office.works.cloud, bucket="works", request_id="drafted")
    assert answer["outcome"] == "done", answer


def page(office: Office, role: str = ROLE) -> str:
    return str(office.value("SELECT content FROM company.brain WHERE file_key = %(key)s", key=f"SKILL_{role.upper()}"))


def test_a_page_is_proved_deployed_read_at_the_next_boot_flagged_and_taken_back(office: Office) -> None:
    before = page(office)
    propose(office)
    open_deploy(office)

    answer = office.run("build_auditor")
    assert (answer["evidence"]["proved"], answer["evidence"]["deployed"]) == (1, 1), change(office)["verdict"]
    assert BETTER in page(office)
    assert page(office) == before.replace(PASSAGE, BETTER)
    office.run("docs_auditor")
    flagged = {row["subject"] for row in office.rows("SELECT subject FROM company.findings WHERE kind = 'drift'")}
    assert ("C-1" in flagged, f"record {ROLE}" in flagged) == (True, False)

    office.works.brain.owner.run("order_change", change_id=1, order="pulled", reason="")
    assert office.run("docs_auditor")["evidence"]["findings_closed"] == 1
    office.works.brain.owner.run("order_change", change_id=1, order="roll_back", reason="")
    assert office.run("build_auditor")["evidence"]["rolled_back"] == 1
    assert page(office) == before
    told = [event.what for event in why(office.works.brain.owner, "change 1").events]
    assert "deployment: rolled back: the owner ordered it" in told


def test_the_owners_deploy_of_another_page_wins_and_her_own_of_the_same_loses_nothing(office: Office) -> None:
    propose(office)
    open_deploy(office)
    office.run("build_auditor")

    office.works.brain.admin.execute("UPDATE company.brain SET content = 'hers' WHERE file_key = 'SKILL_DATA_WORKER'")
    answer = office.run("build_auditor")

    assert answer["evidence"]["undone"] == 1, answer
    assert page(office) == "hers"
    assert "your deploy undid C-1" in office.finding("change_undone")["title"]


def test_an_employee_that_fails_after_it_has_its_page_of_before(office: Office) -> None:
    before = page(office)
    propose(office)
    open_deploy(office)
    office.run("build_auditor")

    def breaks(_: Fire) -> Outcome:
        raise RuntimeError("it followed its page")

    office.works.brain.wait(minutes=1)
    with pytest.raises(RuntimeError):
        office.works.fire(ROLE, breaks, cloud=office.works.cloud, request_id="breaks")
    office.run("build_auditor")

    assert (deployment(office)["status"], page(office)) == ("rolled_back", before)


FRONT = make_diff(f"{ROLE}/SKILL.md", text_of(), text_of().replace("budget: {", "budget: {usd: 9, "))


def without_a_rule() -> dict[str, str]:
    body = read_record(FUNCTIONS / ROLE).text
    rule = next(part for part in body.split("\n\n") if "(scar: " in part)
    return {
        "old": rule,
        "new": "Say the source. This takes which source into account, and nothing of the rule is left.",
    }


@pytest.mark.parametrize(
    ("change_of", "verdict"),
    [
        ({"role": "build_worker", "old": "You are", "new": "You, which source, are"}, "page of"),
        ({"role": "build_auditor", "old": "You are", "new": "You, which source, are"}, "page of"),
        ({"diff": FRONT}, "it changes the front matter"),
        (without_a_rule(), "it drops a rule: (scar: "),
        ({"new": f"{BETTER} Ask research_helper_manager."}, "helper_manager"),
        ({"new": f"{BETTER} Then call switch_schedule_on."}, "switch_schedule_on"),
        ({"new": f"{BETTER} {'Say the source. ' * 400}"}, "characters of at most"),
        ({"test": "def test_it():\n    assert True\n"}, "its own test passed without the change"),
        ({"test": "def test_it():\n    assert False\n"}, "its own test fails with it"),
    ],
    ids=["its own", "its auditor's", "front", "rule", "who", "tool", "size", "passes anyway", "never passes"],
)  # fmt: skip
def test_a_page_that_may_not_change_so_is_refused_with_the_step(
    office: Office, change_of: dict[str, str], verdict: str
) -> None:
    propose(office, **change_of)

    assert office.run("build_auditor")["evidence"]["refused"] == 1
    assert verdict in change(office)["verdict"]


def test_a_passage_that_is_not_there_once_is_not_drafted(office: Office) -> None:
    def work(fire: Fire) -> Outcome:
        for role, old in ((ROLE, "no such passage"), (ROLE, "name: data_worker"), (ROLE, " "), ("check", "x")):
            with pytest.raises(ToolError):
                draft_page(fire, role, old, "y")
        return Done({"drafts": 0})

    assert office.works.fire("build_worker", work, cloud=office.works.cloud)["outcome"] == "done"
