"""docs_auditor: what is deployed, what was published and what people read agree; a difference is a finding."""

from pathlib import Path
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from docs_auditor.tools import FUNCTIONS
from patchfirst.vertical import VERTICAL
from publish.pages import AuditedPost, as_html, as_text
from tests.functions.office import Office
from tests.support.drafts import judge, publish, scored, write_draft
from tests.support.staff import staff


def test_a_company_without_faults_is_compared_page_by_page(office: Office) -> None:
    office.works.run("org_page")

    answer = office.run("docs_auditor")

    roles = office.value("SELECT count(*) FROM company.roster WHERE kind <> 'owner' AND left_at IS NULL")
    # The test company sells another product than the one deployed.
    assert office.rows("SELECT subject FROM company.findings WHERE kind = 'drift'") == [{"subject": "PRODUCT"}]
    assert answer["evidence"]["sampled"] == roles + 3


@pytest.mark.parametrize(
    ("drift", "subject", "expected"),
    [
        (
            "UPDATE company.roster SET watched_by = 'ceo' WHERE role = 'check'",
            "record check",
            "watched_by",
        ),
        (
            "UPDATE company.brain SET content = 'Do as you like.' WHERE file_key = 'SKILL_CHECK'",
            "record check",
            "page",
        ),
        (
            "ALTER TABLE company.brain DISABLE TRIGGER USER; INSERT INTO company.brain (file_key, content, updated_by)"
            " VALUES ('MEMORY_SALES_WORKER', 'x', 'ceo')",
            "MEMORY_SALES_WORKER",
            "sales_worker",
        ),
        (
            "UPDATE company.brain SET updated_at = company.now() - interval '2 days' WHERE file_key = 'PROJECT_STATUS'",
            "PROJECT_STATUS",
            "hours 48",
        ),
        ("UPDATE company.roster SET grace = interval '3 hours' WHERE role = 'link'", "record link", "grace_minutes"),
        (
            "UPDATE company.roster SET answers_within = interval '6 hours' WHERE role = 'data_manager'",
            "record data_manager",
            "answers_within_minutes",
        ),
        (
            "UPDATE company.roster SET budget = budget || '{\"usd\": 25}' WHERE role = 'ceo'",
            "record ceo",
            "budget: deployed",
        ),
        ("UPDATE company.roster SET missed_fire = 'skip' WHERE role = 'score'", "record score", "missed_fire"),
        (
            "INSERT INTO company.schedules (schedule, role, expression, timezone, state, modified_at, seen_at)"
            " SELECT role, role, schedule_expression, 'Asia/Tokyo', 'ENABLED', company.now(), company.now()"
            " FROM company.roster WHERE role = 'promote'",
            "record promote",
            "Asia/Tokyo",
        ),
        (
            "INSERT INTO company.outbox (action, dedupe_key, to_whom, subject, by_role, status) VALUES"
            " ('publish', 'x', 'y', 'z', 'deliver', 'recorded')",
            "record deliver",
            "outward of its last week",
        ),
    ],
)
def test_a_drift_is_reported_with_both_its_sides(office: Office, drift: str, subject: str, expected: str) -> None:
    office.works.brain.admin.execute(drift.encode())

    office.run("docs_auditor")

    [found] = office.rows("SELECT * FROM company.findings WHERE kind = 'drift' AND subject = %(s)s", s=subject)
    assert expected in found["title"]
    assert found["watcher"] == "ceo"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the deployed records that a test may change."""
    copied = tmp_path / "functions"
    for record in (*FUNCTIONS.glob("*/SKILL.md"), *FUNCTIONS.glob("*/MACHINE.md")):
        (copied / record.parent.name).mkdir(parents=True)
        (copied / record.parent.name / record.name).write_text(record.read_text())
    monkeypatch.setattr("docs_auditor.tools.FUNCTIONS", copied)
    return copied


def test_a_record_of_a_product_that_is_not_deployed_is_no_drift(office: Office, folders: Path) -> None:
    text = (folders / "scrape_kev" / "MACHINE.md").read_text()
    (folders / "scrape_tides").mkdir()
    other = text.replace("name: scrape_kev", "name: scrape_tides").replace("product: patchfirst", "product: tidewatch")
    (folders / "scrape_tides" / "MACHINE.md").write_text(other)

    office.run("docs_auditor")

    assert office.rows("SELECT subject FROM company.findings WHERE kind = 'drift'") == [{"subject": "PRODUCT"}]


FALSE_SENTENCES = {
    "data_worker": ("Take a bad batch back by undo_batch.", "tools that its page names", "['undo_batch']"),
    "ceo": ("Then you call close_every_case.", "names on its page", "['close_every_case']"),
    "link": ("It fires once a week.", "when it fires, by its page", "['once week']"),
    "score": ("Its schedule is cron(0 9 1 1 ? *).", "when it fires, by its page", "cron(0 9 1 1 ? *)"),
    "check": ("Its rows come from scrape_tides.", "names who is not here", "['scrape_tides']"),
    "promote": ("It fires twice an hour. Ask data_worker.", "", ""),
}
"""A sentence that is added to a role's page, and what is said of it: what differs, and how."""


