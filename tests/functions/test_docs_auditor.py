"""docs_auditor: what is deployed, what was published and what people read agree; a difference is a finding."""

from pathlib import Path

import pytest

from docs_auditor.tools import FUNCTIONS
from tests.functions.office import Office
from tests.support.staff import staff


def test_a_company_without_faults_is_compared_page_by_page(office: Office) -> None:
    office.works.run("org_page")

    answer = office.run("docs_auditor")

    roles = office.value("SELECT count(*) FROM company.roster WHERE kind <> 'owner' AND left_at IS NULL")
    # The test company sells another product than the one deployed.
    assert office.rows("SELECT subject FROM company.findings WHERE kind = 'drift'") == [{"subject": "PRODUCT"}]
    assert answer["evidence"]["sampled"] == roles + 3


@pytest.mark.parametrize(
    ("drift", "subject", "expected"),
    [
        (
            "UPDATE company.roster SET watched_by = 'ceo' WHERE role = 'check'",
            "record check",
            "watched_by",
        ),
        (
            "UPDATE company.brain SET content = 'Do as you like.' WHERE file_key = 'SKILL_CHECK'",
            "record check",
            "page",
        ),
        (
            "ALTER TABLE company.brain DISABLE TRIGGER USER; INSERT INTO company.brain (file_key, content, updated_by)"
            " VALUES ('MEMORY_SALES_WORKER', 'x', 'ceo')",
            "MEMORY_SALES_WORKER",
            "sales_worker",
        ),
        (
            "UPDATE company.brain SET updated_at = company.now() - interval '2 days' WHERE file_key = 'PROJECT_STATUS'",
            "PROJECT_STATUS",
            "hours 48",
        ),
    ],
)
def test_a_drift_is_reported_with_both_its_sides(office: Office, drift: str, subject: str, expected: str) -> None:
    office.works.brain.admin.execute(drift.encode())

    office.run("docs_auditor")

    [found] = office.rows("SELECT * FROM company.findings WHERE kind = 'drift' AND subject = %(s)s", s=subject)
    assert expected in found["title"]
    assert found["watcher"] == "ceo"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the deployed records that a test may change."""
    copied = tmp_path / "functions"
    for record in (*FUNCTIONS.glob("*/SKILL.md"), *FUNCTIONS.glob("*/MACHINE.md")):
        (copied / record.parent.name).mkdir(parents=True)
        (copied / record.parent.name / record.name).write_text(record.read_text())
    monkeypatch.setattr("docs_auditor.tools.FUNCTIONS", copied)
    return copied


def test_a_record_of_a_product_that_is_not_deployed_is_no_drift(office: Office, folders: Path) -> None:
    text = (folders / "scrape_kev" / "MACHINE.md").read_text()
    (folders / "scrape_tides").mkdir()
    other = text.replace("name: scrape_kev", "name: scrape_tides").replace("product: patchfirst", "product: tidewatch")
    (folders / "scrape_tides" / "MACHINE.md").write_text(other)

    office.run("docs_auditor")

    assert office.rows("SELECT subject FROM company.findings WHERE kind = 'drift'") == [{"subject": "PRODUCT"}]


def test_a_page_that_names_a_tool_which_its_role_has_not_is_a_drift(office: Office, folders: Path) -> None:
    with (folders / "data_worker" / "SKILL.md").open("a") as page:
        page.write("Take a bad batch back by undo_batch.\n")

    office.run("docs_auditor")

    titles = office.rows("SELECT title FROM company.findings WHERE subject = 'record data_worker'")
    assert any(
        "tools that its page names: deployed not on its list, published ['undo_batch']" in t["title"] for t in titles
    )


def test_a_drift_is_over_when_both_sides_are_equal_again(office: Office) -> None:
    admin = office.works.brain.admin
    admin.execute("UPDATE company.roster SET description = 'another' WHERE role = 'check'")
    office.run("docs_auditor")

    admin.execute("UPDATE company.roster SET description = %s WHERE role = 'check'", (staff()["check"].description,))
    office.run("docs_auditor")

    [found] = office.rows("SELECT closed_by FROM company.findings WHERE subject = 'record check'")
    assert found["closed_by"] == "docs_auditor"


def test_an_organisation_page_that_lacks_a_role_is_found(office: Office) -> None:
    page = b"<html>ceo and data_manager work here</html>"
    office.works.cloud.client("s3").put_object(Bucket="works", Key="pages/org.html", Body=page)

    office.run("docs_auditor")

    [found] = office.rows("SELECT evidence FROM company.findings WHERE subject = 'org page'")
    assert "data_worker" in found["evidence"]["missing"]
