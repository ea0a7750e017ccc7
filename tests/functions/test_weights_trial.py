"""build_auditor: other weights of the score are proved where exactly these were tried and asked for."""

import re
from typing import Any

import pytest

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from company.sandbox import code_root
from company.sandbox.diffs import apply_diff, make_diff
from company.sandbox.weights import read_weights
from tests.functions.office import Office
from tests.functions.release import deployment, in_layer, live_layers, open_deploy, release
from tests.functions.workshop import build_task, change, missed_by_us, tried_weights
from tests.pipeline.grown import grown

FILE = "patchfirst/scores.py"
TEXT = (code_root("patchfirst") / FILE).read_text()
FAILS_FIRST = """
import json
from pathlib import Path
def test_it() -> None:
    assert json.loads(Path("rows.json").read_text())["version"] != "2026.5"
"""


template_brain = grown(lambda works: missed_by_us(Office(works)))


def asked_for(office: Office, **weights: float) -> None:
    """What was tried on the miss of the template, with the owner's yes, as research_manager files it."""
    tried = tried_weights(office, **(weights or {"epss_place": 2, "neighbours": 12}))
    payload = {"kind": "asked_by_owner", **{n: tried[n] for n in ("study", "subject", "numbers", "past", "weights")}}
    given = {"title": "Weigh the parts of the score as tried", "priority": 5, "dedupe_key": None, "not_before": None}
    office.works.brain.as_role("research_manager").run("file_task", mode="build", payload=payload, **given)


def propose(office: Office, diff: str) -> None:
    def work(fire: Fire) -> Outcome:
        task = fire.use_named("claim_task", {"mode": "build"})
        own = {"subject": "scores", "title": "t", "reason": "r", "documents": [], "test": FAILS_FIRST}
        fire.use_named("propose_change", {"task_id": task.id, "diff": diff, **own})
        return Done({"changes": 1})

    office.works.brain.wait(minutes=1)
    answer = office.works.fire("build_worker", work, cloud=office.works.cloud, bucket="works", request_id="by-model")
    assert answer["outcome"] == "done", answer


def test_a_miss_that_other_weights_would_have_found_becomes_a_proved_change_by_the_book(office: Office) -> None:
    asked_for(office)

    office.run("build_worker")
    office.run("build_auditor")

    proved = change(office)
    assert proved["status"] == "proved", proved["verdict"]
    written = read_weights(apply_diff(TEXT, proved["diff"]))
    assert written.version == f"2026.5-{build_task(office)['id']}"
    assert round(sum(written.weights.values()), 6) == 100
    assert written.weights["neighbours"] / written.weights["epss_place"] == pytest.approx(6, rel=0.01)
    assert "they had 1 among the first 1,000, and the weights in force 0" in proved["reason"]
    shown = proved["evidence"]
    assert (shown["rows_before"], 0 < shown["rows"] <= 1151) == (1151, True)
    assert "of the first 100 stay among them" in proved["verdict"]
    assert re.search(r"CVE-2025-\d+ from \d+ to \d+", proved["verdict"])


def test_other_weights_are_live_only_after_their_owners_yes(office: Office) -> None:
    office.product_layer = release(office, "score")
    open_deploy(office)
    asked_for(office)
    office.run("build_worker")
    office.run("build_auditor")
    [asked] = office.rows("SELECT * FROM company.decisions")
    assert office.rows("SELECT * FROM company.deployments") == []
    assert re.search(r"What differs: .*CVE-2025-\d+ from \d+ to \d+", asked["background"])

    office.answer("yes")
    office.run("build_auditor")

    assert deployment(office)["status"] == "live"
    [layer] = [arn for arn in live_layers(office, "score") if "-changes:" in arn]
    assert read_weights(in_layer(office, layer, f"python/{FILE}")).version.startswith("2026.5-")


def _other(*pairs: tuple[str, str]) -> str:
    text = TEXT
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return make_diff(FILE, TEXT, text)


VERSION = ('"2026.5"', '"2026.6"')
NOT_PROVED = [
    (_other(VERSION, ('"known_exploited", 38.0', '"known_exploited", 40.0')), "weighs"),
    (_other(VERSION, ('question="now"', 'question="next"')), "more of the text than weights and the version"),
    (_other(VERSION, ("if_unknown=0.08", "if_unknown=0.9")), "more of the text than weights and the version"),
    (_other(VERSION, ("from company.vertical import Part, Scores", "import os\nfrom company.vertical import *")),
     "more of the text than weights and the version"),
    (_other(VERSION, ("38.0,", 'float("38"),')), "as constants, first and second"),
    (_other(VERSION, ('        Part("technical_impact"', '        # Part("technical_impact"')), "more of the text"),
    (_other(("2.2,", "12,"), ("12.9,", "2,")), "weighs"),
]  # fmt: skip


@pytest.mark.parametrize(("diff", "named"), NOT_PROVED, ids=[str(n) for n in range(len(NOT_PROVED))])
def test_weights_that_nobody_tried_or_more_than_weights_are_refused(office: Office, diff: str, named: str) -> None:
    asked_for(office)
    propose(office, diff)

    office.run("build_auditor")

    refused = change(office)
    assert (refused["status"], named in refused["verdict"]) == ("refused", True), refused["verdict"]


def test_weights_by_which_an_estimate_outweighs_a_fact_fail_the_products_own_tests(office: Office) -> None:
    asked_for(office, epss_place=0, neighbours=200)
    office.run("build_worker")

    office.run("build_auditor")

    refused: dict[str, Any] = change(office)
    assert refused["status"] == "refused"
    assert "own tests fail with it" in refused["verdict"] or "beyond the bounds" in refused["verdict"]


def test_weights_that_only_their_author_says_were_tried_are_refused(office: Office) -> None:
    asked_for(office)
    office.works.brain.admin.execute(
        "UPDATE company.task_queue SET payload = jsonb_set(payload, '{weights,weakness}', '9')"
    )
    office.run("build_worker")

    office.run("build_auditor")

    assert "nobody but its author has tried these weights" in change(office)["verdict"]
