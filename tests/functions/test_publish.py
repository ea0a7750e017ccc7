"""What an undone batch had brought is not published, and a post that says it says so too, after the owner's yes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from company.fire.fire import Fire
from company.outcomes import Done
from publish.pages import AuditedPost
from publish.work import publish as put_out
from tests.functions.office import Office, office_of
from tests.pipeline.grown import grown
from tests.pipeline.works import Works, epss_of, kev, kev_entry
from tests.support import rss
from tests.support.brains import TestBrain, run_sql
from tests.support.drafts import draft_row, given_session, judge, publish, scored, sent_entry, write_draft
from tests.support.races import unfinished, wait_until_blocked
from tests.support.refusals import NO_RIGHT, refused

OLD = tuple(kev_entry(n) for n in range(10))
WRONG = kev_entry(11, vendorProject="Osterlume", product="Tide Gauge", dateAdded="2026-03-10")
CVE = WRONG["cveID"]
FIRST, SECOND, THIRD = ("2026-03-10T17:00:00.1234Z", "2026-03-11T06:30:00.1234Z", "2026-03-11T09:30:00.1234Z")
WROTE = ("content_manager", "content_worker", "content_auditor")


def _write(works: Works) -> None:
    """Ten things scored, an eleventh that its source never listed, and the posts about them."""
    office = office_of(works)
    works.take_in("epss", epss_of(20), at="2026-03-10T12:55:00Z")
    works.take_in("kev", kev(*OLD, at=FIRST))
    _read_wrongly(office, SECOND)
    office.works.brain.owner.run("set_approval", action="publish", level="open")
    for role in WROTE:
        office.run(role)


template_brain = grown(_write)


@pytest.fixture
def newsroom(office: Office) -> Office:
    """As the template has it."""
    return office


def _read_wrongly(office: Office, at: str) -> None:
    office.works.take_in("kev", kev(WRONG, *OLD, at=at))
    office.works.run("link", "score")


def _undo(office: Office) -> int:
    office.works.brain.wait(minutes=5)
    batch = office.value("SELECT max(id) FROM company.batches WHERE source = 'kev'")
    office.works.brain.as_role("data_auditor").run("undo_batch", batch=batch, reason="CISA has no such entry")
    return int(batch)


def _post(office: Office) -> dict[str, Any]:
    return office.rows("SELECT * FROM company.drafts WHERE topic = 'added_lately' ORDER BY id LIMIT 1")[0]


def _file(office: Office, name: str) -> str:
    answer = office.works.cloud.client("s3").get_object(Bucket="works", Key=f"pages/posts/{name}")
    return str(answer["Body"].read().decode())


def _questions(office: Office) -> list[str]:
    rows = office.rows("SELECT question FROM company.decisions WHERE asked_by = 'publish' ORDER BY id")
    return [row["question"] for row in rows]


def test_a_published_post_says_what_was_taken_back_after_the_owners_yes(newsroom: Office) -> None:
    newsroom.run("publish")
    before = _file(newsroom, f"{_post(newsroom)['slug']}.txt")
    assert CVE in before
    _undo(newsroom)

    asked = newsroom.run("publish")
    assert (asked["evidence"]["asked"], _questions(newsroom)) == (1, ["Send this correction?"])
    assert _file(newsroom, f"{_post(newsroom)['slug']}.txt") == before
    [shown] = newsroom.works.brain.owner.all("entries_waiting", decision_id=None)
    assert shown["body"].startswith("Correction of ") and CVE in shown["body"]

    newsroom.answer("yes")
    assert newsroom.run("publish")["evidence"]["corrected"] == 1
    post = _post(newsroom)
    notice = f"Taken back: {CVE} (vendor, product and date added)."
    text, page = _file(newsroom, f"{post['slug']}.txt"), _file(newsroom, f"{post['slug']}.html")
    title, _, first, *_ = text.splitlines()
    assert title == post["title"] and first.startswith("Correction of 11 March 2026") and first.endswith(notice)
    assert notice in page and post["body"].splitlines()[0] in page
    feed = _file(newsroom, "feed.xml")
    assert rss.faults(feed) == []
    [entry] = [item for item in ET.fromstring(feed).iter("item") if CVE in (item.findtext("title") or "")]
    assert notice in rss.shown(entry.findtext("description") or "")
    assert newsroom.run("publish")["outcome"] == "skipped"
    newsroom.run("content_manager")
    note = newsroom.value("SELECT body FROM company.inbox WHERE from_role = 'content_manager' ORDER BY id DESC LIMIT 1")
    assert "1 post corrected" in note
    newsroom.run("docs_auditor")
    assert newsroom.rows("SELECT title FROM company.findings WHERE subject LIKE 'post %%'") == []


def test_a_no_leaves_the_post_as_it_is_and_is_not_asked_again(newsroom: Office) -> None:
    newsroom.run("publish")
    _undo(newsroom)
    newsroom.run("publish")

    newsroom.answer("no")

    assert newsroom.run("publish")["outcome"] == "skipped"
    assert "Correction" not in _file(newsroom, f"{_post(newsroom)['slug']}.txt")
    assert len(_questions(newsroom)) == 1


def test_what_was_read_again_needs_no_correction(newsroom: Office) -> None:
    newsroom.run("publish")
    _undo(newsroom)
    _read_wrongly(newsroom, THIRD)

    assert newsroom.run("publish")["outcome"] == "skipped"


def test_a_correction_that_the_bucket_refused_is_put_by_the_next_fire(newsroom: Office) -> None:
    newsroom.run("publish")
    newsroom.works.brain.owner.run("set_approval", action="correct", level="open")
    _undo(newsroom)
    s3 = newsroom.works.cloud.client("s3")
    for item in s3.list_objects_v2(Bucket="works")["Contents"]:
        s3.delete_object(Bucket="works", Key=item["Key"])
    s3.delete_bucket(Bucket="works")

    assert newsroom.run("publish")["evidence"]["refused"] == 1
    s3.create_bucket(Bucket="works")
    assert newsroom.run("publish")["evidence"]["corrected"] == 1
    assert "Correction of" in _file(newsroom, f"{_post(newsroom)['slug']}.txt")


def test_a_correction_of_which_a_killed_fire_left_nothing_known_is_put_by_a_later_one(newsroom: Office) -> None:
    newsroom.run("publish")
    brain = newsroom.works.brain
    brain.owner.run("set_approval", action="correct", level="open")
    _undo(newsroom)
    post = _post(newsroom)
    brain.as_role("publish").run(
        "record_outbox_entry",
        action="correct",
        dedupe_key=f"correct:post:{post['id']}:{post['taken_back_at']:%Y-%m-%dT%H:%M:%S}:0",
        to_whom="a page",
        subject="",
        payload={"draft": post["id"]},
        content_sha256=None,
        session_id=given_session(brain, "publish"),
    )
    brain.admin.execute(
        "UPDATE company.sessions SET finished_at = company.now(), outcome = 'crashed', reason = 'killed'"
        " WHERE finished_at IS NULL"
    )

    assert newsroom.run("publish")["evidence"]["unknown"] == 1
    assert newsroom.run("publish")["evidence"]["corrected"] == 1


def test_a_correction_that_waits_is_withdrawn_when_it_is_read_again(newsroom: Office) -> None:
    newsroom.run("publish")
    _undo(newsroom)
    newsroom.run("publish")
    _read_wrongly(newsroom, THIRD)

    assert newsroom.run("publish")["evidence"]["withdrawn"] == 1
    entry = "SELECT status FROM company.outbox WHERE action = 'correct'"
    assert newsroom.value(entry) == "declined"
    assert newsroom.run("publish")["outcome"] == "skipped"


def test_a_post_is_corrected_also_while_nothing_is_published(newsroom: Office) -> None:
    newsroom.run("publish")
    newsroom.works.brain.owner.run("set_approval", action="publish", level="closed")
    newsroom.works.brain.owner.run("set_approval", action="correct", level="open")
    _undo(newsroom)

    assert newsroom.run("publish")["evidence"]["corrected"] == 1
    assert newsroom.run("publish")["reason"].startswith("the approval level of publish is closed")


def test_a_draft_that_says_what_was_taken_back_leaves_the_queue_with_its_question(newsroom: Office) -> None:
    newsroom.works.brain.owner.run("set_approval", action="publish", level="ask")
    newsroom.run("publish")
    batch = _undo(newsroom)

    post = _post(newsroom)
    assert (post["status"], post["reason"]) == ("superseded", f"it says what was taken back with B-{batch}")
    entry = newsroom.value(
        "SELECT status FROM company.outbox WHERE payload ->> 'draft' = %(id)s::text", id=str(post["id"])
    )
    assert entry == "declined"
    assert newsroom.run("content_manager")["evidence"]["filed"] >= 1, "its topic is due again"


def test_a_draft_that_cites_nothing_of_the_batch_stays(newsroom: Office) -> None:
    _undo(newsroom)

    said = {row["status"]: row["facts"] for row in newsroom.rows("SELECT status, facts FROM company.drafts")}
    assert CVE not in str(said.pop("audited"))
    assert CVE in str(said.pop("superseded"))


def _put_out(office: Office, level: str = "open") -> dict[str, Any] | None:
    """What publish records before it puts the page out."""
    brain, post = office.works.brain, _post(office)
    brain.owner.run("set_approval", action="publish", level=level)
    return brain.as_role("publish").one(
        "record_outbox_entry",
        action="publish",
        dedupe_key=f"publish:{post['id']}",
        to_whom="a page",
        subject=post["title"],
        payload={"draft": post["id"]},
        content_sha256=None,
        session_id=given_session(brain, "publish"),
    )


@pytest.mark.parametrize("level", ["open", "ask"])
def test_a_post_that_is_put_out_while_it_is_taken_back_waits_and_is_refused(newsroom: Office, level: str) -> None:
    brain, publisher = newsroom.works.brain, newsroom.works.brain.as_role("publish")

    with ThreadPoolExecutor(max_workers=1) as other:
        with unfinished(brain.as_role("data_auditor")):
            _undo(newsroom)
            putting = other.submit(_put_out, newsroom, level)
            wait_until_blocked(brain, publisher, putting)
        with refused("a_post_is_put_out_from_the_queue"):
            putting.result(timeout=10)

    assert (_post(newsroom)["status"], _post(newsroom)["taken_back"]) == ("superseded", None)


def test_an_undoing_waits_for_a_post_that_is_being_put_out_and_then_corrects_it(newsroom: Office) -> None:
    brain, auditor = newsroom.works.brain, newsroom.works.brain.as_role("data_auditor")

    with ThreadPoolExecutor(max_workers=1) as other:
        with unfinished(brain.as_role("publish")):
            _put_out(newsroom)
            undoing = other.submit(_undo, newsroom)
            wait_until_blocked(brain, auditor, undoing)
        undoing.result(timeout=10)

    assert (_post(newsroom)["status"], _post(newsroom)["taken_back_at"] is not None) == ("audited", True)


def test_an_approved_post_that_left_the_queue_is_not_put_out(newsroom: Office) -> None:
    """As an undoing that ends between the question which posts wait and the taking of this one."""
    newsroom.works.brain.owner.run("set_approval", action="publish", level="ask")
    newsroom.run("publish")
    newsroom.answer("yes")
    left = "UPDATE company.drafts SET status = 'superseded', reason = 'r', ended_at = company.now() WHERE id = %(id)s"
    run_sql(newsroom.works.brain.as_login("superuser"), left, id=_post(newsroom)["id"])
    post = AuditedPost(**{field.name: _post(newsroom)[field.name] for field in fields(AuditedPost)})
    ends: list[str] = []

    def work(fire: Fire) -> Done:
        ends.append(put_out(fire, post))
        return Done({"posts": 1})

    newsroom.works.fire("publish", work)

    assert ends == ["refused"]
    assert newsroom.value("SELECT count(*) FROM company.drafts WHERE status = 'published'") == 0


@pytest.mark.parametrize("role", ["content_manager", "deliver", "owner"])
def test_nobody_but_publish_corrects_a_post(steadfast_brain: TestBrain, role: str) -> None:
    for statement in ("SELECT company.correct_post(1, 1, 1)", "SELECT company.withdraw_post_corrections('because')"):
        with refused(NO_RIGHT):
            steadfast_brain.sql(role, statement)


def test_a_post_is_corrected_once_its_entry_was_sent_and_where_facts_were_taken_back(brain: TestBrain) -> None:
    scored(brain)
    draft = write_draft(brain)
    judge(brain, draft)
    publish(brain, draft)
    values = {"session_id": given_session(brain, "publish"), "draft_id": draft}

    with refused("a_post_was_corrected_when_its_entry_was_sent"):
        brain.as_role("publish").run("correct_post", **values, outbox_id=draft_row(brain, draft)["outbox_id"])
    entry = sent_entry(brain, "correct", draft, values["session_id"])
    with refused("a_post_is_corrected_where_facts_were_taken_back"):
        brain.as_role("publish").run("correct_post", **values, outbox_id=entry)
