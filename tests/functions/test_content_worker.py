"""The content domain, from the editor's task to the reader's feed: cited, looked up by another, then published."""

from xml.etree import ElementTree as ET

import pytest

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from tests.functions.office import Office
from tests.pipeline.grown import grown
from tests.pipeline.works import Works, epss_of, kev_of
from tests.support import rss
from tests.support.brains import MORNING


def _scored(works: Works) -> None:
    works.take_in("kev", kev_of(10))
    works.take_in("epss", epss_of(10), at="2026-03-10T12:55:00Z")
    works.run("link", "score")


template_brain = grown(_scored)


@pytest.fixture
def newsroom(office: Office) -> Office:
    """As the template has it: ten things scored, and nothing written yet."""
    return office


def _lower_the_first(office: Office) -> str:
    """The score of what leads every draft is another one now."""
    first: str = office.value("SELECT entity FROM company.scores ORDER BY score DESC, entity LIMIT 1")
    office.works.brain.admin.execute("UPDATE company.scores SET score = 1.5 WHERE entity = %s", (first,))
    return first


def _published(office: Office) -> None:
    office.works.brain.owner.run("set_approval", action="publish", level="open")
    for role in ("content_manager", "content_worker", "content_auditor", "publish"):
        office.run(role)


def _text(office: Office, key: str) -> str:
    answer = office.works.cloud.client("s3").get_object(Bucket="works", Key=f"pages/posts/{key}")
    return str(answer["Body"].read().decode())


def test_the_editor_asks_for_each_topic_once(newsroom: Office) -> None:
    first, again = newsroom.run("content_manager"), newsroom.run("content_manager")

    assert (first["evidence"]["filed"], again["evidence"]["filed"]) == (3, 0)
    assert newsroom.value("SELECT count(*) FROM company.task_queue WHERE mode = 'content'") == 3


def test_a_task_becomes_a_draft_whose_every_figure_is_cited(newsroom: Office) -> None:
    newsroom.run("content_manager")

    answer = newsroom.run("content_worker")

    drafts = newsroom.rows("SELECT kind, status, jsonb_array_length(facts) AS facts FROM company.drafts ORDER BY id")
    assert answer["evidence"]["tasks"] == 3
    assert answer["evidence"]["facts"] == sum(draft["facts"] for draft in drafts)
    assert {draft["kind"] for draft in drafts} == {"post", "outreach"}
    assert {draft["status"] for draft in drafts} == {"drafted"}


def test_what_has_not_changed_is_not_written_again(newsroom: Office) -> None:
    for role in ("content_manager", "content_worker"):
        newsroom.run(role)
    before = newsroom.value("SELECT count(*) FROM company.drafts")

    newsroom.run("content_manager", days=1)
    answer = newsroom.run("content_worker")

    assert answer["evidence"]["drafts"] == 0
    assert newsroom.value("SELECT count(*) FROM company.drafts") == before


def test_a_worker_without_a_task_skips(newsroom: Office) -> None:
    assert newsroom.run("content_worker")["reason"] == "no content task waits"
    assert newsroom.run("content_auditor")["reason"] == "no draft waits for a verdict"


def test_a_task_without_a_topic_is_blocked_on_the_editor(newsroom: Office) -> None:
    newsroom.works.brain.as_role("content_manager").one(
        "file_task", mode="content", title="sing", payload={}, priority=5, dedupe_key=None, not_before=None
    )

    newsroom.run("content_worker")

    [task] = newsroom.rows("SELECT status, blocked_on FROM company.task_queue")
    assert tuple(task.values()) == ("blocked", "content_manager")


def test_every_fact_is_looked_up_and_recorded_before_the_verdict(newsroom: Office) -> None:
    for role in ("content_manager", "content_worker"):
        newsroom.run(role)

    answer = newsroom.run("content_auditor")

    audited = newsroom.value("SELECT sum(looked_at)::integer FROM company.audits WHERE auditor = 'content_auditor'")
    assert answer["evidence"]["sampled"] + answer["evidence"]["drafts"] == audited > 2, "each fact, and each text"
    assert newsroom.value("SELECT count(*) FROM company.drafts WHERE status = 'audited'") == 2


def test_a_fact_that_is_no_longer_so_rejects_the_draft_with_the_reason(newsroom: Office) -> None:
    for role in ("content_manager", "content_worker"):
        newsroom.run(role)
    first = _lower_the_first(newsroom)

    answer = newsroom.run("content_auditor")

    assert answer["evidence"]["rejected"] > 0
    reason = newsroom.value("SELECT reason FROM company.drafts WHERE status = 'rejected' LIMIT 1")
    assert reason.startswith(f"scores {first} score: the draft says ")
    assert "in force is 1.5" in reason


