"""Who may take which step between a feed and a customer; tests/pipeline attacks the rest of the pipeline's rules."""

import pytest

from tests.support.acts import session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused

# the rule, the step, and logins that have no right to call it
STEPS = [
    ("only_promote_promotes", "company.promote(1)", ["check", "data_worker", "scrape_kev", "data_manager", "owner"]),
    ("batches_are_undone_by_data_auditor_or_owner", "company.undo_batch(1, 'oops')", ["promote", "data_manager"]),
    ("audits_come_from_auditors", "company.record_audit(1, 'w', 's', 'x', '[]', '[]')", ["check", "data_manager"]),
    (
        "deliveries_are_written_by_deliver",
        "company.end_delivery(1, 'sent', NULL)",
        ["data_manager", "ceo", "owner", "score"],
    ),
    (
        "only_the_owner_takes_customers",
        "company.add_customer('c', 'c@example.invalid', 'brief', '{}')",
        ["ceo", "deliver", "data_manager"],
    ),
    ("only_publish_publishes", "company.publish_draft(1, 1, 's', 1)", ["content_worker", "content_auditor", "owner"]),
    ("only_planter_and_owner_plant", "company.plant('f', 's', 'n')", ["data_manager", "ceo", "content_auditor"]),
    ("only_planter_plants_for_audits", "company.remove_plants(1)", ["owner", "ceo", "content_auditor"]),
    ("links_are_written_by_link", "company.note_spellings('c', '{}', '{}', '{}', '[]')", ["data_worker", "promote"]),
]


@pytest.mark.parametrize(("rule", "step", "unauthorised"), STEPS, ids=[rule for rule, *_ in STEPS])
def test_each_step_is_one_roles_alone(
    steadfast_brain: TestBrain, rule: str, step: str, unauthorised: list[str]
) -> None:
    for role in unauthorised:
        with refused(NO_RIGHT):
            steadfast_brain.sql(role, f"SELECT {step}")
    with refused(rule):
        run_sql(steadfast_brain.as_login("migrate"), f"SELECT {step}")


@pytest.mark.parametrize(
    ("role", "rule", "step"),
    [
        ("ceo", "a_source_has_its_stream", "company.entity_history('nowhere', 'k')"),
        ("score", "a_score_has_its_model", "company.score_all('v0', 'company.clock')"),
        (
            "data_worker",
            "only_a_spelling_that_is_asked_about_is_decided",
            "company.resolve_spelling('vendor', 'Nobody''s', 'Nobody', 'so it is')",
        ),
        ("data_auditor", "only_a_held_batch_is_decided", "company.decide_batch(4711, 'release', 'looks fine')"),
        ("scrape_kev", "only_a_new_edition_is_staged", "company.open_batch('kev', 4711, company.now(), NULL, NULL)"),
    ],
)
def test_a_step_on_what_is_not_there_is_refused(steadfast_brain: TestBrain, role: str, rule: str, step: str) -> None:
    with refused(rule):
        steadfast_brain.sql(role, f"SELECT {step}")


@pytest.mark.parametrize(
    ("role", "step"),
    [
        (
            "scrape_kev",
            "company.record_raw('kev', 'u', 'r', repeat('0', 64), 1, 200, '{}', company.now(), 'new', NULL, %(s)s)",
        ),
        ("scrape_kev", "company.open_batch('kev', 1, company.now(), NULL, %(s)s)"),
        ("scrape_kev", "company.record_fetch('kev', 'u', 'r', 'c', 'new', 200, 1, NULL, NULL, %(s)s)"),
        ("scraping_worker", "company.record_probe('kev', 'r', 'u', 200, 1, 1, true, NULL, %(s)s)"),
    ],
)
def test_nothing_is_recorded_under_the_session_of_another(brain: TestBrain, role: str, step: str) -> None:
    other = session_of(brain, "data_worker")

    with refused("a_fenced_session_writes_nothing"):
        brain.sql(role, f"SELECT {step}", s=other)


def test_a_sealed_batch_takes_no_rows(brain: TestBrain) -> None:
    scraper = brain.as_role("scrape_kev").connection
    [raw] = run_sql(
        scraper,
        "SELECT company.record_raw('kev', 'u', 'r', repeat('0', 64), 1, 200, '{}', company.now(), 'new', NULL, NULL)"
        " AS id",
    )
    [batch] = run_sql(
        scraper, "SELECT company.open_batch('kev', %(raw)s, company.now(), NULL, NULL) AS id", raw=raw["id"]
    )
    run_sql(scraper, "SELECT company.seal_batch(%(batch)s::bigint, 0)", batch=batch["id"])

    for step in ("seal_batch(%(batch)s::bigint, 9)", "reject_rows(%(batch)s::bigint, '{1}', '{k}', '{odd}', '{raw}')"):
        with refused("a_sealed_batch_takes_no_rows"):
            run_sql(scraper, f"SELECT company.{step}", batch=batch["id"])
