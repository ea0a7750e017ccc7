"""An unanswered escalation is raised again twice, only by schedule_auditor; then it is first in the brief."""

import pytest

from tests.support.acts import send_message
from tests.support.brains import TestBrain
from tests.support.refusals import refused

LOOKED = {"checked": "the schedule", "showed": "DISABLED"}


def _raise(brain: TestBrain, message: int, role: str = "schedule_auditor") -> bool:
    return bool(brain.as_role(role).value("raise_again", message_id=message, hours=6))


def test_it_is_raised_when_it_waited_and_at_most_twice(brain: TestBrain) -> None:
    message = send_message(brain, "data_auditor", "data_manager", "escalation", evidence=LOOKED)
    too_soon = _raise(brain, message)

    raised = []
    for _ in range(4):
        brain.wait(hours=7)
        raised.append(_raise(brain, message))

    assert (too_soon, raised) == (False, [True, True, False, False])
    assert brain.sql("owner", "SELECT raised FROM company.inbox") == [{"raised": 2}]


def test_it_is_unread_again_in_the_inbox_that_it_waits_in(brain: TestBrain) -> None:
    message = send_message(brain, "data_auditor", "data_manager", "escalation", evidence=LOOKED)
    brain.as_role("data_manager").all("read_inbox")

    brain.wait(hours=7)
    _raise(brain, message)

    assert [row["id"] for row in brain.as_role("data_manager").all("read_inbox")] == [message]


def test_an_answered_one_is_not_raised_again(brain: TestBrain) -> None:
    message = send_message(brain, "data_auditor", "data_manager", "escalation", evidence=LOOKED)
    brain.as_role("data_manager").run("answer_message", message_id=message, answer="Seen.")

    brain.wait(hours=7)

    assert not _raise(brain, message)


@pytest.mark.parametrize("role", ["data_auditor", "data_manager", "ceo", "heartbeat", "owner"])
def test_nobody_else_raises_it(brain: TestBrain, role: str) -> None:
    message = send_message(brain, "data_auditor", "data_manager", "escalation", evidence=LOOKED)

    with refused("only_schedule_auditor_raises_again"):
        _raise(brain, message, role)
