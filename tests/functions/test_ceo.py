"""ceo: reads its messages and findings, keeps the status true, and writes to the owner once a morning."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from company.owner.decision_links import hashed
from tests.functions.conftest import OWNER, page
from tests.support import days
from tests.support.acts import send_message
from tests.support.brains import MORNING, TestBrain
from tests.support.fires import Fires
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.mail import sent_mail

NOON_FIRE = datetime(2026, 3, 11, 12, 50, tzinfo=UTC)


def test_the_brief_is_kept_and_mailed_in_both_forms(
    brain: TestBrain, fire: Fires, cloud: LocalAws, on_aws: dict[str, Any]
) -> None:
    days.a_bad_day(brain)

    result = fire("ceo", **on_aws)

    (mail,) = sent_mail(cloud)
    kept = brain.owner.one("read_brief", brief_date=None)
    assert kept is not None
    assert mail.to == (OWNER,)
    assert mail.subject == kept["subject"]
    assert page(cloud, "txt") == kept["body"]
    assert page(cloud, "html") == kept["html"]
    assert kept["sent_at"] == days.BRIEF_AT
    assert result["evidence"]["brief_lines"] == kept["body"].count("\n")
    assert kept["checklist"]["passed"] == 14


def test_a_second_fire_of_the_same_morning_does_not_send_again(
    brain: TestBrain, fire: Fires, cloud: LocalAws, on_aws: dict[str, Any]
) -> None:
    days.a_quiet_day(brain)
    fire("ceo", **on_aws)

    again = fire("ceo", schedule="by-hand-ceo", request_id="another", **on_aws)

    assert len(sent_mail(cloud)) == 1
    assert again["evidence"]["sent"] == 0


def test_only_the_mornings_fire_writes_a_brief(brain: TestBrain, fire: Fires, on_aws: dict[str, Any]) -> None:
    brain.set_now(NOON_FIRE)

    result = fire("ceo", **on_aws)

    assert result["outcome"] == "done"
    assert "brief_lines" not in result["evidence"]
    assert brain.owner.one("read_brief", brief_date=None) is None


@pytest.mark.parametrize("ends", [{}, {"succeeded": 1}, {"missed": 1}, {"timed_out": 1}])
def test_a_ceo_woken_in_the_morning_writes_the_brief_only_when_the_scheduled_fire_failed(
    brain: TestBrain, fire: Fires, on_aws: dict[str, Any], ends: dict[str, int]
) -> None:
    days.a_quiet_day(brain)
    days.slots(brain, "ceo", **ends)
    brain.set_now(MORNING + timedelta(hours=1))

    result = fire("ceo", schedule="wake-ceo-7", **on_aws)

    assert ("brief_lines" in result["evidence"]) is bool({"missed", "timed_out"} & set(ends))


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Asia/Tokyo", "Australia/Eucla", "Pacific/Kiritimati"])
def test_one_fire_a_day_is_the_owners_morning_wherever_she_lives(zone: str) -> None:
    from ceo.brief_time import is_morning

    fires = [datetime(2026, 3, 11, 0, 50, tzinfo=UTC) + timedelta(hours=6 * n) for n in range(4)]

    assert sum(is_morning(due_at, zone) for due_at in fires) == 1


def test_a_mail_that_is_not_taken_rings(brain: TestBrain, fire: Fires, cloud: LocalAws, on_aws: dict[str, Any]) -> None:
    days.a_quiet_day(brain)

    result = fire("ceo", **{**on_aws, "mail_from": "nobody@elsewhere.invalid"})

    found = brain.owner.all("list_findings", only_open=True, limit=10)
    assert [(row["kind"], row["level"]) for row in found] == [("brief_unsent", "ring")]
    assert result["evidence"]["sent"] == 0
    assert "Morning brief" in page(cloud, "txt")


def test_a_brief_is_not_sent_while_its_action_is_closed(
    brain: TestBrain, fire: Fires, cloud: LocalAws, on_aws: dict[str, Any]
) -> None:
    days.a_quiet_day(brain)
    brain.owner.run("set_approval", action="brief", level="closed")

    result = fire("ceo", **on_aws)

    assert result["outcome"] == "done"
    assert sent_mail(cloud) == []
    assert "Morning brief" in page(cloud, "txt")


def test_without_an_answer_a_question_expires(brain: TestBrain, fire: Fires, on_aws: dict[str, Any]) -> None:
    days.a_bad_day(brain)
    brain.set_now(datetime(2026, 3, 12, 12, 50, tzinfo=UTC))

    result = fire("ceo", **on_aws)

    row = brain.owner.one("subject_of_decision", id=1)
    assert row is not None
    assert (row["answer"], row["answered_by"], row["outcome"]) == (None, "silence", "nothing was done")
    assert result["evidence"]["silence_answered"] == 1


def test_an_escalation_is_answered_in_the_fire_that_reads_it(
    brain: TestBrain, fire: Fires, on_aws: dict[str, Any]
) -> None:
    brain.set_now(NOON_FIRE)
    brain.as_role("data_manager").run(
        "send_message",
        to_role="ceo",
        kind="escalation",
        level="today",
        subject="two feeds disagree",
        body="somebody must say which",
        evidence={"checked": "both", "showed": "different"},
        finding_id=None,
        decision_id=None,
        session_id=None,
    )

    fire("ceo", **on_aws)

    assert brain.as_role("ceo").all("unanswered_messages") == []


def test_the_status_that_everybody_reads_is_of_today(brain: TestBrain, fire: Fires, on_aws: dict[str, Any]) -> None:
    days.a_bad_day(brain)

    fire("ceo", **on_aws)

    page = brain.owner.one("read_brain_pages", keys=["PROJECT_STATUS"])
    assert page is not None
    assert "As of Thu 06:50." in page["content"]
    assert "F-1 tides is 42 h old (limit 29 h): scraping_manager is on it" in page["content"]
    assert "D-1 waits for the owner" in page["content"]


def _escalate(brain: TestBrain, checked: str, showed: str) -> int:
    evidence = {"checked": checked, "showed": showed}
    return send_message(brain, "data_manager", "ceo", "escalation", subject="two feeds disagree", evidence=evidence)


@pytest.mark.parametrize(
    ("checked", "showed", "expected"),
    [
        ("it", "tides.txt holds 40 rows too few", "what was looked at"),
        ("everything was checked, all of it", "tides.txt holds 40 rows too few", "what was looked at"),
        ("rows of tides.txt", "it is the same", "what that showed"),
        ("rows of tides.txt", "Rows of tides.txt!", "repeats what was looked at"),
        ("rows of tides.txt", "4 things seen", "repeats the request"),
    ],
)
def test_an_escalation_without_evidence_of_investigation_is_sent_back(
    brain: TestBrain, fire: Fires, on_aws: dict[str, Any], checked: str, showed: str, expected: str
) -> None:
    brain.set_now(NOON_FIRE)
    message = _escalate(brain, checked, showed)

    result = fire("ceo", **on_aws)

    assert result["evidence"]["sent_back"] == 1
    [row] = brain.sql("owner", "SELECT answer FROM company.inbox WHERE id = %(id)s", id=message)
    assert expected in row["answer"]
    [note] = brain.as_role("data_manager").all("read_inbox")
    assert (note["from_role"], note["body"]) == ("ceo", row["answer"])


def test_an_escalation_that_was_looked_into_is_not_sent_back(
    brain: TestBrain, fire: Fires, on_aws: dict[str, Any]
) -> None:
    brain.set_now(NOON_FIRE)
    _escalate(brain, "both editions of tides.txt", "40 rows differ, all of the north coast")

    assert fire("ceo", **on_aws)["evidence"]["sent_back"] == 0
    assert brain.as_role("data_manager").all("read_inbox") == []


def test_the_mailed_brief_has_a_link_at_each_question_and_the_kept_page_none(
    brain: TestBrain, fire: Fires, cloud: LocalAws, on_aws: dict[str, Any]
) -> None:
    days.a_bad_day(brain)

    fire("ceo", **on_aws, console_url="https://x.lambda-url.us-east-1.on.aws/")

    (mail,) = sent_mail(cloud)
    [link] = set(re.findall(r"https://x\.lambda-url\.us-east-1\.on\.aws/d/([\w-]{32})(?![\w-])", mail.body))
    found = brain.as_role("console").one("find_decision_link", token_sha256=hashed(link))
    kept = brain.owner.one("read_brief", brief_date=None)
    assert found is not None
    assert kept is not None
    assert (found["decision_id"], found["state"]) == (1, "open")
    assert link not in kept["body"] + kept["html"] + page(cloud, "html")
