"""An edition that was held is read again once a change of its source is live, also when it comes as it came before."""

import re
from dataclasses import replace

import pytest

from patchfirst.sources.kev import KEV
from tests.functions.workshop import edition
from tests.pipeline.works import Works

LIVE = r"""
WITH proved AS (
  INSERT INTO company.changes (task_id, subject, title, reason, diff, files, test, author, session_id, status,
    judged_by, judged_in, judged_at, verdict, evidence)
  VALUES (1, 'kev', 't', 'r', E'--- a\n+x', '{f}', 'def test_x', 'build_worker', 1, 'proved',
    'build_auditor', 1, company.now(), 'v',
    '{"failed_without": 1, "passed_with": 1, "others_differing": 0, "rows": 1}') RETURNING id
)
INSERT INTO company.deployments (change_id, status, by_role, session_id, layer_arn, layer_sha256, functions, live_at)
SELECT id, 'live', 'build_auditor', 1, 'l', 's', '{"x": {}}', company.now() FROM proved
"""


def _held(works: Works) -> None:
    """An edition whose days are written otherwise, which a check holds."""
    works.take_in("kev", edition(17))
    otherwise = re.sub(rb'"dateAdded": "(\d+)-(\d+)-(\d+)"', rb'"dateAdded": "\3/\2/\1"', edition(18))
    assert works.take_in("kev", otherwise, at="2026-03-10T18:00:00Z")["status"] == "held"
    works.brain.wait(minutes=1)


def _deploy(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of the source is live, and its reader knows the spelling."""
    with works.brain.admin as past_every_rule:
        past_every_rule.execute("SET session_replication_role = replica")
        past_every_rule.execute(LIVE)
    assert KEV.columns is not None
    form = replace(KEV.columns.form, spelled={"dateAdded": ("day/month/year",)})
    monkeypatch.setitem(vars(KEV), "columns", replace(KEV.columns, form=form))


def _batches(works: Works) -> list[tuple[str, int]]:
    rows = works.rows("SELECT status, raw_id FROM company.batches ORDER BY id")
    return [(row["status"], row["raw_id"]) for row in rows]


def test_the_same_bytes_are_read_again_by_changed_code(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    _held(works)
    woken = works.brain.as_role("heartbeat").all("build_wakes_due", most_a_day=9)
    assert [row["role"] for row in woken] == ["build_manager"]
    [row] = works.brain.admin.execute("SELECT company.may_wake_builders(company.now()) AS it_may").fetchall()
    assert row["it_may"]
    works.run("scrape_kev")
    assert [status for status, _ in _batches(works)] == ["promoted", "held"]

    _deploy(works, monkeypatch)
    works.run("scrape_kev", "check", "promote")

    assert _batches(works) == [("promoted", 1), ("refused", 2), ("promoted", 2)]
    assert works.value("SELECT count(*) FROM patchfirst.kev WHERE date_added IS NULL") == 0
    works.run("scrape_kev")
    assert len(_batches(works)) == 3


def test_what_is_held_again_is_not_read_at_every_fire(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    _held(works)
    with monkeypatch.context() as while_it_is_deployed:
        _deploy(works, while_it_is_deployed)

    works.run("scrape_kev", "check", "scrape_kev", "scrape_kev")

    assert _batches(works) == [("promoted", 1), ("refused", 2), ("held", 2)]
