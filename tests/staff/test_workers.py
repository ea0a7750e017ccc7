"""Workers by model: they take tasks, do them with their tools, and close them with the result."""

from typing import Any

import pytest

from company.errors import ToolError
from company.model.schemas import read_finish
from tests.functions.office import Office
from tests.functions.workshop import change, rename
from tests.pipeline.works import epss_of, kev, kev_entry, kev_of
from tests.staff.conftest import ByModel, Part
from tests.support.acts import close_session
from tests.support.drafts import given_session
from tests.support.refusals import refused


def _ends(task: dict[str, Any], evidence: dict[str, Any], note: str = "", **result: Any) -> tuple[str, dict[str, Any]]:
    close = {"task_id": task["id"], "status": "complete", "result": result}
    return "finish", {"evidence": evidence, "note": note, "closes": [close]}


def data_worker() -> Part:
    """Each row is compared with what is in force, and closed by itself."""
    task = yield ("claim_task", {"mode": "data"})
    asked = {name: task["payload"][name] for name in ("source", "check")}
    [row] = yield ("quarantined_rows", asked)
    in_force = yield ("row_in_force", {"source": asked["source"], "entity": row["entity"]})
    assert in_force["was"]
    why = f"{row['entity']} is in force; this row was its duplicate"
    closing = {"ids": [row["id"]], "status": "discarded", "resolution": why, "task_id": task["id"]}
    yield (("resolve_rows", closing), ("keep_note", {"body": "1 row looked at", "task_id": task["id"]}))
    yield _ends(task, {"tasks": 1, "rows": 1}, "1 task, 1 row settled.", discarded=1)


def test_data_worker_resolves_a_row_by_what_is_in_force(office: Office, by_model: ByModel) -> None:
    office.works.take_in("kev", kev(*(kev_entry(n % 9) for n in range(10))))
    office.run("data_manager")

    by_model("data_worker", data_worker())

    assert office.value("SELECT resolved_by FROM company.quarantine") == "data_worker"
    assert office.rows("SELECT status, result FROM company.task_queue") == [
        {"status": "complete", "result": {"discarded": 1}}
    ]
    assert office.value("SELECT task_id FROM company.session_log WHERE kind = 'noted'") == 1


def forgetful_worker() -> Part:
    """A claimed task must be closed; a blocked task names whom it waits for and what they must do."""
    task = yield ("claim_task", {"mode": "data"})
    finish = {"evidence": {"tasks": 1}}
    forgotten = yield ("finish", finish)
    assert f"you claimed task {task['id']} and closes do not say how it ends" in forgotten
    close = {"task_id": task["id"], "status": "blocked", "blocked_on": "data_manager", "blocked_action": "say which"}
    yield ("finish", {**finish, "closes": [close]})


def test_a_claimed_task_is_not_forgotten_at_the_finish(office: Office, by_model: ByModel) -> None:
    given = {"title": "?", "payload": {}, "priority": 3, "dedupe_key": None, "not_before": None}
    office.works.brain.as_role("data_manager").one("file_task", mode="data", **given)

    by_model("data_worker", forgetful_worker())

    assert office.value("SELECT blocked_action FROM company.task_queue") == "say which"


@pytest.mark.parametrize("half", [{}, {"blocked_on": "data_manager"}, {"blocked_action": "say which"}])
def test_a_blocked_task_names_who_and_what(half: dict[str, str]) -> None:
    with pytest.raises(ToolError, match="blocked needs blocked_on"):
        read_finish({"evidence": {"tasks": 1}, "closes": [{"task_id": 1, "status": "blocked", **half}]})


def scraping_worker() -> Part:
    task = yield ("claim_task", {"mode": "scrape"})
    rows = yield ("probe_routes", {"source": task["payload"]["source"]})
    showed = f"{rows[0]['route']} {rows[0]['status']}"
    yield _ends(task, {"probes": len(rows)}, f"{len(rows)} route probed: {showed}.", showed=showed)


def test_scraping_worker_probes_and_reports_the_status(office: Office, by_model: ByModel) -> None:
    office.works.serve("kev", kev_of(30))
    given = {"title": "Probe", "priority": 3, "dedupe_key": None, "not_before": None}
    payload = {"kind": "probe", "source": "kev"}
    office.works.brain.as_role("scraping_manager").one("file_task", mode="scrape", payload=payload, **given)

    by_model("scraping_worker", scraping_worker())

    assert office.value("SELECT result ->> 'showed' FROM company.task_queue") == "primary 200"
    assert office.value("SELECT count(*) FROM company.route_probes") == 1


