"""The commands that show something: pages for people, rows for other tools."""

import json
from collections.abc import Iterator

import psycopg
import pytest

from tests.cli.conftest import Watchbill
from tests.support import acts, days
from tests.support.brains import TestBrain
from watchbill.cli.printing import CONTROLS
from watchbill.home import LastDay


@pytest.fixture(autouse=True)
def after_a_bad_day(brain: TestBrain, last_day: LastDay) -> Iterator[None]:
    days.a_bad_day(brain)
    yield


def test_brief_prints_the_page_as_it_was_kept(watchbill: Watchbill, brain: TestBrain) -> None:
    days.written_brief(brain)

    result = watchbill("brief")

    kept = brain.owner.one("read_brief", brief_date=None)
    assert kept is not None
    assert result.out == kept["body"]


def test_brief_fits_a_narrow_terminal(watchbill: Watchbill, brain: TestBrain, monkeypatch: pytest.MonkeyPatch) -> None:
    days.written_brief(brain)
    monkeypatch.setattr("watchbill.cli.shell_settings.width", lambda: 70)

    result = watchbill("brief")

    assert max(map(len, result.out.splitlines())) <= 70
    assert "D-1" in result.out


def test_brief_prints_html_and_json(watchbill: Watchbill, brain: TestBrain) -> None:
    days.written_brief(brain)

    page, rows = watchbill("brief", "--html").out, json.loads(watchbill("brief", "--json").out)

    assert page.startswith("<!doctype html>")
    assert rows["brief_date"] == "2026-03-12"
    assert rows["checklist"]["fits_one_page"] is True


