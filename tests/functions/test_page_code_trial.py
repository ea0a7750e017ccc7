"""build_auditor: code that writes customers' pages is proved where only pages that did not exist come to be."""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from build_auditor.page_code_trial import lacks_of
from build_auditor.trial import try_change
from build_auditor.verdict import judge_trial
from company.fire.fire import Fire
from company.outcomes import Done, Outcome, TaskClose
from company.sandbox.changes import ChangeInFull
from company.sandbox.diffs import make_diff
from company.sandbox.in_force import text_in_force
from tests.functions.office import Office
from tests.functions.release import deployment, open_deploy, release
from tests.functions.unwritten import CUSTOMERS, FILE, FIXES, TEST, serve_customers, unwritten_task
from tests.functions.workshop import build_task, change
from tests.pipeline.grown import grown

template_brain = grown(serve_customers)
NAMES = [text for customer in CUSTOMERS for text in (customer.name, customer.email)]
MISSES = 'ransomware[row["ransomware"]]]'


def by_model(fire: Fire) -> Outcome:
    """What a model of build_worker does with its tools."""
    task = fire.use_named("claim_task", {"mode": "build"})
    customers, old, new = task.payload["customer_ids"], *FIXES
    tried = fire.use_named("try_page_code", {"customer_ids": customers})
    [failing] = tried.failing
    assert (tried.pages, tried.written, failing.file, failing.function, failing.pages) == (3, 0, FILE, "_facts", 3)
    assert MISSES in fire.use_named("read_page_code", {"file": failing.file}).text.splitlines()[failing.line - 1]
    diff = fire.use_named("draft_page_code", {"file": FILE, "old": old, "new": new}).diff
    assert fire.use_named("try_page_code", {"customer_ids": customers, "diff": diff}).written == 3
    own = {"subject": "deliver", "title": "pages of ransomware", "reason": "It failed.", "documents": []}
    fire.use_named("propose_change", {"task_id": task.id, "diff": diff, "test": TEST, **own})
    return Done({"changes": 1}, closes=(TaskClose(task.id, "complete", {"showed": "C-1 written"}),))


def fire_worker(office: Office, work: Any) -> None:
    office.works.brain.wait(minutes=1)
    answer = office.works.fire("build_worker", work, cloud=office.works.cloud, bucket="works", request_id="by-model")
    assert answer["outcome"] == "done", answer


