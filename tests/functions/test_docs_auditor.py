"""docs_auditor: what is deployed, what was published and what people read agree; a difference is a finding."""

import pytest

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