def ingest_worker() -> Part:
    [document] = yield ("documents_without_batch", {})
    staged = yield ("stage_document", {"raw_id": document["id"]})
    yield (
        "finish",
        {"evidence": {"documents": 1, "rows": staged["rows"]}, "note": f"1 document, {staged['rows']} rows."},
    )


def test_ingest_worker_stages_documents_that_were_not_staged(office: Office, by_model: ByModel) -> None:
    office.works.take_in("kev", kev_of(30))
    office.works.unstage()

    worked = by_model("ingest_worker", ingest_worker())

    assert worked.evidence == {"documents": 1, "rows": 30}
    assert office.works.last_batch()["staged_by"] == "ingest_worker"


def build_worker() -> Part:
    """The document beside the last good one; a rename that the values show; one line, its test, the reason."""
    task = yield ("claim_task", {"mode": "build"})
    seen = yield ("compare_columns", {"raw_id": task["payload"]["raw_id"]})
    [renamed] = seen["renamed"]
    draft = yield ("draft_rename", {"raw_id": seen["raw_id"]})
    reason = f"{renamed['was']} is gone, {renamed['becomes']} holds its values"
    fields = {"subject": seen["source"], "title": "a column was renamed", "reason": reason, **draft}
    documents = [seen["good_raw_id"], seen["raw_id"]]
    proposed = yield ("propose_change", {"task_id": task["id"], "documents": documents, **fields})
    yield _ends(task, {"changes": 1}, "1 change written.", change=proposed["change_id"])


def test_build_worker_writes_a_change_that_its_auditor_proves(office: Office, by_model: ByModel) -> None:
    rename(office)

    by_model("build_worker", build_worker())
    office.run("build_auditor")

    assert (change(office)["author"], change(office)["status"]) == ("build_worker", "proved")


def research_worker() -> Part:
    """A study with its backtest; a proposal with a remark; a typed figure is refused; other weights are tried."""
    studies = yield ("list_studies", {})
    rows = yield ("run_study", {"study": "rising_vendors"})
    row = rows[0]
    refused = yield ("propose", {"backtest_id": row["backtest_id"], "remark": "999 more are on their way"})
    assert "the backtest does not hold 999" in refused
    proposed = yield ("propose", {"backtest_id": row["backtest_id"], "remark": "All of one product."})
    weights = next(study["weights"] for study in studies if study["is_of_weights"])
    too_early = yield (
        "backtest_weights",
        {"weights": {name: weight + 1 for name, weight in list(weights.items())[:1]}},
    )
    assert "no score is a week old" in too_early
    note = f"1 study of {row['looked_at']} things, proposal {proposed['proposal_id']}: {row['title']}."
    yield ("finish", {"evidence": {"studies": 1, "looked_at": row["looked_at"], "proposals": 1}, "note": note})


def test_research_worker_proposes_by_a_backtest_that_the_brain_ran(office: Office, by_model: ByModel) -> None:
    entries = [kev_entry(n, vendorProject="Vellmora", dateAdded="2026-03-01") for n in range(6)]
    office.works.take_in("kev", kev(*entries, kev_entry(20, vendorProject="Old", dateAdded="2025-01-01")))
    office.works.run("link", "score")

    by_model("research_worker", research_worker())

    [kept] = office.rows(
        "SELECT p.numbers = b.numbers AND p.past = b.past AS is_copied, p.remark, b.run_by FROM company.proposals p"
        " JOIN company.backtests b ON b.id = p.backtest_id"
    )
    assert kept == {"is_copied": True, "remark": "All of one product.", "run_by": "research_worker"}


def content_worker() -> Part:
    """Its own text from the topic's facts. A rounded figure is refused with the figure, and written again."""
    task = yield ("claim_task", {"mode": "content"})
    given = yield ("topic_facts", {"topic": task["payload"]["topic"]})
    fact = next(fact for fact in given["facts"] if fact["field"] == "score")
    draft = {
        "topic": task["payload"]["topic"],
        "kind": given["kind"],
        "title": "What to do first",
        "task_id": task["id"],
    }
    rounded = yield ("write_draft", {**draft, "body": f"Look at {fact['key']}: about 99 points.", "facts": [fact]})
    assert "nothing is cited for 99" in rounded
    invented = yield (
        "write_draft",
        {**draft, "body": f"{fact['key']} scores 99.", "facts": [{**fact, "value": "99"}]},
    )
    assert f"cited 99, in force {fact['value']}" in invented
    body = f"Look at {fact['key']} before anything else: it scores {fact['value']}."
    written = yield ("write_draft", {**draft, "body": body, "facts": [fact]})
    yield _ends(task, {"drafts": 1, "facts": 1}, "1 draft, 1 fact cited.", drafts=1, draft=written["draft_id"])