def test_a_page_that_could_not_be_written_is_proved_and_asked_about_in_numbers(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    unwritten_task(office, monkeypatch, tmp_path)
    open_deploy(office)

    fire_worker(office, by_model)
    office.run("build_auditor")
    office.works.run("deliver")
    again = office.run("build_manager")["evidence"]["filed"]

    proved = change(office)
    assert (proved["status"], again) == ("proved", 0), proved["verdict"]
    assert (proved["evidence"]["rows"], proved["evidence"]["others_differing"]) == (3, 0)
    assert proved["evidence"]["shows"][0] == "3 pages that could not be written can be, with 6 changes"
    assert "stay the same to the byte, of 4 sent pages (D-4, D-2, D-3, D-1)" in proved["evidence"]["shows"][1]
    [question] = office.rows("SELECT * FROM company.decisions")
    said = [proved, question, build_task(office), office.rows("SELECT * FROM company.session_log")]
    assert [name for name in NAMES if name in json.dumps(said, default=str)] == []


def passage(old: str, new: str, *, with_fix: bool = True) -> dict[str, str]:
    """One more passage of the module beside the fix, or instead of it."""
    return {old: new} | ({FIXES[0]: FIXES[1]} if with_fix else {})


MOVERS = '"What else changed, with the cause."'
SECTIONS, TEXT, FEED = FILE, "patchfirst/page/as_text.py", "patchfirst/feed_file.py"
BY_NAME = 'number = 9 if facts.customer["name"] == "Alder Bank" else row["score"]'
REFUSED: list[tuple[str, dict[str, dict[str, str]], str]] = [
    ("another letter", {SECTIONS: passage(MOVERS, MOVERS.replace("changed", "changes"))}, "away"),
    ("another order", {TEXT: passage("[*line.facts, *line.reasons]", "[*line.reasons, *line.facts]", with_fix=False),
                       SECTIONS: passage(*FIXES)}, "it changes pages that can be written without it: "),
    ("a change less", {FEED: passage("for change in changes]", "for change in changes[1:]]", with_fix=False),
                       SECTIONS: passage(*FIXES)}, "lacks 1 change"),
    ("no items", {FEED: passage("for change in changes]", "for change in changes[:0]]", with_fix=False),
                  SECTIONS: passage(*FIXES)}, "lacks 2 changes"),
    ("no fix", {SECTIONS: passage("Of what CISA lists: the due", "What CISA lists: the due", with_fix=False)},
     f"0 of 3 pages can be written: KeyError in {FILE}, _facts"),
    ("catches everything", {SECTIONS: passage(
        "return [*([] if is_due", "try:\n        pass\n    except Exception:\n        pass\n    return [*([] if is_due")
    }, "it catches everything"),
    ("by heart", {SECTIONS: passage('number = row["score"]', BY_NAME)}, "it has 1 of the facts' own names by heart"),
    ("a socket", {SECTIONS: passage("from datetime import date", "import socket\nfrom datetime import date")},
     "it imports socket"),
    ("the environment", {SECTIONS: passage("from datetime import date", "import os\nfrom datetime import date")},
     "it imports os"),
    ("what a dashboard uses", {
        SECTIONS: passage(*FIXES), "patchfirst/page/changes.py":
        passage("clipped(named or title,", "clipped(title or named,", with_fix=False)},
     "it changes name_of of patchfirst/page/changes.py, which patchfirst/"),
    ("a test of before", {"patchfirst/own_tests/test_product.py": passage("== 100", "> 1", with_fix=False),
                          SECTIONS: passage(*FIXES)}, "is another"),
    ("what asks the brain", {"patchfirst/deliveries.py": passage("MOST_EXPLAINED = 500", "MOST_EXPLAINED = 5",
                                                                 with_fix=False), SECTIONS: passage(*FIXES)},
     "it touches more than modules that write pages, and new tests: patchfirst/deliveries.py"),
]  # fmt: skip


def test_what_changes_another_page_or_reaches_further_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    unwritten_task(office, monkeypatch, tmp_path)
    verdicts: dict[str, str] = {}

    def work(fire: Fire) -> Outcome:
        task_id = build_task(office)["id"]
        for what, texts, _ in REFUSED:
            verdicts[what] = judge_trial(try_change(fire, changed(fire, task_id, texts)))[1]
        return Done({"tried": len(REFUSED)})

    office.works.brain.wait(minutes=1)
    office.works.fire("build_auditor", work, cloud=office.works.cloud, bucket="works", request_id="tries")

    assert {what: verdicts[what] for what, _, said in REFUSED if said not in verdicts[what]} == {}
    assert [name for name in NAMES for verdict in verdicts.values() if name in verdict] == []


GOOD = {"has_subject": True, "has_html": True, "further": ["x"], "keys": ["a"], "is_named": [True]}
NOT_WHOLE = [
    ({}, []),
    ({"keys": ["a", "c"]}, ["has 1 change of its own"]),
    ({"keys": []}, ["lacks 1 change"]),
    ({"has_subject": False}, ["has no subject"]),
    ({"has_html": False}, ["has no HTML"]),
    ({"further": []}, ["has other parts than all before"]),
    ({"is_named": [True] * 9 + [False]}, ["names not each of its changes"]),
    ({"is_named": [True] * 10 + [False]}, []),
]


@pytest.mark.parametrize(("differs", "lacks"), NOT_WHOLE, ids=[str(n) for n in range(len(NOT_WHOLE))])
def test_a_page_that_comes_to_be_is_as_whole_as_the_good_ones(differs: dict[str, Any], lacks: list[str]) -> None:
    may_be_left_out = {"b"}

    assert lacks_of(({"a", "b"}, may_be_left_out), {**GOOD, **differs}, [GOOD]) == lacks


def test_a_product_whose_good_pages_name_no_change_need_not_name_them() -> None:
    plain = {**GOOD, "is_named": [False]}

    assert lacks_of(({"a"}, set()), plain, [plain]) == []


def changed(fire: Fire, task_id: int, texts: Mapping[str, Mapping[str, str]]) -> ChangeInFull:
    """A change that nobody has proposed: of each file these passages."""
    diffs = []
    for file, passages in texts.items():
        was = becomes = text_in_force(fire, file)
        for old, new in passages.items():
            assert old in becomes, old
            becomes = becomes.replace(old, new, 1)
        diffs.append(make_diff(file, was, becomes))
    empty: dict[str, Any] = dict.fromkeys(field.name for field in fields(ChangeInFull))
    own = {"id": 1, "task_id": task_id, "subject": "deliver", "test": TEST, "author": "build_worker", "documents": []}
    return ChangeInFull(
        **{**empty, **own, "diff": "".join(diffs), "files": [f for f, d in zip(texts, diffs, strict=True) if d]}
    )


def test_a_fix_of_pages_is_kept_once_such_a_page_was_sent_and_taken_back_where_it_is_not(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    office.product_layer = release(office, "deliver", "score")
    with monkeypatch.context() as broken:
        unwritten_task(office, broken, tmp_path)
        fire_worker(office, by_model)
        open_deploy(office)
        office.run("build_auditor")
        office.answer("yes")
        office.run("build_auditor")
        live = deployment(office)["status"]
        office.works.run("score")
        without = office.run("build_auditor")["outcome"]
    office.works.run("deliver")
    office.run("build_auditor")

    assert (live, without) == ("live", "skipped")
    assert deployment(office)["status"] == "kept"
    assert deployment(office)["evidence"]["pages_sent"] == 3
    assert deployment(office)["reason"].endswith("3 such pages sent")


def test_a_fix_after_which_pages_still_cannot_be_written_is_taken_back(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    office.product_layer = release(office, "deliver")
    unwritten_task(office, monkeypatch, tmp_path)
    fire_worker(office, by_model)
    open_deploy(office)
    office.run("build_auditor")
    office.answer("yes")
    office.run("build_auditor")

    office.works.run("deliver")
    office.run("build_auditor")

    assert deployment(office)["status"] == "rolled_back"
    assert deployment(office)["reason"] == f"deliver: 3 pages could not be written: KeyError in {FILE}, _facts"