def test_a_rejected_draft_is_written_again_and_its_finding_closed(newsroom: Office) -> None:
    for role in ("content_manager", "content_worker"):
        newsroom.run(role)
    _lower_the_first(newsroom)
    newsroom.run("content_auditor")

    newsroom.run("content_manager")
    newsroom.run("content_worker")
    newsroom.run("content_auditor")

    assert newsroom.finding("false_fact")["closed_by"] == "content_manager"
    audited = newsroom.rows("SELECT topic FROM company.drafts WHERE status = 'audited'")
    assert {"topic": "added_lately"} in audited


def test_audited_posts_become_pages_and_a_valid_feed(newsroom: Office) -> None:
    _published(newsroom)

    feed = ET.fromstring(_text(newsroom, "feed.xml"))
    items = feed.findall("channel/item")
    assert (feed.tag, feed.get("version"), len(items)) == ("rss", "2.0", 1)
    assert rss.faults(_text(newsroom, "feed.xml")) == []
    assert items[0].findtext("pubDate", "").endswith("Mar 2026 " + f"{newsroom.works.brain.now():%H:%M}:00 GMT")
    slug = newsroom.value("SELECT slug FROM company.drafts WHERE status = 'published'")
    assert "<h1>Newly known to be exploited" in _text(newsroom, f"{slug}.html")
    assert "Facts checked 11 March 2026" in _text(newsroom, f"{slug}.txt")


def test_a_letter_is_audited_and_not_sent(newsroom: Office) -> None:
    _published(newsroom)

    assert newsroom.value("SELECT status FROM company.drafts WHERE kind = 'outreach'") == "audited"
    assert newsroom.value("SELECT count(*) FROM company.outbox WHERE subject LIKE 'If you run%%'") == 0


def test_while_the_approval_is_closed_no_post_is_published(newsroom: Office) -> None:
    for role in ("content_manager", "content_worker", "content_auditor"):
        newsroom.run(role)

    answer = newsroom.run("publish")

    assert answer["reason"] == "the approval level of publish is closed; the owner opens it"
    assert newsroom.value("SELECT count(*) FROM company.outbox") == 0


def test_a_post_whose_result_is_unknown_is_not_published_again(newsroom: Office) -> None:
    for role in ("content_manager", "content_worker", "content_auditor"):
        newsroom.run(role)
    newsroom.works.brain.owner.run("set_approval", action="publish", level="open")

    def killed(fire: Fire) -> Outcome:
        draft = fire.brain.all("drafts_to_publish")[0]["id"]
        entry = {"action": "publish", "dedupe_key": f"publish:{draft}", "to_whom": "x", "subject": "", "payload": {}}
        fire.brain.one("record_outbox_entry", **entry, content_sha256=None, session_id=fire.session_id)
        return Done({"killed": 1})

    newsroom.works.brain.wait(minutes=1)
    newsroom.works.fire("publish", killed, request_id="killed")
    answer = newsroom.run("publish")

    assert (answer["evidence"]["published"], answer["evidence"]["unknown"]) == (0, 1)
    assert newsroom.finding("unpublished")["watcher"] == "content_manager"


def test_a_letter_is_replaced_by_the_next_one_of_its_topic(newsroom: Office) -> None:
    for role in ("content_manager", "content_worker", "content_auditor"):
        newsroom.run(role)
    newsroom.works.brain.admin.execute(
        "UPDATE company.scores SET score = score / 2"
        " WHERE entity IN (SELECT entity FROM company.scores ORDER BY score DESC, entity LIMIT 3)"
    )

    newsroom.run("content_manager", days=8)
    for role in ("content_worker", "content_manager"):
        newsroom.run(role)

    letters = newsroom.rows("SELECT status FROM company.drafts WHERE kind = 'outreach' ORDER BY id")
    assert [letter["status"] for letter in letters] == ["superseded", "drafted"]


def test_old_drafts_are_removed_from_the_queue_before_old_facts_are_published(newsroom: Office) -> None:
    for role in ("content_manager", "content_worker", "content_auditor"):
        newsroom.run(role)

    answer = newsroom.run("content_manager", days=4)

    assert answer["evidence"]["superseded"] == 1
    assert "written 4 days ago" in newsroom.value("SELECT reason FROM company.drafts WHERE status = 'superseded'")
    assert newsroom.works.brain.now() > MORNING
