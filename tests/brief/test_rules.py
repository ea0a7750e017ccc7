"""The twelve rules of a good brief, each attacked once."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from company.brief import html, text, write
from company.brief.checklist import POINTS, check
from company.brief.page import MOST_LINES, WIDTH, BriefPage, Entry, Section
from tests.brief.conftest import Gather, Write
from tests.support import days
from tests.support.brains import TestBrain


def section(page: BriefPage, title: str) -> str:
    """One section as text."""
    return text.render(replace(page, sections=(page.section(title),), verdict="", last=""))


def test_the_verdict_names_customers_broken_things_decisions_and_minutes(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)

    verdict = brief().page.verdict

    assert verdict == (
        "All three customers served. One feed is stale, one schedule was muted. One decision for you: 2 minutes."
    )


def test_a_decision_carries_all_that_is_needed_to_answer_it(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)

    shown = section(brief().page, "FOR YOU")

    assert "Checked: the last deploy was Mon 10:02" in shown
    assert "Not known: who muted the schedule" in shown
    assert "yes (recommended): audits go on today · no: stays off" in shown
    assert 'If you say nothing: "no".' in shown
    assert 'watchbill decide D-1 yes | no | "your words"' in shown
    assert "answer by today 12:00" in shown


def test_each_broken_thing_shows_since_when_who_effect_and_whether_you_must_act(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)

    stale, muted = brief().page.section("BROKEN, AND WHO IS ON IT").entries

    assert "scraping_manager is on it since Wed 18:00" in stale.details[0]
    assert stale.details[0].endswith("Nothing for you to do.")
    assert "14 requests, all answered not yet" in stale.details[1]
    assert stale.details[2] == "Effect: scores use the edition before."
    assert muted.details[0].endswith("Waits for D-1.")


def test_rows_are_printed_as_a_sum_that_adds_up(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)

    data = brief().page.section("DATA")

    assert data.remark == "read = promoted + unchanged + quarantined + held"
    assert data.table is not None
    read, *outcomes = (int(cell.replace(",", "")) for cell in data.table.rows[0][1:6])
    assert read == sum(outcomes) == 1521


def test_slots_are_printed_as_a_sum_that_adds_up(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)

    shown = section(brief().page, "THE WATCH")

    assert "25 slots = 4 succeeded + 20 had nothing to do + 1 missed." in shown


def test_an_age_is_shown_beside_its_limit(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)

    assert "41 h / 29 h" in section(brief().page, "DATA")


def test_zero_orphans_has_the_number_of_checks(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)

    assert "Orphans 0 (19 checks)" in section(brief().page, "THE WATCH")


def test_an_orphan_is_named(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    days.write(brain, "UPDATE company.schedules SET gone_at = company.now() WHERE role = 'score'")

    assert "ORPHANS 1 (19 checks): role without function score" in section(brief().page, "THE WATCH")


def test_promised_shows_the_outcome_of_an_answer(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)
    brain.set_now(days.EVENING)
    brain.owner.run("answer_decision", decision_id=1, option="no", words=None)
    brain.as_role("data_manager").run("note_decision_acted", decision_id=1, outcome="left off")

    shown = section(brief().page, "PROMISED")

    assert 'D-1 "no" reached data_manager Wed 18:00: left off' in shown


def test_what_we_cannot_say_is_never_empty_while_something_is_open(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    days.finding(brain, "odd", "somewhere", "something is odd", "data_manager")

    shown = section(brief().page, "CAN'T SAY")

    assert "what causes F-1: data_manager has not answered" in shown


def test_a_quiet_day_fits_twenty_lines_and_loses_no_section(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    note = "2 tasks done, 1 filed; next: a_worker takes 3 tasks and another 12 wait for an edition; 12 figures, more"
    days.write(brain, "UPDATE company.inbox SET body = %(note)s WHERE kind = 'note'", note=note)

    page = brief().page

    assert text.render(page).count("\n") <= 20
    assert {entry.text for entry in page.section("DOMAINS").entries} == {note.rpartition("; ")[0]}
    assert [part.title for part in page.sections] == [
        "FOR YOU",
        "BROKEN",
        "CUSTOMERS",
        "DATA",
        "DOMAINS",
        "THE WATCH",
        "MONEY",
        "PROMISED",
        "CAN'T SAY",
    ]


def test_the_first_line_says_that_a_day_is_simulated(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)

    first = text.render(brief().page).splitlines()[0]

    assert first == "SIMULATED DAY, sample data, no model"


def test_a_planted_fault_is_marked_in_its_line(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)

    page = brief().page

    assert all("(planted)" in entry.text for entry in page.section("BROKEN, AND WHO IS ON IT").entries)


def test_a_planted_fault_is_marked_also_where_there_is_no_room_for_its_line(brain: TestBrain, brief: Write) -> None:
    for number in range(40):
        days.finding(brain, "odd", f"thing-{number}", f"thing {number} is wrong", "data_manager", planted=False)
    days.finding(brain, "muted", "check", "check is muted", "data_manager")

    written = brief()

    [rest] = [note for note in written.page.section("BROKEN, AND WHO IS ON IT").notes if note.startswith("and F-")]
    assert "(planted) check is muted" in rest
    assert all(written.checklist.values())


def test_a_page_full_of_trouble_still_fits(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)
    for number in range(40):
        title = f"thing {number} is wrong — naïve names too " + "x" * 200
        days.finding(brain, "odd", f"thing-{number}", title, "data_manager")

    lines = text.render(brief().page).splitlines()

    assert len(lines) <= MOST_LINES
    assert max(map(len, lines)) <= WIDTH
    assert all(" " <= letter <= "~" or letter == "·" for line in lines for letter in line)


class PageReader(HTMLParser):
    """The text of the page, and whether it loads anything from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.words += re.findall(r"\w+", data)


