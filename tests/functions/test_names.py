"""With its names taken by somebody else, the watch works as on any other day."""

from tests.functions.office import Office
from tests.pipeline.works import Works, kev, kev_entry
from tests.support.acts import open_finding, open_session
from tests.support.refusals import refused

NAMES = ("missed:data_worker", "muted:data_worker", "many:missed", "budget_spent:company", "beat:heartbeat")


def take_names(works: Works) -> None:
    """An auditor opens findings under the names of the watch, as any tool call of a model may."""
    for name in NAMES:
        open_finding(works.brain, "data_auditor", fingerprint=name, kind="odd", subject="data_worker")


def test_a_beat_with_all_its_names_taken_reports_what_it_sees(office: Office) -> None:
    office.deploy("data_worker", "data_auditor")
    office.run("heartbeat")
    take_names(office.works)

    missing, healed = office.run("heartbeat", hours=1), office.run("heartbeat", minutes=5)

    assert (missing["outcome"], healed["outcome"]) == ("done", "done")
    missed = office.finding("missed")
    assert (missed["fingerprint"], missed["found_by"]) == ("missed:data_worker", "heartbeat")


def test_the_ceo_is_called_whatever_sessions_others_tried_to_open(office: Office) -> None:
    office.deploy("data_worker", "ceo")
    office.run("heartbeat")
    finding = open_finding(office.works.brain, "heartbeat", level="today", watcher="ceo")
    wake = f"wake-ceo-{finding}"

    with refused("nobody_fires_as_another"):
        open_session(office.works.brain, "data_auditor", schedule=wake)
    office.run("heartbeat")

    [slot] = office.rows("SELECT * FROM company.slots WHERE is_wake")
    assert (slot["schedule"], slot["role"]) == (wake, "ceo")
    called = open_session(office.works.brain, "ceo", schedule=wake, due_at=slot["due_at"])
    assert called["verdict"] == "work"


def test_a_promotion_is_undone_though_its_finding_has_its_name_taken(works: Works) -> None:
    batch = works.take_in("kev", kev(kev_entry(1)))
    open_finding(works.brain, "data_auditor", fingerprint=f"taken_back:{batch['id']}", kind="odd")

    works.brain.as_role("data_auditor").run("undo_batch", batch=batch["id"], reason="it was a mistake")

    assert works.last_batch()["status"] == "undone"
    [reported] = works.rows("SELECT found_by, by_database FROM company.findings WHERE kind = 'taken_back'")
    assert reported == {"found_by": "data_auditor", "by_database": True}