def test_what_a_page_says_in_words_is_compared_with_its_own_record(office: Office, folders: Path) -> None:
    """Deployed and published alike, so that no comparison of texts shows it."""
    for role, (sentence, _, _) in FALSE_SENTENCES.items():
        [page] = (folders / role).glob("*.md")
        page.write_text(f"{page.read_text().rstrip()}\n\n{sentence}\n")

    office.run("docs_auditor")

    for role, (_, what, how) in FALSE_SENTENCES.items():
        found = office.rows("SELECT title FROM company.findings WHERE subject = %(s)s", s=f"record {role}")
        titles = [row["title"] for row in found if "drifts in page:" not in row["title"]]
        assert (what == "" and titles == []) or any(f"drifts in {what}: " in t and how in t for t in titles), titles


def test_a_drift_is_over_when_both_sides_are_equal_again(office: Office) -> None:
    admin = office.works.brain.admin
    admin.execute("UPDATE company.roster SET description = 'another' WHERE role = 'check'")
    office.run("docs_auditor")

    admin.execute("UPDATE company.roster SET description = %s WHERE role = 'check'", (staff()["check"].description,))
    office.run("docs_auditor")

    [found] = office.rows("SELECT closed_by FROM company.findings WHERE subject = 'record check'")
    assert found["closed_by"] == "docs_auditor"


def test_an_organisation_page_that_lacks_a_role_is_found(office: Office) -> None:
    page = b"<html>ceo and data_manager work here</html>"
    office.works.cloud.client("s3").put_object(Bucket="works", Key="pages/org.html", Body=page)

    office.run("docs_auditor")

    [found] = office.rows("SELECT evidence FROM company.findings WHERE subject = 'org page'")
    assert "data_worker" in found["evidence"]["missing"]


CHANGED_PAGES = {
    "another figure": ("html", "81.5", "18.5", "its page says something else than was approved"),
    "one line more": ("html", "</p>\n<footer>", "</p>\n<p>Call us.</p>\n<footer>", "its page says something else"),
    "a script": ("html", "<footer>", "<script>1</script><footer>", "its page has parts that no post has: script"),
    "another text": ("txt", "scores", "does not score", "its plain text is not the approved one"),
    "gone": ("txt", "", None, "its plain text is not there"),
    "as approved": ("html", "", "", ""),
}
"""Which file of a post is changed, what in it, and what is said of it."""


