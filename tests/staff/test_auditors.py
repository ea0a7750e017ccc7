"""Auditors by model: they check the thing itself, record what they found, give the verdict, and report what differs."""

import pytest

from tests.functions.office import Office
from tests.functions.workshop import change, rename
from tests.pipeline.works import epss_of, kev_of
from tests.staff.conftest import ByModel, Part
from tests.support.acts import close_session
from tests.support.drafts import given_session

AUDITS = "SELECT auditor, looked_at, differing FROM company.audits ORDER BY id DESC LIMIT 1"


def data_auditor() -> Part:
    """Rows of the edition in force, derived again from the bytes; what differs is a finding with the first of it."""
    [batch], held = yield (("batches_in_force", {}), ("held_batches", {}))
    drawn = {"source": batch["source"], "batch_id": batch["batch_id"], "sample": 30}
    seen = yield ("derive_again", drawn)
    count, differ = len(seen["looked_at"]), seen["differences"]
    audit = {"what": "derived again", "subject": batch["source"], "whose": "promote", "differences": differ}
    finding = {
        "fingerprint": f"audit:{batch['source']}",
        "kind": "audit_differs",
        "subject": batch["source"],
        "title": f"{len(differ)} of {count} rows differ from their bytes",
        "watcher": "data_manager",
        "evidence": {"looked_at": count, "differing": len(differ), "first": differ[0]},
        "accused": "promote",
    }
    yield (("record_audit", {**audit, "looked_at": seen["looked_at"]}), ("open_finding", finding))
    evidence = {"sampled": count, "differing": len(differ), "held_decided": len(held)}
    yield (
        "finish",
        {"evidence": evidence, "note": f"{count} rows derived again, {len(differ)} differ; {len(held)} held."},
    )


def test_data_auditor_finds_a_row_that_is_not_its_bytes(office: Office, by_model: ByModel) -> None:
    office.works.take_in("kev", kev_of(30))
    office.works.brain.admin.execute("UPDATE patchfirst.kev SET product = 'Another' WHERE cve = 'CVE-2025-90003'")

    by_model("data_auditor", data_auditor())

    assert tuple(office.rows(AUDITS)[0].values()) == ("data_auditor", 30, 1)
    assert office.finding("audit_differs")["evidence"]["first"]["item"] == "CVE-2025-90003"


def content_auditor() -> Part:
    """A score moved since the draft was written: an approval is refused, and the reason names what is in force."""
    waiting = yield ("drafts_to_judge", {})
    draft = waiting[0]
    false = yield ("false_facts", {"draft_id": draft["id"]})
    facts = list({f"{f['source']} {f['key']} {f['field']}" for f in draft["facts"]})
    audit = {"what": "every fact looked up", "subject": f"draft {draft['id']}", "whose": draft["written_by"]}
    yield ("record_audit", {**audit, "looked_at": facts, "differences": false})
    refused = yield ("judge_draft", {"draft_id": draft["id"], "verdict": "audited", "reason": "it reads well"})
    assert "says what is not so" in refused
    reason = f"{false[0]['item']}: the draft says {false[0]['expected']}, in force is {false[0]['found']}"
    yield ("judge_draft", {"draft_id": draft["id"], "verdict": "rejected", "reason": reason})
    evidence = {"drafts": 1, "rejected": 1, "sampled": len(facts), "differing": len(false)}
    yield ("finish", {"evidence": evidence, "note": f"1 draft rejected: {len(false)} of {len(facts)} facts false."})


def test_content_auditor_rejects_what_is_no_longer_true(office: Office, by_model: ByModel) -> None:
    office.works.take_in("kev", kev_of(10))
    office.works.take_in("epss", epss_of(10), at="2026-03-10T12:55:00Z")
    office.works.run("link", "score")
    for role in ("content_manager", "content_worker"):
        office.run(role)
    office.works.brain.admin.execute("UPDATE company.scores SET score = 1.0")

    by_model("content_auditor", content_auditor())

    [draft] = office.rows("SELECT status, reason FROM company.drafts WHERE status <> 'drafted'")
    assert draft["status"] == "rejected"
    assert draft["reason"].endswith("in force is 1.0")


def build_auditor() -> Part:
    [waiting] = yield ("changes_waiting", {})
    verdict = {"change_id": waiting["id"], "status": "proved", "verdict": "looks good"}
    untried = yield ("judge_change", verdict)
    assert "was not tried in this session" in untried
    seen = yield ("prove_change", {"change_id": waiting["id"]})
    text = f"fails without, passes with it; {seen['rows']} rows where {seen['rows_before']} were"
    yield ("judge_change", {**verdict, "verdict": text})
    yield ("finish", {"evidence": {"proved": 1}, "note": f"1 change proved: {text}."})


def test_build_auditor_proves_only_what_it_tried(office: Office, by_model: ByModel) -> None:
    rename(office)
    office.run("build_worker")

    by_model("build_auditor", build_auditor())

    assert (change(office)["status"], change(office)["judged_by"]) == ("proved", "build_auditor")
    assert change(office)["verdict"].startswith("fails without")


def docs_auditor() -> Part:
    records, pages, names = yield (("record_drifts", {}), ("brain_pages", {}), ("org_page_names", {}))
    drifting = [record for record in records if record["differs"] or record["names_gone"]]
    looked_at = [f"record {record['role']}" for record in records] + [page["file_key"] for page in pages]
    different = [
        {"item": f"record {record['role']}", "expected": "as deployed", "found": record["differs"]}
        for record in drifting
    ]
    audit = {"what": "compared with what is deployed", "subject": "pages and records", "whose": "migrate"}
    yield ("record_audit", {**audit, "looked_at": looked_at, "differences": different})
    assert names == []
    evidence = {"sampled": len(looked_at), "differing": len(drifting)}
    yield ("finish", {"evidence": evidence, "note": f"{len(looked_at)} pages and records, {len(drifting)} drift."})


