"""Managers by model: they check their domain, verify finished work, answer, file, and close with their figures."""

from tests.functions.office import Office
from tests.functions.workshop import change, rename
from tests.pipeline.works import epss_of, kev, kev_entry, kev_of
from tests.staff.conftest import ByModel, Part
from tests.support.drafts import given_session
from tests.support.studies import backtest, propose

NOTE = "SELECT body FROM company.inbox WHERE kind = 'note' ORDER BY id DESC LIMIT 1"


def data_manager() -> Part:
    """A finished task is drawn, its rows are looked up, and the verdict is kept."""
    figures, causes, drawn = yield (("task_figures", {}), ("quarantine_causes", {}), ("draw_complete_task", {}))
    payload = drawn["payload"]
    rows = yield ("closed_rows", {"source": payload["source"], "check": payload["check"]})
    assert rows[0]["in_force"]
    shown = f"{len(rows)} row closed as {rows[0]['status']}, and its id is in force"
    yield (
        "verify_task",
        {"task_id": drawn["id"], "holds": True, "looked_at": "the row that it closed", "showed": shown},
    )
    note = (
        f"{figures['open']} tasks open, {figures['completed']} done, {len(rows)} looked at again; {len(causes)} aside."
    )
    yield ("finish", {"evidence": {"verified": 1, "rows": len(rows)}, "note": note})


def test_data_manager_verifies_a_closed_task_at_its_rows(office: Office, by_model: ByModel) -> None:
    office.works.take_in("kev", kev(*(kev_entry(n % 9) for n in range(10))))
    office.run("data_manager")
    office.run("data_worker")

    by_model("data_manager", data_manager())

    [kept] = office.rows("SELECT holds, showed, verified_by FROM company.verifications")
    assert (kept["holds"], kept["verified_by"]) == (True, "data_manager")
    assert kept["showed"] == "1 row closed as discarded, and its id is in force"
    assert office.value("SELECT status FROM company.task_queue") == "complete"
    assert office.value(NOTE) == "0 tasks open, 1 done, 1 looked at again; 0 aside."


def closes_anothers_task() -> Part:
    [task] = yield ("list_tasks", {"mode": "data"})
    finish = {"evidence": {"tasks": 1}, "note": "1 task is somebody's."}
    refused = yield ("sort_task", {"task_id": task["id"], "becomes": "stale", "reason": "I am sure it is done"})
    assert isinstance(refused, str)
    again = yield ("finish", {**finish, "closes": [{"task_id": task["id"], "status": "complete"}]})
    assert "one_closes_only_what_is_still_ones_own" in again
    yield ("finish", finish)


def test_a_manager_closes_no_workers_task(office: Office, by_model: ByModel) -> None:
    brain = office.works.brain
    given = {"title": "look", "payload": {}, "priority": 5, "dedupe_key": None, "not_before": None}
    brain.as_role("data_manager").one("file_task", mode="data", **given)
    session = given_session(brain, "data_worker")
    brain.as_role("data_worker").one("claim_task", mode="data", session_id=session, lease_seconds=900)

    worked = by_model("data_manager", closes_anothers_task())

    assert worked.answer["outcome"] == "done"
    assert office.value("SELECT status FROM company.task_queue") == "in_progress"


def scraping_manager() -> Part:
    """A malformed source is checked before its finding is answered, and a task for its bytes is filed."""
    [finding], asked = yield (("my_findings", {}), ("requests_since_new", {"source": "kev"}))
    assert finding["kind"] == "malformed_source"
    payload = {"kind": "malformed", "source": "kev", "raw_id": finding["evidence"]["raw_document"]}
    filed = yield (
        "file_task",
        {
            "mode": "scrape",
            "title": "Look at it",
            "payload": payload,
            "dedupe_key": f"malformed:kev:{payload['raw_id']}",
        },
    )
    answer = f"Asked {len(asked)} ways since; the bytes make no sense. Task {filed['task_id']} looks at them."
    yield ("answer_finding", {"finding_id": finding["id"], "answer": answer})
    yield (
        "finish",
        {"evidence": {"sources": 7, "filed": 1}, "note": f"1 of 7 sources malformed, task {filed['task_id']}."},
    )


def test_scraping_manager_files_a_probe_that_its_worker_can_do(office: Office, by_model: ByModel) -> None:
    office.works.serve("kev", kev_of(30).replace(b"cveID", b"cve_id"))
    office.works.run("scrape_kev")

    by_model("scraping_manager", scraping_manager())
    office.run("scraping_worker")

    assert office.finding("malformed_source")["answered_at"]
    assert office.value("SELECT status FROM company.task_queue WHERE mode = 'scrape'") == "complete"
    assert office.value("SELECT count(*) FROM company.task_queue WHERE mode = 'build'") == 1