def test_a_published_post_that_was_changed_where_it_is_kept_is_found(office: Office) -> None:
    brain, s3 = office.works.brain, office.works.cloud.client("s3")
    scored(brain)
    drafts = {write_draft(brain): how for how in CHANGED_PAGES}
    for draft in drafts:
        judge(brain, draft)
        publish(brain, draft)
        post = AuditedPost(draft, "t", "On X-1", "X-1 scores 81.5.", [], "content_auditor", brain.now())
        kind, old, new, _ = CHANGED_PAGES[drafts[draft]]
        for name, text in (("html", as_html(post, title="T")), ("txt", as_text(post))):
            changed = text.replace(old, new or "", 1) if name == kind and old else text
            if name != kind or new is not None:
                s3.put_object(Bucket="works", Key=f"pages/posts/s{draft}.{name}", Body=changed.encode())

    office.run("docs_auditor")

    titles = {row["subject"]: row["title"] for row in office.rows("SELECT subject, title FROM company.findings")}
    for draft, how in drafts.items():
        said = CHANGED_PAGES[how][-1]
        assert said in titles.get(f"post s{draft}", "") and bool(said) == (f"post s{draft}" in titles), titles


def test_a_post_that_s3_does_not_give_just_now_is_not_said_to_be_gone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    brain, s3 = office.works.brain, office.works.cloud.client("s3")
    scored(brain)
    draft = write_draft(brain)
    judge(brain, draft)
    publish(brain, draft)
    busy = ClientError({"Error": {"Code": "SlowDown", "Message": "Please reduce your request rate."}}, "GetObject")
    monkeypatch.setattr(s3, "get_object", Mock(side_effect=busy))

    with pytest.raises(ClientError, match="SlowDown"):  # so that Lambda tries the fire again
        office.run("docs_auditor")

    titles = [row["title"] for row in office.rows("SELECT title FROM company.findings")]
    assert not [title for title in titles if "is not there" in title], titles


PROMISE = """# x

- KEV, its publisher's list: {kev}. A new edition on most days.
- Exploit-DB, Metasploit and nuclei: which CVEs have an exploit. Fresh for 10, 4
  and 4 days.
{more}
"""


@pytest.mark.parametrize(
    ("kev", "more", "title"),
    [
        ("Fresh for 90 hours", "", "PRODUCT drifts in limit of kev: stated 90 hours, in the brain 96 hours"),
        ("Fresh for 4 days", "", None),
        ("by weekdays", "", None),
        ("by weekdays", "- A list that nobody reads. Fresh for 2 days.",
         "PRODUCT drifts in limit of no source of ours: stated 48 hours, in the brain none"),
        ("by weekdays", "- EPSS and the CVE List: fresh for 29, 6 and 4 hours.",
         "PRODUCT drifts in limit of no source of ours: stated 29, 6 and 4 hours, in the brain none"),
    ],
)  # fmt: skip
def test_a_limit_that_a_page_states_is_the_one_that_the_brain_holds(
    office: Office, kev: str, more: str, title: str | None
) -> None:
    update = "UPDATE company.brain SET content = %s WHERE file_key = 'PRODUCT'"
    office.works.brain.admin.execute(update.encode(), [PROMISE.format(kev=kev, more=more)])

    office.run("docs_auditor")

    limits = "SELECT title FROM company.findings WHERE title LIKE 'PRODUCT drifts in limit%%'"
    assert [row["title"] for row in office.rows(limits)] == ([title] if title else [])


def test_the_page_of_the_deployed_product_states_the_limits_that_its_migrations_set(office: Office) -> None:
    update = "UPDATE company.brain SET content = %s WHERE file_key = 'PRODUCT'"
    office.works.brain.admin.execute(update.encode(), [VERTICAL.product])
    office.run("docs_auditor")
    assert office.rows("SELECT title FROM company.findings WHERE title LIKE '%%drifts in limit%%'") == []

    change = "UPDATE company.streams SET fresh_within = '48 hours' WHERE source = 'epss'"
    office.works.brain.admin.execute(change.encode())
    office.run("docs_auditor")

    assert office.rows("SELECT title FROM company.findings WHERE title LIKE '%%drifts in limit%%'") == [
        {"title": "PRODUCT drifts in limit of epss: stated 29 hours, in the brain 48 hours"}
    ]
