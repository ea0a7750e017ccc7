"""In the pipeline, the pages and the ceo's morning: one poisoned item is a finding, and the others are done."""

from datetime import datetime
from typing import Any

import pytest

from company.errors import BrainError
from company.vertical import Customer
from tests.functions.office import Office
from tests.pipeline.works import epss_of, kev_of
from tests.support import days
from tests.support.drafts import judge, scored, write_draft
from tests.support.poison import full_disk, open_items, poisoned, refused_query
from watchbill.cloud.mail import sent_mail, verify_sender

OWNER, SENDER = "owner@example.invalid", "company@example.invalid"
CUSTOMERS = [Customer(name, f"{name}@bank.invalid", "feed", {"min_score": 0}) for name in ("Elm", "Oak")]
FAILED_ITEMS = "SELECT evidence ->> 'item' AS item, resolution FROM company.findings WHERE kind = 'item_failed'"
MORNINGS_STEPS = {
    "questions that nobody answered": "let_silence_answer",
    "approved briefs": "briefs_to_mail",
    "findings": "my_findings",
    "the order of tasks": "list_tasks",
    "the status": "write_brain",
    "alerts to the owner": "claim_alerts",
}
"""A statement of each step of the ceo's fire before the brief."""


def _heals(office: Office, item: str) -> None:
    """The finding was about this item alone, and it is closed."""
    assert open_items(office.works.brain) == []
    found = office.rows(
        "SELECT evidence ->> 'item' AS item, resolution FROM company.findings WHERE kind = 'item_failed'"
    )
    assert found == [{"item": item, "resolution": "it works again"}]


def test_a_poisoned_batch_leaves_the_others_checked(office: Office) -> None:
    office.works.serve("kev", kev_of(30))
    office.works.serve("epss", epss_of(30))
    office.works.run("scrape_kev", "scrape_epss")
    batch = office.value("SELECT id FROM company.batches WHERE source = 'kev'")
    with poisoned(office.works.brain, "batches", f"OLD.id = {batch}"):
        during = office.run("check")
        named = open_items(office.works.brain)

    after = office.run("check")

    assert (during["evidence"]["batches"], named) == (1, [f"batch {batch}"])
    assert after["evidence"]["batches"] == 1
    _heals(office, f"batch {batch}")


def test_a_poisoned_source_leaves_the_others_promoted(office: Office) -> None:
    office.works.serve("kev", kev_of(30))
    office.works.serve("epss", epss_of(30))
    office.works.run("scrape_kev", "scrape_epss", "check")
    with poisoned(office.works.brain, "batches", "OLD.source = 'epss'"):
        during = office.run("promote")
        named = open_items(office.works.brain)

    after = office.run("promote")

    assert (during["evidence"]["promoted"], named) == (30, ["epss"])
    assert after["evidence"]["promoted"] == 30
    _heals(office, "epss")


def test_a_poisoned_customer_leaves_the_others_served(office: Office) -> None:
    office.works.take_in("kev", kev_of(5))
    office.works.run("link", "score")
    office.works.open_for(*CUSTOMERS)
    with poisoned(office.works.brain, "deliveries", "NEW.customer_id = 1", on="INSERT"):
        during = office.run("deliver")
        named = open_items(office.works.brain)

    after = office.run("deliver")

    assert (during["evidence"]["sent"], named) == (1, ["Elm"])
    assert after["evidence"]["sent"] == 1
    _heals(office, "Elm")


def test_a_poisoned_post_leaves_the_others_published(office: Office) -> None:
    brain = office.works.brain
    scored(brain)
    posts = [write_draft(brain, topic=f"{what} of a thing") for what in ("the score", "the age")]
    for post in posts:
        judge(brain, post)
    brain.owner.run("set_approval", action="publish", level="open")
    with poisoned(brain, "outbox", f"NEW.dedupe_key = 'publish:{posts[0]}'", on="INSERT"):
        during = office.run("publish")
        named = open_items(brain)

    after = office.run("publish")

    assert (during["evidence"]["published"], named) == (1, [f"draft {posts[0]}"])
    assert after["evidence"]["published"] == 1
    _heals(office, f"draft {posts[0]}")


