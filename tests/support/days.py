"""One day of a company, written directly into a test's brain, for the brief, the pages and `why`."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from company.brief import BriefOrigin, gather_facts, html, text
from company.brief import write as compose_brief
from tests.support.brains import MORNING, TestBrain, run_sql

EVENING = MORNING + timedelta(hours=11)
BRIEF_AT = MORNING + timedelta(hours=23, minutes=50)
"""06:50 of the next morning."""
FEED = "tides"
"""A source of no product: the company reports about it as about any source."""

STREAM = """
INSERT INTO company.streams (source, schema_name, key_column, value_columns, tolerances, is_full_edition, max_drop,
  max_growth, max_quarantined, fresh_within, writers, required_checks)
VALUES (%(feed)s, 'public', 'id', '{value}', '{null}', true, 0.1, 2, 0.1, '29 hours', '{}', '{}')
"""
DOCUMENT = """
INSERT INTO company.raw_documents (source, url, route, sha256, size, status_code, edition_at, fetched_by, verdict)
VALUES (%(feed)s, 'http://tides.invalid', 'primary', repeat('0', 64), 1200, 200, %(edition_at)s, 'scrape_tides', 'new')
"""
BATCH = """
INSERT INTO company.batches (source, raw_id, edition_at, status, rows_staged, rows_read, promoted, unchanged,
  staged_by, checked_by, checked_at, promoted_at, staged_at)
SELECT source, id, edition_at, 'promoted', 1521, 1521, %(promoted)s, 1521 - %(promoted)s,
  'scrape_tides', 'check', %(at)s, %(at)s, %(at)s
FROM company.raw_documents
"""
SLOT = """
INSERT INTO company.slots (schedule, due_at, role, watcher, status, evidence, reason, started_at, ended_at)
VALUES (%(role)s, %(at)s, %(role)s, 'data_manager', %(status)s, %(evidence)s, %(reason)s, %(at)s, %(at)s)
"""
SESSION = """
INSERT INTO company.sessions (role, schedule, due_at, request_id, attempt, started_at, deadline_at, finished_at,
  outcome, evidence)
VALUES (%(role)s, %(role)s, %(at)s, 'r', 1, %(at)s, %(at)s, %(at)s, %(outcome)s, %(evidence)s)
"""
NOTE = """
INSERT INTO company.inbox (to_role, from_role, kind, level, body, sent_at)
VALUES ('ceo', %(manager)s, 'note', 'log', %(note)s, %(at)s)
"""
NOTES = {"data_manager": "4 tasks open (12 yesterday)", "scraping_manager": "1 of 1 feeds fresh"}
DELIVERY = """
WITH customer AS (
  INSERT INTO company.customers (name, email, kind) VALUES (%(name)s, 'x@y.invalid', 'brief') RETURNING id
), act AS (
  INSERT INTO company.outbox (action, dedupe_key, to_whom, status, by_role, recorded_at, confirmed_at, receipt,
    mail_status, mail_status_at)
  VALUES ('deliver', %(name)s, 'x@y.invalid', 'sent', 'deliver', %(at)s, %(at)s, 'accepted',
    'accepted', %(at)s) RETURNING id
)
INSERT INTO company.deliveries (customer_id, occasion, covers_from, covers_to, kind, subject, body, items, status,
  outbox_id, written_at, ended_at)
SELECT customer.id, 'daily', %(since)s, %(at)s, 'brief', %(subject)s, 'body', %(items)s, 'sent', act.id, %(at)s, %(at)s
FROM customer, act
"""
FINDING = """
INSERT INTO company.findings (fingerprint, kind, subject, level, title, effect, watcher, found_by, found_at,
  last_seen_at)
VALUES (%(kind)s || %(subject)s, %(kind)s, %(subject)s, 'today', %(title)s, %(effect)s, %(watcher)s, 'heartbeat',
  %(at)s, %(at)s)
RETURNING id
"""
PLANT = "INSERT INTO company.plants (fault, subject, planted_at) VALUES ('odd', %(subject)s, %(at)s)"
DEPLOYED = """
INSERT INTO company.schedules (schedule, role, expression, timezone, state, modified_at, seen_at, filled_until,
  failure_queue)
SELECT role, role, schedule_expression, schedule_timezone, 'ENABLED', %(at)s, %(at)s, %(at)s + interval '3 days',
  'arn:aws:sqs:us-east-1:000000000000:undelivered'
