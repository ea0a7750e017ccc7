"""A kill of heartbeat at any statement leaves the next beat well: nothing is lost, and nobody is accused wrongly."""

from typing import Any

import pytest

from company.brain import Brain
from tests.functions.office import Office
from tests.support.poison import open_items

WAKES = "SELECT schedule, due_at FROM company.slots WHERE is_wake AND role = 'data_auditor' ORDER BY due_at"


class Killed(BaseException):
    """What no code of ours catches, as a SIGKILL."""


def kill_at(monkeypatch: pytest.MonkeyPatch, statement: int) -> list[int]:
    """heartbeat's connection is cut and its fire ended at that statement; the list holds how many there were."""
    seen = [0]

    def cut(ask: Any) -> Any:
        def asked(brain: Brain, *arguments: Any) -> Any:
            if brain.connection.info.user.endswith("_heartbeat"):
                seen[0] += 1
                if seen[0] == statement:
                    brain.connection.close()
                    raise Killed
            return ask(brain, *arguments)

        return asked

    monkeypatch.setattr(Brain, "_execute", cut(Brain._execute))
    return seen


@pytest.mark.parametrize("statement", range(1, 66, 3))
def test_a_killed_beat_leaves_the_next_one_well(
    office: Office, monkeypatch: pytest.MonkeyPatch, statement: int
) -> None:
    office.deploy("heartbeat", "data_worker", "data_auditor")
    office.run("heartbeat")
    with monkeypatch.context() as patch:
        kill_at(patch, statement)
        with pytest.raises(Killed):
            office.run("heartbeat", hours=1)

    beats = [office.run("heartbeat", minutes=5) for _ in range(3)]

    assert [beat["outcome"] for beat in beats] == ["done"] * 3
    assert open_items(office.works.brain) == []
    found = office.rows("SELECT fingerprint FROM company.findings WHERE fingerprint = 'missed:data_worker'")
    assert len(found) == 1, "the miss was ended and reported, whichever beat did which"
    wakes = office.rows(WAKES)
    assert wakes, "its watcher is woken"
    assert all(office.deployed(wake["schedule"])["ScheduleExpression"] == _at(wake["due_at"]) for wake in wakes)
    assert office.rows("SELECT id FROM company.findings WHERE kind IN ('deaf', 'lost_retry', 'failed')") == []


def _at(moment: Any) -> str:
    return f"at({moment:%Y-%m-%dT%H:%M:%S})"
