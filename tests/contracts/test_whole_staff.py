"""The staff as it was designed: whom each role reports to and who watches it. A role without a folder is skipped."""

import pytest

from tests.contracts.repository import FUNCTIONS, TESTS, records

DESIGNED = {
    "ceo": ("owner", "schedule_auditor"),
    "data_manager": ("ceo", "schedule_auditor"),
    "data_worker": ("data_manager", "data_auditor"),
    "data_auditor": ("data_manager", "data_manager"),
    "scraping_manager": ("ceo", "schedule_auditor"),
    "scraping_worker": ("scraping_manager", "scraping_manager"),
    "ingest_worker": ("scraping_manager", "scraping_manager"),
    "build_manager": ("ceo", "schedule_auditor"),
    "build_worker": ("build_manager", "build_auditor"),
    "build_auditor": ("build_manager", "build_manager"),
    "research_manager": ("ceo", "schedule_auditor"),
    "research_worker": ("research_manager", "research_manager"),
    "content_manager": ("ceo", "schedule_auditor"),
    "content_worker": ("content_manager", "content_auditor"),
    "content_auditor": ("content_manager", "content_manager"),
    "docs_auditor": ("ceo", "audit_auditor"),
    "schedule_auditor": ("ceo", "audit_auditor"),
    "memory_worker": ("ceo", "memory_auditor"),
    "memory_auditor": ("ceo", "audit_auditor"),
    "audit_auditor": ("ceo", "ceo"),
    "check": ("data_manager", "data_auditor"),
    "promote": ("data_manager", "data_auditor"),
    "link": ("data_manager", "data_auditor"),
    "score": ("data_manager", "data_auditor"),
    "deliver": ("data_manager", "data_auditor"),
    "publish": ("content_manager", "content_auditor"),
    "heartbeat": ("ceo", "schedule_auditor"),
    "flow_check": ("ceo", "data_manager"),
    "planter": ("ceo", "audit_auditor"),
    "org_page": ("ceo", "docs_auditor"),
}
FIRINGS = "\n".join(path.read_text(encoding="utf-8") for path in sorted(TESTS.rglob("test_*.py")))


@pytest.mark.parametrize("role", DESIGNED)
def test_a_designed_role_has_its_designed_manager_and_watcher(role: str) -> None:
    if not (FUNCTIONS / role).is_dir():
        pytest.skip(f"{role} is not hired yet")

    record = records()[role]

    assert (record.reports_to, record.watched_by) == DESIGNED[role]


@pytest.mark.parametrize("role", sorted(records()))
def test_a_role_is_fired_by_a_test(role: str) -> None:
    assert f'"{role}"' in FIRINGS