def test_content_worker_writes_its_own_text_around_facts_in_force(office: Office, by_model: ByModel) -> None:
    _newsroom(office)
    payload = {"kind": "draft", "topic": "added_lately"}
    given = {"title": "Draft", "payload": payload, "priority": 1, "dedupe_key": None, "not_before": None}
    office.works.brain.as_role("content_manager").one("file_task", mode="content", **given)

    by_model("content_worker", content_worker())
    office.run("content_auditor")

    [draft] = office.rows("SELECT title, status, judged_by FROM company.drafts")
    assert tuple(draft.values()) == ("What to do first", "audited", "content_auditor")


def _newsroom(office: Office) -> None:
    office.works.take_in("kev", kev_of(10))
    office.works.take_in("epss", epss_of(10), at="2026-03-10T12:55:00Z")
    office.works.run("link", "score")


def memory_worker() -> Part:
    """The book's groups with a better text; a session that does not show the mistake is no evidence."""
    seen, lessons = yield (("mistakes_of_span", {}), ("live_lessons", {}))
    [mistake] = seen["mistakes"]
    assert lessons == []
    text = "A route answers 503 for minutes at a time: ask again later, not at once."
    lesson = {"role": mistake["role"], "signature": mistake["signature"], "lesson": text}
    foreign = yield (
        "write_lesson",
        {**lesson, "signature": "failed: the moon was full", "sessions": mistake["sessions"]},
    )
    assert "do not show" in foreign
    none = yield ("write_lesson", {**lesson, "sessions": []})
    assert isinstance(none, str)
    kept = yield ("write_lesson", {**lesson, "sessions": mistake["sessions"]})
    payload = {"kind": "root_cause", "role": mistake["role"], "signature": mistake["signature"]}
    key = f"root_cause:{mistake['role']}:{mistake['signature']}"
    filed = yield ("file_task", {"mode": "build", "title": "Find why", "payload": payload, "dedupe_key": key})
    yield (
        ("write_lesson", {**lesson, "sessions": mistake["sessions"], "task_id": filed["task_id"]}),
        ("write_memory", {"role": mistake["role"]}),
    )
    note = f"{kept['times']} failures, 1 lesson, root cause {filed['task_id']}."
    yield ("finish", {"evidence": {"lessons": 1, "failures": seen["failures"]}, "note": note})


def _failed(office: Office, times: int) -> list[int]:
    sessions = []
    for n in range(times):
        sessions.append(given_session(office.works.brain, "data_worker"))
        close_session(office.works.brain, "data_worker", sessions[-1], "failed", reason=f"route {n} said 503")
    return sessions


def test_memory_worker_writes_better_text_from_the_same_groups(office: Office, by_model: ByModel) -> None:
    sessions = _failed(office, 3)

    by_model("memory_worker", memory_worker())

    [lesson] = office.rows("SELECT lesson, sessions, task_id IS NOT NULL AS has_cause FROM company.lessons")
    assert (lesson["sessions"], lesson["has_cause"]) == (sessions, True)
    page = office.value("SELECT content FROM company.brain WHERE file_key = 'MEMORY_DATA_WORKER'")
    assert "ask again later, not at once" in page
    assert office.run("memory_auditor")["evidence"]["differing"] == 0


def test_the_book_after_a_model_files_missing_tasks_and_keeps_its_text(office: Office, by_model: ByModel) -> None:
    _failed(office, 3)
    by_model("memory_worker", memory_worker())
    text = office.value("SELECT lesson FROM company.lessons")

    again = office.run("memory_worker")

    assert again["evidence"]["root_causes"] == 0
    assert office.value("SELECT lesson FROM company.lessons") == text


@pytest.mark.parametrize("forgets", ["- L-1, once: something nobody wrote", ""])
def test_no_memory_is_rewritten_into_something_else(office: Office, forgets: str) -> None:
    _failed(office, 1)
    office.run("memory_worker")
    office.works.brain.wait(days=1)
    brain = office.works.brain.as_role("memory_worker")

    with refused("an_entry_of_memory_cites_its_sessions" if forgets else "three_quarters_of_what_is_true_are_kept"):
        brain.run("write_brain", key="MEMORY_DATA_WORKER", content=forgets)
