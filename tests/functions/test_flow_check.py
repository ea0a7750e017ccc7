"""flow_check: each stage of each pipeline beside how long it may stay without new rows."""

from tests.functions.office import Office
from tests.pipeline.works import epss_of, kev_of
from tests.support.acts import file_task
from tests.support.brains import run_sql

NEVER_FED = {"cves", "exploitdb", "metasploit", "nuclei", "nvd"}


def _flowing(office: Office) -> None:
    office.works.take_in("kev", kev_of(10))
    office.works.take_in("epss", epss_of(10), at="2026-03-10T12:55:00Z")
    office.works.run("link", "score")


def _resting(office: Office) -> set[tuple[str, str]]:
    rows = office.rows("SELECT subject, evidence ->> 'stage' AS stage FROM company.findings WHERE kind = 'not_flowing'")
    return {(row["subject"], row["stage"]) for row in rows}


def test_what_flows_is_counted_and_nobody_is_woken(office: Office) -> None:
    _flowing(office)

    answer = office.run("flow_check")

    resting = _resting(office)
    assert answer["evidence"]["stages"] == answer["evidence"]["flowing"] + len(resting)
    assert {pipeline for pipeline, _ in resting} == NEVER_FED


def test_scores_that_lag_behind_the_rows_are_found_and_over_when_they_follow(office: Office) -> None:
    office.works.take_in("kev", kev_of(10))

    office.run("flow_check", hours=4)
    found = office.finding("not_flowing")
    office.works.run("link", "score")
    office.run("flow_check")

    assert (found["subject"], found["watcher"]) == ("scores", "data_manager")
    assert found["evidence"] == {"stage": "scored", "last_pass_at": None, "limit_hours": 3}
    assert "flows again" in office.finding("not_flowing")["resolution"]


def test_a_batch_that_nobody_checks_is_found(office: Office) -> None:
    office.works.serve_only("kev", kev_of(10))
    office.works.run("scrape_kev")

    office.run("flow_check", hours=5)

    assert ("kev", "checked and promoted") in _resting(office)


def test_an_edition_that_grew_stale_is_reported_once_and_by_its_own_machine(office: Office) -> None:
    _flowing(office)
    office.works.brain.wait(hours=30)
    office.works.run("scrape_epss")

    answer = office.run("flow_check")

    assert answer["evidence"]["known"] == 1
    assert ("epss", "in force") not in _resting(office)


def test_a_source_that_nobody_asks_any_more_is_found(office: Office) -> None:
    _flowing(office)

    office.run("flow_check", hours=40)

    assert {("kev", "asked"), ("epss", "asked"), ("epss", "in force")} <= _resting(office)


def test_a_line_of_the_trail_without_its_task_is_found_and_over_when_it_is_back(office: Office) -> None:
    task = file_task(office.works.brain)
    admin = office.works.brain.as_login("superuser")
    run_sql(admin, "SET session_replication_role = replica")
    run_sql(admin, "CREATE TABLE public.kept AS TABLE company.task_queue")
    run_sql(admin, "DELETE FROM company.task_queue")

    answer = office.run("flow_check")
    found = office.finding("trail_without_task")
    run_sql(admin, "INSERT INTO company.task_queue OVERRIDING SYSTEM VALUE TABLE public.kept")
    again = office.run("flow_check")

    assert (answer["evidence"]["lines_without_task"], found["evidence"]) == (1, {"lines": 1, "first_task": task})
    assert (again["evidence"]["lines_without_task"], found["watcher"]) == (0, "data_manager")
    assert "its task again" in office.finding("trail_without_task")["resolution"]
