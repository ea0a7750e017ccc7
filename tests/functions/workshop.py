"""For tests of the build roles: a source whose column was renamed, at the step that a test needs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from patchfirst.sources.kev import KEV
from tests.functions.office import Office
from tests.pipeline.works import kev, kev_entry

ENTRIES = 30


def edition(hour: int, count: int = ENTRIES) -> bytes:
    """An edition whose columns can be distinguished by their values."""
    entries = [
        kev_entry(n, dateAdded=f"2026-01-{n % 28 + 1:02}", dueDate=f"2026-02-{n % 28 + 1:02}") for n in range(count)
    ]
    return kev(*entries, at=f"2026-03-10T{hour:02}:00:00Z")


def rename(office: Office, old: bytes = b"dateAdded", new: bytes = b"date_added", *, count: int = ENTRIES) -> None:
    """A good edition, then one whose column has another name; scraping passes the sample to the build roles."""
    fail(office, lambda body: body.replace(old, new), count=count)


def fail(office: Office, changed: Callable[[bytes], bytes], *, count: int = ENTRIES) -> None:
    """A good edition, then one that its publisher has changed in this way; scraping passes it on."""
    office.works.take_in("kev", edition(17))
    office.works.serve_only("kev", changed(edition(18, count)), at="2026-03-10T18:00:00Z")
    office.works.run("scrape_kev")
    office.run("scraping_manager")
    office.run("scraping_worker")


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
