"""research_manager: by the numbers, a task, a question to the owner, or no."""

from typing import Any

import pytest

from company.pages.why import why
from tests.functions.office import Office
from tests.support.studies import backtest, propose

NOTE = "SELECT body FROM company.inbox WHERE from_role = 'research_manager' ORDER BY id DESC LIMIT 1"


def _proposed(office: Office, study: str, past: dict[str, float] | None = None, **numbers: float) -> None:
    seen = {"moments": 6, "calls": 0, "held": 0} if past is None else past
    propose(office.works.brain, backtest(office.works.brain, study, numbers=numbers, past=seen))


def _proposal(office: Office) -> dict[str, Any]:
    return office.rows("SELECT * FROM company.proposals ORDER BY id DESC LIMIT 1")[0]


def test_what_is_too_small_is_declined_with_the_number_that_is_missing(office: Office) -> None:
    _proposed(office, "rising_vendors", recent=4, times=6)

    answer = office.run("research_manager")

    assert (answer["evidence"]["judged"], answer["evidence"]["declined"]) == (1, 1)
    assert (_proposal(office)["status"], _proposal(office)["verdict"]) == (
        "declined",
        "not enough to act on: recent is 4 and not 5",
    )


def test_what_did_not_hold_before_is_declined_by_its_backtest(office: Office) -> None:
    _proposed(office, "rising_vendors", {"moments": 6, "calls": 6, "held": 1}, recent=6, times=6)

    office.run("research_manager")

    assert (_proposal(office)["status"], _proposal(office)["verdict"]) == (
        "declined",
        "not enough to act on: of 6 such calls before, 1 held",
    )


def test_a_pattern_with_enough_evidence_becomes_a_task_in_a_week(office: Office) -> None:
    _proposed(office, "rising_vendors", recent=6, times=6)

    office.run("research_manager")

    [task] = office.rows("SELECT id, mode, payload, not_before - created_at AS waits FROM company.task_queue")
    assert (task["mode"], task["payload"]["kind"], task["waits"].days) == ("research", "measure_again", 7)
    assert (_proposal(office)["status"], _proposal(office)["task_id"]) == ("accepted", task["id"])
    assert "1 to a task, 0 to the owner, 0 declined" in office.value(NOTE)


def test_what_would_change_the_product_becomes_a_question_to_the_owner(office: Office) -> None:
    _proposed(office, "score_misses", came=10, missed=4, share=0.4)

    office.run("research_manager")

    [asked] = office.rows("SELECT id, question, background, default_option FROM company.decisions")
    assert asked["question"] == "4 of 10 newly exploited CVEs were ranked low. Have other weights written?"
    assert (asked["default_option"], _proposal(office)["decision_id"]) == ("no", asked["id"])
    assert "Looked at: 17. Tried on 6 earlier moments: 0 of 0 calls held." in asked["background"]


def test_what_is_one_question_too_many_waits_for_another_day(office: Office) -> None:
    asked = {"background": "", "unknown": "", "options": {"yes": "", "no": ""}, "recommendation": "yes"}
    rest = {"default_option": "no", "answer_by": office.works.brain.now(), "finding_id": None, "subject": {}}
    for name in ("a", "b", "c"):
        office.works.brain.as_role("research_manager").run(
            "ask_decision", fingerprint=name, question=f"{name}?", **asked, **rest
        )
    _proposed(office, "score_misses", came=10, missed=4, share=0.4)

    office.run("research_manager")
    waits = (_proposal(office)["status"], "waits: the questions of this day are asked" in office.value(NOTE))
    office.run("research_manager", days=1)

    assert waits == ("proposed", True)
    assert _proposal(office)["status"] == "accepted"


@pytest.mark.parametrize("subject", [{"study": "x"}, {"schedules": 5}, {"schedules": [{}]}, {"schedule": {"a": 1}}])
def test_an_answer_to_a_question_without_sense_stops_no_fire(office: Office, subject: dict[str, Any]) -> None:
    asked = {"background": "", "unknown": "", "options": {"yes": "", "no": ""}, "recommendation": "yes"}
    rest = {"default_option": "no", "answer_by": office.works.brain.now(), "finding_id": None}
    office.works.brain.as_role("research_manager").run(
        "ask_decision", fingerprint="a", question="?", **asked, **rest, subject=subject
    )
    office.answer("yes")

    assert office.run("research_manager")["outcome"] == "done"


def test_the_owners_yes_becomes_a_task(office: Office) -> None:
    _proposed(office, "score_misses", came=10, missed=4, share=0.4)
    office.run("research_manager")

    office.answer("yes")
    answer = office.run("research_manager")

    assert answer["evidence"]["acted"] == 1
    [task] = office.rows("SELECT id, payload, created_by FROM company.task_queue WHERE mode = 'build'")
    assert (task["payload"]["study"], task["payload"]["numbers"]["missed"]) == ("score_misses", 4)
    assert office.value("SELECT outcome FROM company.decisions") == f"task {task['id']} asks for it"


def test_what_was_measured_again_is_noted_beside_what_it_was(office: Office) -> None:
    payload = {"kind": "measure_again", "study": "rising_vendors", "subject": "Vellmora", "numbers": {"recent": 3}}
    filed = {"mode": "research", "title": "again", "payload": payload, "priority": 5, "dedupe_key": None}
    office.works.brain.as_role("research_manager").one("file_task", **filed, not_before=None)
    office.run("research_worker")

    office.run("research_manager")

    assert office.value(NOTE).endswith("measured again: Vellmora: recent 3 then, 0 now.")


def test_the_story_of_a_proposal_leads_to_what_it_became(office: Office) -> None:
    _proposed(office, "rising_vendors", recent=6, times=6)
    waiting = why(office.works.brain.owner, "P-1")
    office.run("research_manager")

    story = why(office.works.brain.owner, "P-1")

    assert waiting.still_open == ("waits for the manager of research",)
    assert [event.what.split(":")[0] for event in story.events] == ["proposed, of 17 looked at", "accepted"]
    assert story.events[0].what.endswith("recent 6, times 6; before: calls 0, held 0, moments 6")
    assert "watchbill why T-" in story.still_open[0]


def test_the_owners_no_changes_nothing(office: Office) -> None:
    _proposed(office, "score_misses", came=10, missed=4, share=0.4)
    office.run("research_manager")

    office.answer("no")
    office.run("research_manager")

    assert office.value("SELECT count(*) FROM company.task_queue") == 0
    assert office.value("SELECT outcome FROM company.decisions") == "left as it is"


def test_a_day_without_a_proposal_is_reported_in_figures(office: Office) -> None:
    answer = office.run("research_manager")

    assert answer["outcome"] == "done"
    assert answer["evidence"]["judged"] == 0
    assert office.value(NOTE) == "nothing changed; next: nothing waits; 0 things looked at."