FROM company.roster WHERE schedule_expression IS NOT NULL
"""
EXPECTED = """
INSERT INTO company.slots (schedule, due_at, role, watcher, grace)
SELECT role, %(at)s, role, watched_by, grace FROM company.roster WHERE schedule_expression IS NOT NULL
"""


def a_quiet_day(brain: TestBrain) -> None:
    """Two customers with nothing new, one source unchanged, every slot worked, all managers wrote, all deployed."""
    everybody_deployed(brain)
    source(brain, promoted=0)
    slots(brain, "data_auditor", skipped=20, succeeded=4)
    for manager in managers(brain):
        write(brain, NOTE, manager=manager, note=NOTES.get(manager, "0 tasks open"), at=EVENING)
    delivery(brain, "Alder Bank", items=0)
    delivery(brain, "Quayside Hospitals", items=0)
    brain.set_now(BRIEF_AT)


def a_bad_day(brain: TestBrain) -> None:
    """The same, and: the source is stale, a schedule was muted (both planted), a slot missed, the owner asked."""
    a_quiet_day(brain)
    delivery(brain, "Northferry Logistics", items=3)
    write(brain, "UPDATE company.batches SET edition_at = %(at)s", at=MORNING - timedelta(hours=18))
    slots(brain, "data_worker", missed=1)
    late = f"{FEED} is 42 h old (limit 29 h)"
    stale = finding(brain, "stale_source", FEED, late, "scraping_manager", effect="scores use the edition before")
    answer(brain, stale, "scraping_manager", "14 requests, all answered not yet; asking again every hour.")
    off = "data_auditor's schedule is DISABLED in EventBridge"
    decision(brain, finding(brain, "muted", "data_auditor", off, "data_manager"))


def written_brief(brain: TestBrain) -> None:
    """The morning's brief, as the CEO would have kept it."""
    origin = BriefOrigin(title="Tidewatch", zone=ZoneInfo("UTC"), slot="ceo", due_at=BRIEF_AT, desk="sample data")
    ceo = brain.as_role("ceo")
    facts = gather_facts(ceo, origin=origin, brief_date=BRIEF_AT.date(), until=BRIEF_AT)
    brief = compose_brief(facts)
    ceo.run(
        "write_brief",
        brief_date=facts.brief_date,
        covers_from=facts.since,
        covers_to=facts.until,
        subject=brief.subject,
        body=text.render(brief.page),
        html=html.render(brief.page, brief.subject),
        facts={"facts": facts.as_json(), "page": brief.page.as_json()},
        checklist=dict(brief.checklist),
    )


def managers(brain: TestBrain) -> list[str]:
    """Every manager that must send the CEO a note."""
    rows = write(brain, "SELECT role FROM company.roster WHERE kind = 'manager' AND left_at IS NULL ORDER BY role")
    return [row["role"] for row in rows]


def write(brain: TestBrain, statement: str, **values: Any) -> list[dict[str, Any]]:
    """Past every rule but the constraints: as the owner of the tables, on one connection."""
    return run_sql(brain.as_role("migrate").connection, statement, **values)


def everybody_deployed(brain: TestBrain) -> None:
    """Every published schedule is in EventBridge, and the ledger expects its next slot."""
    write(brain, DEPLOYED, at=MORNING)
    write(brain, EXPECTED, at=BRIEF_AT + timedelta(hours=1))


def source(brain: TestBrain, *, promoted: int) -> None:
    """FEED instead of the product's sources, with one edition of 1,521 rows of the night before."""
    at, edition_at = MORNING + timedelta(hours=1), MORNING - timedelta(hours=3)
    write(brain, "DELETE FROM company.streams")
    write(brain, STREAM, feed=FEED)
    write(brain, DOCUMENT, feed=FEED, edition_at=edition_at)
    write(brain, BATCH, promoted=promoted, at=at)


def slots(brain: TestBrain, role: str, **ends: int) -> None:
    """Slots of a role, 45 minutes apart, by how they ended: slots(brain, "ceo", skipped=2, missed=1)."""
    for number, status in enumerate(status for status, count in ends.items() for _ in range(count)):
        at = MORNING + timedelta(minutes=45 * number)
        evidence = Jsonb({"sampled": 200, "differing": 0}) if status == "succeeded" else None
        row = {"role": role, "at": at, "status": status, "evidence": evidence, "reason": "nothing to do"}
        write(brain, SLOT, **row)
        if status in ("succeeded", "skipped"):
            write(brain, SESSION, **row, outcome="done" if evidence else "skipped")


def fired(brain: TestBrain, *roles: str) -> None:
    """Each of these roles worked an hour ago."""
    for role in roles:
        at, evidence = BRIEF_AT - timedelta(hours=1), Jsonb({"done": 1})
        row = {"role": role, "at": at, "status": "succeeded", "evidence": evidence, "reason": None}
        write(brain, SLOT, **row)
        write(brain, SESSION, **row, outcome="done")


def delivery(brain: TestBrain, customer: str, *, items: int) -> None:
    """A customer, served at 06:00 of the second morning."""
    at = MORNING + timedelta(hours=23)
    subject = f"{items} of your things changed"
    row = {
        "name": customer,
        "at": at,
        "since": MORNING,
        "subject": subject,
        "items": Jsonb([{"n": n} for n in range(items)]),
    }
    write(brain, DELIVERY, **row)


def finding(
    brain: TestBrain, kind: str, subject: str, title: str, watcher: str, *, effect: str = "", planted: bool = True
) -> int:
    """An open finding of heartbeat's, found in the evening."""
    row = {"kind": kind, "subject": subject, "title": title, "effect": effect, "watcher": watcher}
    if planted:
        write(brain, PLANT, subject=subject, at=EVENING)
    return int(write(brain, FINDING, **row, at=EVENING)[0]["id"])


def answer(brain: TestBrain, number: int, role: str, text: str) -> None:
    """Its watcher's answer, two minutes after it was found."""
    brain.set_now(EVENING + timedelta(minutes=2))
    brain.as_role(role).run("answer_finding", finding_id=number, answer=text)
    brain.set_now(BRIEF_AT)


def decision(brain: TestBrain, about: int, question: str = "Switch data_auditor's schedule back on?") -> int:
    """A question of data_manager's, to be answered by noon."""
    asked = brain.as_role("data_manager").one(
        "ask_decision",
        fingerprint=question,
        question=question,
        background="Checked: the last deploy was Mon 10:02; no error before.",
        unknown="who muted the schedule",
        options={"yes": "audits go on today", "no": "stays off, asked again in 7 days"},
        recommendation="yes",
        default_option="no",
        answer_by=datetime(2026, 3, 12, 12, tzinfo=UTC),
        finding_id=about,
        subject={"schedule": "data_auditor"},
    )
    assert asked is not None
    return int(asked["decision_id"])
