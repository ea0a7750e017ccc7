"""The work of a killed session continues: the next boot reads its notes, and its task is continued."""

from collections.abc import Mapping
from typing import Any

import pytest

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from tests.functions.office import Office
from tests.pipeline.works import epss, kev_of
from tests.support.acts import close_session, file_task, session_of, slot_row
from tests.support.brains import TestBrain
from tests.support.drafts import given_session
from tests.support.fires import Fires

BAD = [f"CVE-2025-{80000 + n},7.0,0.5" for n in range(3)]
GOOD = [f"CVE-2025-{90000 + n},0.1,0.5" for n in range(97)]


class KilledSession(BaseException):
    """No handler of ours catches it: as when Lambda kills the process."""


def kill(office: Office, monkeypatch: pytest.MonkeyPatch, role: str, at_tool: str) -> None:
    """One fire of the role that ends, with its connection, before it uses the tool; nothing is closed."""
    use = Fire.use_named

    def until(fire: Fire, name: str, arguments: Mapping[str, Any]) -> Any:
        if name == at_tool:
            fire.brain.connection.close()
            raise KilledSession
        return use(fire, name, arguments)

    with monkeypatch.context() as patched, pytest.raises(KilledSession):
        patched.setattr(Fire, "use_named", until)
        office.run(role)


def test_the_requests_of_a_killed_session_are_not_made_twice(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.works.serve("kev", kev_of(30))
    for kind in ("bench", "malformed"):
        payload = {"kind": kind, "source": "kev", "raw_id": 1}
        file_task(office.works.brain, "scraping_manager", mode="scrape", title=kind, payload=payload)
    kill(office, monkeypatch, "scraping_worker", "look_at_document")
    asked = office.value("SELECT count(*) FROM company.route_probes")

    beat = office.run("heartbeat", minutes=15)
    answer = office.run("scraping_worker", hours=2)

    assert beat["evidence"]["returned_tasks"] == 2
    assert answer["evidence"]["taken_up"] == 1
    assert office.value("SELECT count(*) FROM company.route_probes") == asked == 3
    [bench] = office.rows("SELECT status, attempts, result FROM company.task_queue WHERE title = 'bench'")
    assert (bench["status"], bench["attempts"]) == ("complete", 2)
    assert bench["result"]["showed"].startswith("kev: primary 3 of 3")


def test_a_killed_sessions_rows_are_not_looked_at_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.works.take_in("epss", epss(*GOOD, *BAD))
    office.run("data_manager")
    kill_after_first_page(office, monkeypatch)
    office.run("heartbeat", minutes=15)

    answer = office.run("data_worker", hours=1)

    assert answer["evidence"]["tasks"] == 1
    assert office.value("SELECT count(*) FROM company.session_log WHERE kind = 'rows_looked_at'") == 1
    assert office.value("SELECT blocked_action FROM company.task_queue").startswith("3 rows")


FALSE_NOTES: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    ("data_worker", {"kind": "quarantine", "source": "epss", "check": "epss_in_range"}, "rows_looked_at",
     {"after": 10**9, "ends": {}}),
    ("scraping_worker", {"kind": "bench", "source": "kev"}, "scrape_showed", {"showed": "all is well"}),
    ("scraping_worker", {"kind": "malformed", "source": "kev", "raw_id": 1}, "scrape_showed", {"showed": "it reads"}),
    ("build_worker", {"kind": "crashes", "role": "score"}, "proposed", {"change_id": 7}),
]  # fmt: skip