def test_org_shows_orphans_first_and_drops_columns_from_the_right(
    watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = watchbill("org").out
    monkeypatch.setattr("watchbill.cli.shell_settings.width", lambda: 72)

    narrow = watchbill("org").out

    assert wide.index("ORPHANS 0 (19 checks)") < wide.index("NEEDS A LOOK 2") < wide.index("data_worker")
    assert "state" in wide
    assert "last fire" in narrow
    assert "last evidence" not in narrow
    assert max(map(len, narrow.splitlines())) <= 72


def test_org_keeps_its_keys(watchbill: Watchbill) -> None:
    rows = json.loads(watchbill("org", "--json").out)

    assert {"tree", "orphans", "checks", "schedules"} <= set(rows)
    assert rows["checks"] == 19
    assert rows["tree"]["role"] == "owner"
    assert rows["tree"]["people"][0]["role"] == "ceo"


BUILDERS = ("build_manager", "build_worker", "build_auditor")


def test_a_branch_in_which_all_is_well_is_one_line_until_it_is_opened(watchbill: Watchbill, brain: TestBrain) -> None:
    days.fired(brain, *BUILDERS)

    folded, opened = watchbill("org").out, watchbill("org", "--all").out

    assert "─ build: 3 employees, all fired, all watched" in folded
    assert "build_worker" not in folded
    assert "build: 3 employees" not in opened
    assert "build_worker" in opened


def test_a_branch_with_a_role_that_never_fired_stays_open(watchbill: Watchbill, brain: TestBrain) -> None:
    days.fired(brain, *BUILDERS[:2])

    assert "build_auditor" in watchbill("org").out


def test_a_schedule_that_fires_while_its_source_rests_shows_both(watchbill: Watchbill, brain: TestBrain) -> None:
    days.write(brain, "UPDATE company.streams SET writers = '{scrape_kev}'")
    days.fired(brain, "scrape_kev", "scrape_epss")

    [resting, flowing] = [
        next(line for line in watchbill("org").out.splitlines() if f"─ {role}" in line)
        for role in ("scrape_kev", "scrape_epss")
    ]
    assert "fires, not flowing" in resting
    assert "not flowing" not in flowing


def test_an_alarm_that_was_never_tested_is_shown_as_such(watchbill: Watchbill, brain: TestBrain) -> None:
    before = watchbill("org").out
    days.write(brain, ALARM, alarm="topic", is_ok=True, result="delivered")
    days.write(brain, ALARM, alarm="ping", is_ok=False, result="no answer")

    after = " ".join(watchbill("org").out.split())

    assert "on other clocks: never tested" in before
    assert "on other clocks: ping tested today 06:50: FAILED, no answer · topic tested today 06:50: delivered" in after
    assert "NEEDS A LOOK 3" in after


def test_an_alert_is_on_the_page_until_it_is_sent(watchbill: Watchbill, brain: TestBrain) -> None:
    days.write(brain, ALERT)

    assert "alerts not sent to you yet: 1: no beat (ring, with the next beat)" in watchbill("org").out


ALARM = (
    "INSERT INTO company.alarm_tests (alarm, tested_by, is_ok, result)"
    " VALUES (%(alarm)s, 'owner', %(is_ok)s, %(result)s)"
)
ALERT = (
    "INSERT INTO company.alerts (dedupe_key, kind, level, facts, raised_by, not_before) VALUES ('k', 'finding', 'ring',"
    """ '{"title": "no beat", "planted": false}', 'heartbeat', company.now())"""
)


def test_slots_are_worst_first_and_their_total_adds_up(watchbill: Watchbill) -> None:
    page = watchbill("slots").out

    assert "25 slots due = 1 missed + 4 succeeded + 20 had nothing to do; 0 unexplained" in page
    rows = [line for line in page.splitlines() if line.startswith(("data_auditor", "data_worker", "----"))]
    assert rows[0].startswith("data_worker")
    assert "X" in rows[0]


def test_slots_keep_their_keys_and_can_be_narrowed(watchbill: Watchbill) -> None:
    rows = json.loads(watchbill("slots", "--missed", "--json").out)

    assert [row["schedule"] for row in rows] == ["data_worker"]
    assert {"schedule", "due_at", "status", "watcher", "evidence", "late"} <= set(rows[0])


def test_one_slot_shows_its_own_history(watchbill: Watchbill) -> None:
    output = watchbill("slots", "data_worker", "07:00").out

    assert "due 07:00, grace 20 min, watched by data_manager; missed" in output
    assert "no attempt: nothing fired" in output
    assert "watchbill why data_worker@2026-03-11T07:00" in output


def test_a_slot_past_its_grace_that_nobody_ended_is_unexplained(watchbill: Watchbill, brain: TestBrain) -> None:
    days.write(brain, OWED, schedule="link", minutes=30, was_expected=True)
    days.write(brain, OWED, schedule="score", minutes=5, was_expected=True)

    page = " ".join(watchbill("slots").out.split())

    assert "+ 1 within their grace + 1 unexplained; 1 unexplained: link today 06:20; 0 unexpected fires" in page


def test_fires_that_nobody_expected_are_counted_but_not_those_by_hand(watchbill: Watchbill, brain: TestBrain) -> None:
    for schedule in ("link", "by-hand-link"):
        days.write(brain, OWED, schedule=schedule, minutes=5, was_expected=False)
        days.write(brain, "UPDATE company.slots SET started_at = due_at WHERE NOT was_expected")
    days.write(brain, "UPDATE company.schedules SET first_seen_at = company.now() - interval '1 day'")

    assert "1 unexpected fire: link 1" in " ".join(watchbill("slots").out.split())


OWED = (
    "INSERT INTO company.slots (schedule, due_at, role, watcher, was_expected) VALUES (%(schedule)s,"
    " company.now() - make_interval(mins => %(minutes)s), 'link', 'data_auditor', %(was_expected)s)"
)


def test_one_slot_shows_who_found_it_who_had_it_fired_again_and_since_when_it_differs(
    watchbill: Watchbill, brain: TestBrain
) -> None:
    found = days.finding(brain, "missed", "data_worker", "data_worker missed 07:00", "data_manager")
    days.write(brain, "UPDATE company.findings SET found_at = '2026-03-11 07:10Z' WHERE id = %(id)s", id=found)
    days.write(brain, RETRY)
    days.write(brain, "UPDATE company.schedules SET state = 'DISABLED', changed_at = '2026-03-11 22:14Z'")

    output = " ".join(watchbill("slots", "data_worker", "07:00").out.split())

    assert f"found by heartbeat Wed 07:10 -> data_manager (F-{found} missed); no answer yet" in output
    assert "fired again: asked by data_manager Wed 07:25, waits for the next beat" in output
    assert "DISABLED, differs since Wed 22:14" in output


RETRY = (
    "INSERT INTO company.slot_retries (schedule, due_at, asked_by, asked_at)"
    " VALUES ('data_worker', '2026-03-11 07:00Z', 'data_manager', '2026-03-11 07:25Z')"
)


def test_findings_say_state_and_watcher(watchbill: Watchbill) -> None:
    page, rows = watchbill("findings").out, json.loads(watchbill("findings", "--json").out)

    assert "F-1      answered  (planted) tides is 42 h old" in page
    assert [row["watcher"] for row in rows] == ["data_manager", "scraping_manager"]


def test_a_muted_finding_is_muted_until_then(watchbill: Watchbill, brain: TestBrain) -> None:
    result = watchbill("findings", "mute", "F-1", "--until", "2026-03-20")

    assert "F-1 is muted until 2026-03-20 00:00 UTC" in result.out
    assert "F-1      muted" in watchbill("findings").out


def test_tasks_say_who_must_act(watchbill: Watchbill, brain: TestBrain) -> None:
    brain.as_role("data_manager").run(
        "file_task", mode="data", title="look at it", payload={}, priority=5, dedupe_key=None, not_before=None
    )

    page, rows = watchbill("tasks").out, json.loads(watchbill("tasks", "--mode", "data", "--json").out)

    assert "T-1   pending  data  look at it" in page
    assert "filed by data_manager" in page
    assert rows[0]["status"] == "pending"


def test_dsn_is_the_only_thing_on_stdout_and_works(watchbill: Watchbill, brain: TestBrain) -> None:
    result = watchbill("dsn", "--as", "data_worker")

    with psycopg.connect(result.out.strip()) as connection:
        row = connection.execute("SELECT company.me()").fetchone()
    assert row == ("data_worker",)
    assert "psql" in result.err


def test_nothing_is_coloured_where_there_is_no_terminal(watchbill: Watchbill) -> None:
    assert "\x1b" not in watchbill("org").out + watchbill("slots").out + watchbill("why", "F-1").out


def test_no_slot_that_matches_is_not_called_fine(watchbill: Watchbill) -> None:
    assert watchbill("slots", "--missed", "--late").out == "No slot that matches was due in the last 24h.\n"
    assert watchbill("slots", "--missed", "--late", "--json").out == "[]\n"
    other = watchbill("slots", "data_worker", "--role", "heartbeat")
    assert (
        other.code,
        "data_worker is a schedule of data_worker, not of heartbeat: leave --role out" in other.err,
    ) == (2, True)


@pytest.mark.parametrize("command", ["findings", "tasks", "why F-3", "decide", "org", "slots"])
def test_text_from_anybody_cannot_control_the_terminal(watchbill: Watchbill, brain: TestBrain, command: str) -> None:
    hostile = "a\x1b]0;owned\x07\x1b[2J\u202eb\r[bold]c[/bold]"
    finding = acts.open_finding(brain, title=hostile, subject="data_worker")
    acts.file_task(brain, title=hostile, payload={})
    acts.ask_decision(brain, question=hostile, background=hostile, answer_by=days.BRIEF_AT.replace(hour=23))

    result = watchbill(*command.replace("F-3", f"F-{finding}").split())

    assert (result.code, CONTROLS.findall(result.out)) == (0, [])
    assert command in ("org", "slots") or "[bold]c[/bold]" in result.out.replace("\n", "")


def test_why_takes_a_source_and_ids_in_words(watchbill: Watchbill) -> None:
    source = watchbill("why", "Tides")
    batches = [watchbill("why", *words).out for words in (("B-1",), ("batch", "1"), ("batch", "B-1"), ("b1",))]
    change, typo = watchbill("why", "change", "7"), watchbill("why", "tids")

    assert source.out.startswith("tides  a source; its edition is 41 h old; the limit is 29 h, which is passed\n")
    assert "B-1, edition 2026-03-10 13:00, promoted: read 1521 = promoted 0 + unchanged 1521" in source.out
    assert "F-1: tides is 42 h old" in source.out and "open       F-1: watchbill why F-1" in source.out
    assert len(set(batches)) == 1 and "tides, edition" in batches[0]
    assert (change.code, change.err) == (1, "watchbill: there is no C-7 yet\n")
    assert "Did you mean tides?" in typo.err
