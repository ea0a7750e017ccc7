"""What a brief is made from: gathered once, from the last brief on."""

import json
from dataclasses import replace
from datetime import timedelta

from company.brief.depth import DEPTHS
from company.brief.page import BriefPage
from company.brief.rows import UnreadField
from company.brief.sections.cant_say import cant_say_section
from tests.brief.conftest import Gather, Write
from tests.support import days
from tests.support.acts import close_session, session_of
from tests.support.brains import MORNING, TestBrain


def test_the_first_brief_begins_with_the_first_slot(brain: TestBrain, facts: Gather) -> None:
    days.a_quiet_day(brain)

    assert facts().since == MORNING


def test_a_brief_begins_where_the_last_one_ended(brain: TestBrain, facts: Gather) -> None:
    days.a_quiet_day(brain)
    days.write(
        brain,
        "INSERT INTO company.briefs (brief_date, covers_from, covers_to, subject, body, html, facts, written_by)"
        " VALUES ('2026-03-11', %(at)s, %(at)s, '', '', '', '{}', 'ceo')",
        at=MORNING + timedelta(hours=9),
    )

    assert facts().since == MORNING + timedelta(hours=9)


def test_facts_and_page_survive_as_json(brain: TestBrain, facts: Gather, brief: Write) -> None:
    days.a_bad_day(brain)
    page = brief().page

    stored = json.loads(json.dumps({"facts": facts().as_json(), "page": page.as_json()}))

    assert BriefPage.from_json(stored["page"]) == page
    assert [row["id"] for row in stored["facts"]["findings"]] == [1, 2]


def test_the_brief_counts_the_audits_that_the_console_lists(brain: TestBrain, facts: Gather, brief: Write) -> None:
    days.a_quiet_day(brain)
    brain.set_now(days.BRIEF_AT - timedelta(hours=1))
    auditor, session = brain.as_role("data_auditor"), session_of(brain, "data_auditor")
    for subject in ("rows of tides", "moons"):
        seen = {"what": "rows", "subject": subject, "whose": "check", "sample": '["1", "2"]', "differences": "[]"}
        auditor.run("record_audit", session_id=session, is_all=False, **seen)
    close_session(brain, "data_auditor", session, evidence={"sampled": 200, "differing": 7})

    listed = brain.owner.all("console_audits", before=None, limit=100)

    fires, said = facts().fires, "\n".join(brief().page.section("THE WATCH").lines)
    assert (fires.audits, fires.audited, fires.differing) == (len(listed), 4, 0)
    assert "2 audits looked at 4 things, 0 differ" in said


def test_a_finding_that_the_owner_muted_is_counted_and_has_no_entry(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    number = days.finding(brain, "odd", "x", "something is odd", "data_manager")
    brain.owner.run("mute_finding", finding_id=number, until=days.BRIEF_AT + timedelta(days=2))

    broken = brief().page.section("BROKEN")

    assert broken.lines[1] == "muted by you: F-1 (planted) something is odd"
    assert "Nothing is broken." in brief().page.verdict


def test_a_manager_without_a_note_is_named(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    days.write(brain, "DELETE FROM company.inbox WHERE from_role = 'scraping_manager'")

    domains = brief().page.section("DOMAINS")

    everybody = len(days.managers(brain))
    assert domains.remark == f"{everybody - 1} of {everybody} managers closed with a note"
    assert any("scraping_manager: no note since Wed 07:00" in entry.text for entry in domains.entries)


def test_a_missing_manager_is_named_with_the_people_it_left(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    days.write(brain, "UPDATE company.roster SET left_at = company.now() WHERE role = 'content_manager'")

    missing = [e.text for e in brief().page.section("DOMAINS").entries if e.label == "missing"]
    assert "content_auditor, content_worker, publish: reports to content_manager, who left" in missing


def test_planted_tests_are_counted_with_how_many_were_caught(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    days.write(
        brain,
        "INSERT INTO company.plants (fault, subject, planted_by, whose_test, found_by, found_at)"
        " VALUES ('f', 'draft 1', 'planter', 'content_auditor', NULL, NULL),"
        " ('f', 'draft 2', 'planter', 'content_auditor', 'content_auditor', company.now())",
    )

    assert "tests planted this week: 2, caught 1 after 0 h" in " ".join(brief().page.section("THE WATCH").lines)


def test_a_test_that_was_missed_names_who_missed_it(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    days.write(
        brain,
        "INSERT INTO company.plants (fault, subject, item, shadow, planted_by, whose_test, planted_at)"
        " VALUES ('stale_line', 's', 'i', '{}', 'planter', 'docs_auditor', company.now() - interval '3 days')",
    )

    said = " ".join(brief().page.section("THE WATCH").lines)
    assert "tests planted this week: 1, caught 0 (docs_auditor missed its own)" in said


def test_a_company_without_customers_or_sources_says_so(brain: TestBrain, brief: Write) -> None:
    days.write(brain, "DELETE FROM company.streams")
    brain.set_now(days.BRIEF_AT)

    page = brief().page

    assert page.section("CUSTOMERS").lines == ("nobody to serve yet",)
    assert page.section("DATA").lines == ("no source yet",)
    assert page.section("THE WATCH").lines[0].startswith("0 slots were due: the ledger is empty.")


def test_details_that_could_not_be_read_are_what_nobody_can_say(brain: TestBrain, facts: Gather) -> None:
    days.a_bad_day(brain)
    due = UnreadField("kev", "dueDate", 1200, "'" + "soon" * 20)
    seen = [due, *(UnreadField("nvd", name, 1, "7") for name in "abcd")]

    [said] = cant_say_section(replace(facts(), unread=seen), DEPTHS[0]).lines

    assert said.endswith(
        " · what was unread: kev dueDate 1,200 ('soonsoonsoonsoonsoon...), nvd a 1 (7), nvd b 1 (7), nvd c 1 (7)"
        " and 1 more"
    )