@pytest.mark.parametrize(("role", "payload", "kind", "facts"), FALSE_NOTES, ids=[kind for *_, kind, _ in FALSE_NOTES])
def test_a_note_alone_completes_no_task(
    office: Office, role: str, payload: dict[str, Any], kind: str, facts: dict[str, Any]
) -> None:
    """Its holder wrote that all is done, and did nothing: the next session looks for itself."""
    brain = office.works.brain
    office.works.take_in("kev", kev_of(30))
    check = _quarantine_three(office)
    mode = {"data_worker": "data", "scraping_worker": "scrape", "build_worker": "build"}[role]
    work = {**payload, **({"check": check} if "check" in payload else {})}
    task = file_task(brain, f"{role.split('_', maxsplit=1)[0]}_manager", mode=mode, payload=work)
    idle = given_session(brain, role)
    brain.as_role(role).one("claim_task", mode=mode, session_id=idle, lease_seconds=135)
    brain.as_role(role).run("log_learned", session_id=idle, kind=kind, body="done", facts=facts, task_id=task)
    give_back = {"result": {}, "is_permanent": False, "blocked_on": None, "blocked_action": None, "wait_seconds": 0}
    brain.as_role(role).run("close_task", task_id=task, session_id=idle, status="pending", **give_back)
    close_session(brain, role, idle)

    office.run(role, hours=1)

    [row] = office.rows("SELECT result, status FROM company.task_queue WHERE id = %(id)s", id=task)
    assert "all is well" not in str(row)
    if role != "scraping_worker":
        assert row["status"] == "blocked"


def test_a_try_with_nothing_left_to_do_says_that_the_one_before_was_cut_off(brain: TestBrain, fire: Fires) -> None:
    cut = session_of(brain, "data_worker")
    close_session(brain, "data_worker", cut, "crashed", reason="out of memory")

    fire("data_worker", lambda _: Done({"rows": 1}), preflight=lambda _: "no data task waits")

    said = f"no data task waits; session {cut}, which this one continues, was cut off"
    assert slot_row(brain, "data_worker")["reason"] == said


def _quarantine_three(office: Office) -> str:
    """Three bad rows of a feed; the check that put them aside."""
    office.works.take_in("epss", epss(*GOOD, *BAD))
    return str(office.value("SELECT min(check_name) FROM company.quarantine WHERE status = 'open'"))


def kill_after_first_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    learn = Fire.learn

    def once(fire: Fire, kind: str, body: str, **facts: Any) -> None:
        learn(fire, kind, body, **facts)
        if kind == "rows_looked_at":
            fire.brain.connection.close()
            raise KilledSession

    with monkeypatch.context() as patched, pytest.raises(KilledSession):
        patched.setattr(Fire, "learn", once)
        office.run("data_worker")


def test_the_next_fire_of_a_role_reads_at_its_boot_the_notes_of_its_crashed_session(
    brain: TestBrain, fire: Fires
) -> None:
    crashed = given_session(brain, "data_worker")
    worker = brain.connect("data_worker")
    worker.run("log_learned", session_id=crashed, kind="learned", body="row 7 is odd", facts={"row": 7}, task_id=None)
    worker.connection.close()
    brain.wait(hours=1)
    seen: list[Any] = []

    def look(running: Fire) -> Outcome:
        seen.append(running.earlier)
        return Done({"rows": 1})

    fire("data_worker", look)
    brain.wait(hours=1)
    fire("data_worker", look, request_id="request-2")

    assert [[note.body for note in notes] for notes in seen] == [["row 7 is odd"], []]


def test_notes_of_a_task_blocked_on_purpose_are_no_half_done_work(brain: TestBrain) -> None:
    worker = brain.as_role("data_worker")
    task, session = file_task(brain), session_of(brain, "data_worker")
    worker.one("claim_task", mode="data", session_id=session, lease_seconds=135)
    worker.run("log_learned", session_id=session, kind="rows_looked_at", body="x", facts={"after": 9}, task_id=task)
    blocked = {"result": {}, "is_permanent": True, "wait_seconds": 0}
    by = {"blocked_on": "data_manager", "blocked_action": "look"}
    worker.run("close_task", task_id=task, session_id=session, status="blocked", **blocked, **by)
    close_session(brain, "data_worker", session)

    assert worker.all("notes_of_a_task", task_id=task, session_id=session + 1) == []