def test_the_html_has_the_same_text_in_the_same_order_without_images_or_links(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)
    written = brief()
    reader = PageReader()

    reader.feed(html.render(written.page, written.subject).partition("<body>")[2])

    plain = re.findall(r"\w+", text.render(written.page))
    assert sorted(reader.words) == sorted(plain)
    assert [word for word in reader.words if word.isupper()] == [word for word in plain if word.isupper()]
    assert not reader.tags & {"img", "a", "link", "script", "iframe"}


def test_markup_in_a_finding_stays_text(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    days.finding(brain, "odd", "x", "<script>alert(1)</script> & <b>", "data_manager")
    written = brief()

    page = html.render(written.page, written.subject)

    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_subject_begins_with_the_decision(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)

    first, *rest = brief().subject.removeprefix("[simulated] Tidewatch Thu 12 Mar: ").split(" · ")

    assert first == "1 decision by 12:00"
    assert rest == ["tides stale", "data_auditor muted", "customers 3/3 served"]


def test_times_are_the_owners(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)

    page = brief(zone="America/New_York").page

    assert page.title.endswith("Thu 12 March 2026, 02:50 New York (UTC-4)")
    assert "answer by today 08:00" in text.render(page)


def test_a_brief_of_good_and_bad_days_passes_all_fourteen_points(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    quiet = brief()
    days.finding(brain, "odd", "x", "something is odd", "data_manager")

    answers = [quiet.checklist, brief().checklist]

    assert len(POINTS) == 14
    assert all(all(points.values()) for points in answers)
    assert "Checklist 14/14" in quiet.page.last


def test_sources_that_are_all_in_order_are_a_sum_and_pass_too(brain: TestBrain, facts: Gather) -> None:
    days.a_quiet_day(brain)
    known = facts()
    [one] = known.sources
    both = replace(known, sources=(one, replace(one, source="other", fresh_within=one.fresh_within * 9)))

    written = write(both)

    assert "all 2 sources within limits" in text.render(written.page)
    assert all(written.checklist.values()), written.checklist


def test_each_point_catches_the_page_that_breaks_it(brain: TestBrain, brief: Write, facts: Gather) -> None:
    days.a_bad_day(brain)
    known, good = facts(), brief().page
    emptied = replace(
        good, banner="", verdict="All well.", sections=tuple(map(_emptied, good.sections)), last="é" * 200
    )

    failed = {name for name, is_ok in check(emptied, known).items() if not is_ok}

    assert failed == {point.__name__ for point in POINTS} - {"rows_add_up"}


def _emptied(part: Section) -> Section:
    lines = ("0 slots = 7 missed. nothing",)
    entries = (Entry("F-1", "somebody, somewhere"),) if part.title.startswith("BROKEN") else ()
    return Section(part.title, lines=lines, entries=entries)


def test_rows_that_do_not_add_up_are_caught(brain: TestBrain, brief: Write, facts: Gather) -> None:
    days.a_bad_day(brain)
    known, page = facts(), brief().page
    wrong = replace(known, sources=[replace(row, read=row.read + 1) for row in known.sources])

    assert not check(page, wrong)["rows_add_up"]


def test_a_bounced_mail_does_not_count_as_served(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)
    days.write(brain, "UPDATE company.outbox SET mail_status = 'bounced' WHERE dedupe_key = 'Northferry Logistics'")
    days.write(
        brain, "UPDATE company.outbox SET mail_status = NULL, mail_status_at = NULL WHERE dedupe_key = 'Alder Bank'"
    )

    page = text.render(brief().page)

    assert "2 of 3 customers served" in page
    assert "mail servers accepted 1 of 3, 1 bounced, 1 not known yet" in page
    assert "BOUNCED: " in page