def test_a_poisoned_orphan_leaves_the_others_reported_and_the_pages_drawn(office: Office) -> None:
    brain = office.works.brain
    days.everybody_deployed(brain)
    days.write(brain, "DELETE FROM company.schedules WHERE role IN ('score', 'link')")
    with poisoned(brain, "findings", "NEW.kind = 'orphan' AND NEW.subject = 'score'", on="INSERT"):
        office.run("org_page", minutes=5)
        during, named = _orphans(office), open_items(brain)

    office.run("org_page")

    assert (during, len(named)) == (["link"], 1)
    assert "score" in named[0]
    assert (_orphans(office), open_items(brain)) == (["link", "score"], [])
    assert "pages/org.html" in _kept(office)


def _orphans(office: Office) -> list[str]:
    rows = office.rows("SELECT DISTINCT subject FROM company.findings WHERE kind = 'orphan' ORDER BY 1")
    return [row["subject"] for row in rows]


def _kept(office: Office) -> list[str]:
    listed = office.works.cloud.client("s3").list_objects_v2(Bucket="works")
    return [one["Key"] for one in listed.get("Contents", [])]


def _owners_topic(office: Office) -> str:
    sns = office.works.cloud.client("sns")
    topic = str(sns.create_topic(Name="owner")["TopicArn"])
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=OWNER)
    return topic


def _fire_ceo(office: Office, due_at: datetime) -> dict[str, Any]:
    office.works.brain.set_now(due_at)
    container = office.works.fire.container(
        "ceo",
        cloud=office.works.cloud,
        bucket="works",
        owner_email=OWNER,
        owner_topic_arn=_owners_topic(office),
        mail_from=SENDER,
        desk="sample data",
    )
    return office.works.fire("ceo", container=container, due_at=due_at, request_id=f"ceo-{due_at}")


@pytest.mark.parametrize("step", MORNINGS_STEPS)
def test_a_refused_step_of_the_morning_keeps_no_brief_from_the_owner(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    days.a_quiet_day(office.works.brain)
    verify_sender(office.works.cloud, SENDER)
    with refused_query(monkeypatch, MORNINGS_STEPS[step]):
        morning = _fire_ceo(office, days.BRIEF_AT)
        during = open_items(office.works.brain)
    office.works.fire.close()

    _fire_ceo(office, days.BRIEF_AT.replace(hour=12))

    assert (morning["outcome"], morning["evidence"]["sent"], len(sent_mail(office.works.cloud))) == ("done", 1, 1)
    assert during == [step]
    _heals(office, step)


def test_where_one_ledger_fails_with_all_at_once_the_others_are_written_alone(office: Office) -> None:
    office.deploy("heartbeat", "check", "data_worker")
    with poisoned(office.works.brain, "slots", "NEW.schedule = 'check'", on="INSERT"):
        office.run("heartbeat")
        during, named = _written_ahead(office), open_items(office.works.brain)

    office.run("heartbeat", minutes=5)

    assert (during, named) == (["data_worker", "heartbeat"], ["check"])
    assert _written_ahead(office) == ["check", "data_worker", "heartbeat"]
    _heals(office, "check")


def _written_ahead(office: Office) -> list[str]:
    rows = office.rows("SELECT DISTINCT schedule FROM company.slots WHERE status = 'expected' ORDER BY 1")
    return [row["schedule"] for row in rows]


def test_after_a_full_disk_the_fires_work_as_before(office: Office) -> None:
    office.deploy("heartbeat", "scraping_manager", "data_manager")
    office.run("heartbeat")
    office.run("scraping_manager")
    with full_disk(office.works.brain):
        for role in ("heartbeat", "scraping_manager", "data_manager") * 2:
            with pytest.raises(BrainError, match="No space left on device"):
                office.run(role)
    office.works.fire.close()

    after = [office.run(role, minutes=10) for role in ("heartbeat", "scraping_manager", "data_manager") * 2]

    assert [fire["outcome"] for fire in after] == ["done"] * 6
    assert open_items(office.works.brain) == []


def test_a_disk_that_fills_up_in_the_middle_of_a_fire_leaves_the_next_one_well(office: Office) -> None:
    office.deploy("heartbeat", "scraping_manager")
    office.run("heartbeat")
    full = full_disk(office.works.brain, but=("sessions", "slots", "role_leases"))
    with full, pytest.raises(BrainError, match="No space left on device"):
        office.run("scraping_manager")
    office.works.fire.close()

    after = [office.run(role, minutes=30) for role in ("heartbeat", "scraping_manager") * 3]

    assert [fire["outcome"] for fire in after] == ["done"] * 6
    assert open_items(office.works.brain) == []
