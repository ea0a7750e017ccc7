"""The lines of the page: no word and no id is cut at any width, and a domain has one."""

from company.brief import text
from company.brief.page import WIDTH
from company.text.manager_notes import closing_note
from tests.brief.conftest import Write
from tests.brief.test_rules import section
from tests.support import days
from tests.support.brains import TestBrain


def test_a_narrow_terminal_wraps_and_cuts_no_word_and_no_id(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)
    page = brief().page
    wide = text.render(page).split()

    for width in (60, 80, 112):
        narrow = text.render(page, width)

        assert max(map(len, narrow.splitlines())) <= width
        assert set(wide) - set(narrow.split()) <= set(), width


def test_each_domain_says_in_one_line_what_changed_and_what_is_next(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)
    moved, coming = ["4 tasks open (12 a day ago), 8 done"], ["data_worker takes 3 tasks", "1 task blocked"]
    notes = {"data_manager": closing_note(moved, coming, ["7 of 7 sources fresh"]), "build_manager": "7 things. " * 40}
    for manager, note in notes.items():
        days.write(brain, "UPDATE company.inbox SET body = %(note)s WHERE from_role = %(m)s", note=note, m=manager)

    shown = section(brief().page, "DOMAINS").splitlines()

    assert " data     4 tasks open (12 a day ago), 8 done; next: data_worker takes 3 tasks, 1 task blocked" in shown
    [build] = [line for line in shown if line.startswith(" build")]
    assert build.endswith("7 things.") and len(build) <= WIDTH
    assert len([line for line in shown if line.strip()]) == 5 + 3  # its title, and the head of the page


def test_what_is_over_is_named_however_long_its_words_are(brain: TestBrain, brief: Write) -> None:
    """A mark in brackets ends a clause, and was all that was left of one line."""
    days.a_bad_day(brain)
    days.write(
        brain,
        "INSERT INTO company.plants (fault, subject, note, planted_at)"
        " SELECT 'f', subject, 'n', company.now() - interval '2 days' FROM company.findings",
    )
    days.write(
        brain,
        "UPDATE company.findings SET title = 'not whole: ' || repeat('so many words ', 9), resolution = 'x',"
        " closed_at = '2026-03-12 05:00+00', closed_by = found_by WHERE closed_at IS NULL",
    )

    page = section(brief().page, "BROKEN, AND WHO IS ON IT")
    lines = [line for line in page.splitlines() if line.startswith(" healed")]

    assert lines and all("F-" in line for line in lines), page
