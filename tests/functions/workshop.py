"""For tests of the build roles: a source whose column was renamed, at the step that a test needs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from company.sandbox.diffs import make_diff
from patchfirst.sources.kev import KEV
from tests.functions.office import Office, office_of
from tests.pipeline.works import Works, epss, kev, kev_entry
from tests.support.drafts import given_session

LIST = "patchfirst/sources/kev.toml"
ENTRIES = 30


def edition(hour: int, count: int = ENTRIES) -> bytes:
    """An edition whose columns can be distinguished by their values."""
    entries = [
        kev_entry(n, dateAdded=f"2026-01-{n % 28 + 1:02}", dueDate=f"2026-02-{n % 28 + 1:02}") for n in range(count)
    ]
    return kev(*entries, at=f"2026-03-10T{hour:02}:00:00Z")


def rename(office: Office, old: bytes = b"dateAdded", new: bytes = b"date_added", *, count: int = ENTRIES) -> None:
    """A good edition, then one whose column has another name; scraping passes the sample to the build roles."""
    fail(office, lambda body: body.replace(old, new), count)


def fail(office: Office, changed: Callable[[bytes], bytes], count: int = ENTRIES) -> None:
    """A good edition, then one that its publisher has changed in this way; scraping passes it on."""
    office.works.take_in("kev", edition(17))
    office.works.serve_only("kev", changed(edition(18, count)), at="2026-03-10T18:00:00Z")
    office.works.run("scrape_kev")
    office.run("scraping_manager")
    office.run("scraping_worker")


def built(works: Works) -> None:
    """A renamed column, and the change for it that build_worker proposed."""
    office = office_of(works)
    rename(office)
    office.run("build_worker")


def list_with(*lines: str) -> str:
    """The diff by which KEV's list has these lines more."""
    assert KEV.columns is not None
    text = KEV.columns.file.read_text()
    return make_diff(LIST, text, text + "".join(f"{line}\n" for line in lines))


def tamper(office: Office, *diffs: str) -> None:
    """Changes of a worker that followed an order in a feed, for the task that waits."""

    def work(fire: Fire) -> Outcome:
        task = fire.use_named("claim_task", {"mode": "build"})
        for number, diff in enumerate(diffs):
            given = {"subject": "kev", "title": f"t{number}", "reason": "r", "test": "def test_it(): assert False"}
            fire.use_named("propose_change", {"task_id": task.id, **given, "diff": diff, "documents": []})
        return Done({"changes": len(diffs)})

    office.works.brain.wait(minutes=1)
    answer = office.works.fire("build_worker", work, cloud=office.works.cloud, bucket="works", request_id="tampered")
    assert answer["outcome"] == "done", answer


def verdicts(office: Office) -> list[str]:
    """Of every change, in their order; '' of one that nobody has judged."""
    return [row["verdict"] or "" for row in office.rows("SELECT verdict FROM company.changes ORDER BY id")]


def change(office: Office) -> dict[str, Any]:
    """The newest change."""
    return office.rows("SELECT * FROM company.changes ORDER BY id DESC LIMIT 1")[0]


def reads_the_new_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the product's functions do once the change of a renamed column is live in them."""
    assert KEV.columns is not None
    learned = {**KEV.columns.form.names, "dateAdded": ("dateAdded", "date_added")}
    monkeypatch.setitem(vars(KEV), "columns", replace(KEV.columns, form=replace(KEV.columns.form, names=learned)))


def build_task(office: Office) -> dict[str, Any]:
    """The newest build task."""
    return office.rows("SELECT * FROM company.task_queue WHERE mode = 'build' ORDER BY id DESC LIMIT 1")[0]


def missed_by_us(office: Office) -> None:
    """The last by EPSS was exploited ten days after it was scored; only its number is beside listed ones."""
    lines = [f"CVE-2025-{90000 + n},{0.0001 if n == 10 else 0.9 - n / 2000:.4f},0.5" for n in range(1151)]
    listed = [kev_entry(n, dateAdded="2024-01-10") for n in range(5)]
    office.works.take_in("epss", epss(*lines), at="2026-03-10T12:55:00Z")
    office.works.take_in("kev", kev(*listed))
    office.works.run("link", "score")
    office.works.brain.wait(days=10)
    came = kev_entry(10, dateAdded="2026-03-20")
    office.works.take_in("kev", kev(*listed, came, at="2026-03-20T18:00:00Z"))
    office.works.run("link", "score")
    office.works.brain.wait(days=4)


def tried_weights(office: Office, **weights: Any) -> dict[str, Any]:
    """Other weights tried on what came true, by research_worker."""
    brain = office.works.brain
    row = brain.as_role("research_worker").one(
        "backtest_weights", session_id=given_session(brain, "research_worker"), weights=weights
    )
    assert row is not None
    return row