def build_manager() -> Part:
    """A refused change is escalated once, with the auditor's verdict; the schedules as published are counted."""
    [refused], health = yield (("refused_changes", {}), ("deployment_health", {}))
    assert not refused["is_escalated"]
    report = {
        "subject": f"C-{refused['id']} refused",
        "body": "Somebody must read the code.",
        "showed": refused["verdict"],
    }
    facts = {"change_id": refused["id"]}
    yield ("escalate", {**report, "checked": f"C-{refused['id']}", "level": "brief", "facts": facts})
    [again] = yield ("refused_changes", {})
    assert again["is_escalated"]
    note = f"1 change refused and reported; {health['deployed']} of {health['published']} schedules as published."
    yield ("finish", {"evidence": {"refused": 1, **{n: health[n] for n in ("deployed", "published")}}, "note": note})


def test_build_manager_reports_a_refused_change_once(office: Office, by_model: ByModel) -> None:
    rename(office)
    office.run("build_worker")
    office.works.brain.admin.execute(
        "UPDATE company.changes SET status = 'refused', judged_by = 'build_auditor', judged_at = company.now(),"
        " verdict = 'its own test fails', evidence = '{\"failed_without\": 0}'"
    )

    by_model("build_manager", build_manager())

    [reported] = office.rows("SELECT body, evidence FROM company.inbox WHERE kind = 'escalation'")
    assert reported["evidence"]["change_id"] == change(office)["id"]
    assert reported["evidence"]["showed"] == "its own test fails"


def research_manager() -> Part:
    """Judges by the numbers and by how often the same rule was right before."""
    first, second = yield ("open_proposals", {})
    assert second["missing"] == ["of 6 such calls before, 1 held"]
    verdict = f"{second['past']['held']} of {second['past']['calls']} such calls held before"
    yield ("judge_proposal", {"proposal_id": second["id"], "status": "declined", "verdict": verdict})
    payload = {"kind": "measure_again", **{name: first[name] for name in ("study", "subject", "numbers")}}
    filed = yield ("file_task", {"mode": "research", "title": "Measure again", "payload": payload})
    accepted = {"proposal_id": first["id"], "status": "accepted", "task_id": filed["task_id"]}
    yield ("judge_proposal", {**accepted, "verdict": f"{first['numbers']['recent']} in 60 days; measured again"})
    yield (
        "finish",
        {"evidence": {"judged": 2}, "note": f"2 judged: 1 to task {filed['task_id']}, 1 declined: {verdict}."},
    )


def test_research_manager_judges_by_the_backtest(office: Office, by_model: ByModel) -> None:
    brain = office.works.brain
    good = {"moments": 6, "calls": 6, "held": 5}
    propose(brain, backtest(brain, subject="x", numbers={"recent": 6, "times": 6}, past=good))
    propose(brain, backtest(brain, subject="y", numbers={"recent": 6, "times": 6}, past={**good, "held": 1}))

    by_model("research_manager", research_manager())

    rows = office.rows("SELECT subject, status, task_id IS NOT NULL AS has_task FROM company.proposals ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [("x", "accepted", True), ("y", "declined", False)]


def content_manager() -> Part:
    """Files one task for each topic that is due, in the form that the worker understands."""
    topics, figures = yield (("list_topics", {}), ("draft_figures", {}))
    due = [topic["name"] for topic in topics if topic["is_due"]]
    yield tuple(
        ("file_task", {"mode": "content", "title": f"Draft {name}", "payload": {"kind": "draft", "topic": name}})
        for name in due
    )
    note = f"{len(due)} of {len(topics)} topics asked for; {figures['waiting']} drafts wait."
    yield ("finish", {"evidence": {"asked_for": len(due)}, "note": note})


def test_content_manager_files_the_drafts_that_are_due(office: Office, by_model: ByModel) -> None:
    office.works.take_in("kev", kev_of(10))
    office.works.take_in("epss", epss_of(10), at="2026-03-10T12:55:00Z")
    office.works.run("link", "score")

    by_model("content_manager", content_manager())
    office.run("content_worker")

    assert office.value("SELECT count(*) FROM company.drafts") > 0
    assert office.value("SELECT count(*) FROM company.task_queue WHERE status <> 'complete'") == 0


def ceo() -> Part:
    """The company's state, written for everybody; an escalation answered."""
    today, [message] = yield (("company_today", {}), ("unanswered_messages", {}))
    yield ("answer_message", {"message_id": message["id"], "answer": "Read: it waits for a person."})
    yield ("write_page", {"key": "PROJECT_STATUS", "content": today["status"]})
    yield ("finish", {"evidence": {"handled": 1}})


def test_the_ceo_answers_and_writes_the_status(office: Office, by_model: ByModel) -> None:
    office.works.brain.sql(
        "data_manager",
        "SELECT company.send_message('ceo', 'escalation', 'today', 's', 'b',"
        ' \'{"checked": "3 batches of kev", "showed": "2 held since 06:00"}\', NULL, NULL, NULL)',
    )

    by_model("ceo", ceo())

    assert office.value("SELECT answer FROM company.inbox") == "Read: it waits for a person."
    assert office.value("SELECT updated_by FROM company.brain WHERE file_key = 'PROJECT_STATUS'") == "ceo"