def test_docs_auditor_gets_every_record(office: Office, by_model: ByModel) -> None:
    office.works.brain.admin.execute("UPDATE company.roster SET description = 'idle' WHERE role = 'score'")

    worked = by_model("docs_auditor", docs_auditor())

    assert worked.evidence["differing"] == 1
    assert worked.evidence["sampled"] > 34
    assert office.rows(AUDITS)[0]["differing"] == 1


def memory_auditor() -> Part:
    lessons, pages = yield (("check_lessons", {}), ("check_memories", {}))
    [lesson] = [lesson for lesson in lessons if lesson["wrong"]]
    looked_at = [thing["item"] for thing in lessons + pages]
    wrong = [{"item": lesson["item"], "expected": "as its sessions say", "found": lesson["wrong"]}]
    audit = {"what": "looked up in the sessions", "subject": "memory", "whose": "memory_worker"}
    finding = {"fingerprint": f"memory:{lesson['item']}", "kind": "wrong_memory", "subject": lesson["item"]}
    report = {**finding, "title": lesson["wrong"], "watcher": "ceo", "accused": "memory_worker"}
    yield (("record_audit", {**audit, "looked_at": looked_at, "differences": wrong}), ("open_finding", report))
    evidence = {"sampled": len(looked_at), "differing": 1}
    yield ("finish", {"evidence": evidence, "note": f"{len(lessons)} lesson and {len(pages)} page checked, 1 wrong."})


def test_memory_auditor_names_a_lesson_that_its_sessions_do_not_show(office: Office, by_model: ByModel) -> None:
    session = given_session(office.works.brain, "data_worker")
    close_session(office.works.brain, "data_worker", session, "failed", reason="route 1 said 503")
    office.run("memory_worker")
    office.works.brain.admin.execute("UPDATE company.lessons SET signature = 'failed: the moon was full'")

    by_model("memory_auditor", memory_auditor())

    assert office.finding("wrong_memory")["subject"] == "L-1"


def schedule_auditor() -> Part:
    beats, short, standing, notes, late = yield (
        ("beat_figures", {}),
        ("short_ledgers", {}),
        ("standing_schedules", {}),
        ("fires_without_note", {}),
        ("late_answers", {}),
    )
    raised = yield ("raise_stale_escalations", {})
    looked_at = ["heartbeat's beats", *(row["schedule"] for row in standing)]
    wrong = [{"item": "heartbeat's beats", "expected": "15 min", "found": f"{beats['longest_gap']} min"}]
    audit = {"what": "beats and ledger looked at", "subject": "the watch", "whose": "heartbeat"}
    yield ("record_audit", {**audit, "looked_at": looked_at, "differences": wrong})
    finding = {"fingerprint": "beat:heartbeat", "kind": "stale_beat", "subject": "heartbeat", "level": "ring"}
    yield ("open_finding", {**finding, "title": f"silent for {beats['longest_gap']} min", "watcher": "ceo"})
    evidence = {"sampled": len(looked_at), "differing": 1, "notes": len(notes), "late": len(late + raised + short)}
    yield ("finish", {"evidence": evidence, "note": f"{beats['beats']} beats, longest gap {beats['longest_gap']} min."})


def test_schedule_auditor_notices_a_stale_heartbeat(office: Office, by_model: ByModel) -> None:
    office.deploy("heartbeat")

    by_model("schedule_auditor", schedule_auditor())

    assert office.finding("stale_beat")["found_by"] == "schedule_auditor"


def audit_auditor() -> Part:
    auditors, plants = yield (("auditors_at_work", {}), ("planted_tests", {}))
    mine = next(auditor for auditor in auditors if auditor["role"] == "data_auditor")
    again = yield ("items_again", {"auditor": "data_auditor"})
    audit = {"what": "audits looked at again", "subject": "data_auditor", "whose": "data_auditor"}
    week = "a week of data_auditor"
    yield ("record_audit", {**audit, "looked_at": [week, *again["items"]], "differences": []})
    evidence = {"auditors": len(auditors), "looked_up_again": len(again["items"]), "planted": len(plants)}
    note = f"{len(auditors)} auditors; data_auditor named {mine['looked_at']} things, {len(again['items'])} looked up."
    yield ("finish", {"evidence": evidence, "note": note})


def test_audit_auditor_looks_up_what_an_auditor_named(office: Office, by_model: ByModel) -> None:
    office.works.take_in("kev", kev_of(30))
    office.run("data_auditor")

    worked = by_model("audit_auditor", audit_auditor())

    assert worked.evidence["looked_up_again"] == 10
    assert office.rows(AUDITS)[0]["auditor"] == "audit_auditor"


@pytest.mark.parametrize("role", ["data_auditor", "docs_auditor"])
def test_an_auditor_that_checked_nothing_records_nothing(office: Office, by_model: ByModel, role: str) -> None:
    def idle() -> Part:
        empty = {"what": "looked", "subject": "all", "whose": "promote", "looked_at": [], "differences": []}
        refused = yield ("record_audit", empty)
        assert isinstance(refused, str)
        not_done = yield ("finish", {"evidence": {"sampled": 0}, "note": "0 looked at."})
        assert "nothing is done" in not_done
        yield ("finish", {"evidence": {}, "outcome": "failed", "reason": "there was nothing to look at"})

    by_model(role, idle())

    assert office.rows("SELECT id FROM company.audits") == []
