"""A brain that was restored shows in the mark outside it: nothing leaves twice, and the owner reads what had left."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from company.owner.marks import BEAT, LEFT, BrainWentBack
from company.owner.outbox import confirm_entry, record_entry
from tests.functions.office import Office
from tests.functions.test_findings import ALL
from tests.support.brains import run_sql
from watchbill.cloud.mail import sent_mail

BUCKET = "works"


@pytest.fixture
def beating(office: Office) -> Office:
    """A company that heartbeat has watched for ten minutes, whose actions are open, with its bucket."""
    office.works.cloud.client("s3").create_bucket(Bucket=BUCKET)
    office.works.open_for()
    office.deploy("heartbeat")
    for _ in range(2):
        office.run("heartbeat", minutes=5)
    return office


def go_back(office: Office) -> None:
    """The brain as it was before the last beat; the bucket stays as it is."""
    admin = office.works.brain.as_login("superuser")
    run_sql(admin, "DELETE FROM company.beats WHERE at = (SELECT max(at) FROM company.beats)")


def send(office: Office, key: str, confirm: bool = True) -> dict[str, Any]:
    """deliver records and confirms one act, as it would before and after a mail."""

    def work(fire: Fire) -> Outcome:
        entry = record_entry(
            fire, "deliver", dedupe_key=key, to_whom="a@b.invalid", subject="news", payload={}, digest=b"0" * 32
        )
        if confirm:
            confirm_entry(fire, entry.outbox_id, was_sent=True, receipt="accepted")
        return Done({"sent": 1, "status": entry.status})

    container = office.works.fire.container("deliver", work, cloud=office.works.cloud, bucket=BUCKET)
    return office.works.fire("deliver", container=container, schedule="by-hand-deliver", request_id=key)


def objects(office: Office, prefix: str) -> list[Any]:
    client = office.works.cloud.client("s3")
    listed = client.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    return [json.loads(client.get_object(Bucket=BUCKET, Key=one["Key"])["Body"].read()) for one in listed]


def went_back(office: Office) -> list[dict[str, Any]]:
    return office.rows("SELECT * FROM company.findings WHERE kind = 'brain_went_back' ORDER BY id")


def test_a_brain_that_goes_on_is_accused_of_nothing(beating: Office) -> None:
    send(beating, "deliver:1")
    beating.run("heartbeat", minutes=5)

    assert went_back(beating) == []
    assert len(objects(beating, BEAT)) == 1


def test_a_brain_that_went_back_rings_with_what_had_left_and_sends_nothing_by_itself(beating: Office) -> None:
    send(beating, "deliver:1")
    go_back(beating)

    beating.run("heartbeat", minutes=5)
    beating.run("heartbeat", minutes=5)

    [finding] = went_back(beating)
    assert (finding["level"], finding["watcher"], finding["times_seen"]) == ("ring", "ceo", 1)
    assert [act.split(" ", 1)[1] for act in finding["evidence"]["left"]] == ["deliver to a@b.invalid: news"]
    levels = beating.rows("SELECT action, level FROM company.approvals WHERE action IN ('deliver', 'publish')")
    assert {row["action"]: row["level"] for row in levels} == {"deliver": "ask", "publish": "closed"}


def warm_heartbeat(office: Office) -> Callable[[], Any]:
    """Fires heartbeat each five minutes in one container, as a warm one stays."""
    fire, cloud = office.works.fire, office.works.cloud
    container = fire.container("heartbeat", cloud=cloud, bucket=BUCKET, schedule_group=office.GROUP)
    events = count()

    def beat() -> Any:
        office.works.brain.wait(minutes=5)
        return fire("heartbeat", container=container, request_id=f"warm-{next(events)}")

    return beat


def test_a_warm_heartbeat_notices_it_by_what_it_wrote_itself(beating: Office) -> None:
    beat = warm_heartbeat(beating)
    beat()
    beat()
    assert went_back(beating) == []
    beating.works.cloud.client("s3").put_object(Bucket=BUCKET, Key=BEAT, Body=b'{"at": "2020-01-01T00:00:00+00:00"}')
    go_back(beating)

    beat()

    assert len(went_back(beating)) == 1


def test_a_warm_heartbeat_does_not_write_over_the_mark_of_another_and_reads_it_next(beating: Office) -> None:
    beat = warm_heartbeat(beating)
    beat()
    beating.run("heartbeat", minutes=30)
    [theirs] = objects(beating, BEAT)
    go_back(beating)
    beating.works.brain.set_now(datetime.fromisoformat(theirs["at"]) - timedelta(minutes=20))

    beat()
    assert objects(beating, BEAT) == [theirs]
    beat()

    assert len(went_back(beating)) == 1


def test_what_was_due_in_the_time_that_is_gone_is_not_missed(beating: Office) -> None:
    """Only between the last beat that the brain knows of and the mark: what was due later is missed as ever."""
    beating.run("heartbeat", minutes=8)
    go_back(beating)

    beating.run("heartbeat", minutes=25)

    ended = "SELECT to_char(due_at AT TIME ZONE 'UTC', 'HH24:MI') AS due, status FROM company.slots"
    states = {row["due"]: row["status"] for row in beating.rows(f"{ended} WHERE due_at < company.now()")}
    assert [due for due, status in states.items() if status == "withdrawn"] == ["07:15"]
    assert (states["07:20"], states["07:25"]) == ("missed", "missed")


@pytest.mark.parametrize("hours", [20, 72])
def test_a_backup_that_is_older_than_its_ledger_reaches_accuses_nobody(beating: Office, hours: int) -> None:
    beating.deploy(*(role for role in ALL if role != "heartbeat"))
    beating.run("heartbeat", minutes=7)
    last = beating.works.brain.now()
    marked = last + timedelta(hours=hours)
    body = json.dumps({"at": marked.isoformat()}).encode()
    beating.works.cloud.client("s3").put_object(Bucket=BUCKET, Key=BEAT, Body=body)
    beating.works.brain.set_now(marked)

    for _ in range(2):
        beating.run("heartbeat", minutes=5)

    gone = "SELECT DISTINCT status FROM company.slots WHERE due_at > %(last)s AND due_at <= %(marked)s"
    assert [row["status"] for row in beating.rows(gone, last=last, marked=marked)] == ["withdrawn"]
    # Its own slots are missed, for these tests fire heartbeat by hand.
    others = "SELECT kind, title FROM company.findings WHERE subject <> 'heartbeat' ORDER BY id"
    assert [row["kind"] for row in beating.rows(others)] == ["brain_went_back"], beating.rows(others)


def test_a_ledger_that_fell_short_before_the_last_beat_is_no_gap(beating: Office) -> None:
    """What heartbeat beat over and did not write is missed, whatever it says of a restore."""
    admin = beating.works.brain.as_login("superuser")
    short = "UPDATE company.schedules SET filled_until = (SELECT max(at) FROM company.beats) - interval '1 hour'"
    run_sql(admin, short)
    beating.works.brain.wait(hours=30)

    beating.works.brain.as_role("heartbeat").value("withdraw_gap", until=beating.works.brain.now())

    assert beating.value("SELECT max(filled_until) < (SELECT max(at) FROM company.beats) FROM company.schedules")


def test_between_the_restore_and_the_next_beat_nothing_leaves(beating: Office) -> None:
    go_back(beating)

    with pytest.raises(BrainWentBack, match="nothing is sent"):
        send(beating, "deliver:1")

    assert beating.rows("SELECT * FROM company.outbox") == []
    beating.run("heartbeat", minutes=5)
    assert send(beating, "deliver:2", confirm=False)["evidence"]["status"] == "waiting"


@pytest.mark.parametrize("fires_first", [False, True])
def test_what_was_allowed_before_a_restore_is_asked_about_once_more(shop: Office, fires_first: bool) -> None:
    shop.works.cloud.client("s3").create_bucket(Bucket=BUCKET)
    shop.deploy("heartbeat")
    for _ in range(2):
        shop.run("heartbeat", minutes=5)
    shop.run("deliver")
    shop.answer("yes")
    go_back(shop)

    if fires_first:
        shop.run("deliver")
    assert sent_mail(shop.works.cloud) == []
    shop.run("heartbeat", minutes=5)
    shop.run("deliver")

    assert sent_mail(shop.works.cloud) == []
    first, again = shop.rows("SELECT * FROM company.decisions ORDER BY id")
    noted = (
        "0 of 2 sent, 2 still to send" if fires_first else "asked once more: the brain went back, and it may have left"
    )
    assert first["outcome"].startswith(noted)
    assert again["background"].count("(the brain went back, and it may have left before)") == 2
    shop.answer("yes")
    shop.run("deliver")
    assert len(sent_mail(shop.works.cloud)) == 1


def test_what_was_refused_is_not_noted_as_having_left(beating: Office) -> None:
    send(beating, "deliver:1", confirm=False)

    assert objects(beating, LEFT) == []


@pytest.mark.parametrize("spoil", ["no bucket", "no mark", "nonsense"])
def test_a_mark_that_cannot_be_read_stops_nothing(beating: Office, spoil: str) -> None:
    client = beating.works.cloud.client("s3")
    spoils: dict[str, Callable[[], object]] = {
        "no bucket": lambda: [client.delete_object(Bucket=BUCKET, Key=BEAT), client.delete_bucket(Bucket=BUCKET)],
        "no mark": lambda: client.delete_object(Bucket=BUCKET, Key=BEAT),
        "nonsense": lambda: client.put_object(Bucket=BUCKET, Key=BEAT, Body=b"{not json"),
    }
    spoils[spoil]()
    go_back(beating)

    assert send(beating, "deliver:1")["outcome"] == "done"
    assert beating.run("heartbeat", minutes=5)["outcome"] == "done"
    assert went_back(beating) == []


def test_the_title_says_how_much_is_gone_in_minutes_where_it_is_less_than_two_hours(beating: Office) -> None:
    beating.run("heartbeat", minutes=20)
    go_back(beating)

    beating.run("heartbeat", minutes=1)

    [finding] = went_back(beating)
    assert finding["title"].startswith("the brain went back, 20 min of it are gone; ")
