"""Publishes the staff's records into the brain: the roster that every policy reads, and the pages read at boot."""

from collections.abc import Mapping

import psycopg
from psycopg.types.json import Jsonb

from company.records import Record

UPSERT_ROLE = """
INSERT INTO company.roster AS r (role, login, kind, description, reports_to, watched_by, schedule_expression,
  schedule_timezone, grace, answers_within, missed_fire, modes, tools, outward, findings, model, budget)
VALUES (%(role)s, %(login)s, %(kind)s, %(description)s, %(reports_to)s, NULL, NULL, %(timezone)s, %(grace)s,
  make_interval(mins => %(answers_within_minutes)s), %(missed_fire)s, %(modes)s, %(tools)s, %(outward)s,
  %(findings)s, %(model)s, %(budget)s)
ON CONFLICT (role) DO UPDATE
SET login = excluded.login, kind = excluded.kind, description = excluded.description, reports_to = excluded.reports_to,
  schedule_timezone = excluded.schedule_timezone, grace = excluded.grace, answers_within = excluded.answers_within,
  missed_fire = excluded.missed_fire,
  modes = excluded.modes, tools = excluded.tools, outward = excluded.outward, findings = excluded.findings,
  model = excluded.model, budget = excluded.budget, published_at = company.now(), left_at = NULL
"""
# In a second pass, because watchers may form a ring (A watches B watches A) and both rows must exist.
SET_WATCHER = (
    "UPDATE company.roster SET watched_by = %(watched_by)s, schedule_expression = %(schedule)s WHERE role = %(role)s"
)
# A role without a folder left. Its schedule goes too: nobody waits for who left. Who is hired again is not paused.
MARK_LEFT = """
UPDATE company.roster SET left_at = company.now(), schedule_expression = NULL, is_paused = false
WHERE kind <> 'owner' AND left_at IS NULL AND role <> ALL (%(roles)s)
"""
# Nobody is left to act upon the answer, so the owner is not asked any more, and what she said does not wait.
END_QUESTIONS_OF_WHO_LEFT = """
UPDATE company.decisions SET answered_by = coalesce(answered_by, 'silence'),
  answered_at = coalesce(answered_at, company.now()), acted_at = company.now(),
  outcome = format('nothing was done: %%s, who asked, has left', asked_by)
WHERE acted_at IS NULL AND asked_by IN (SELECT role FROM company.roster WHERE left_at IS NOT NULL)
"""
UPSERT_PAGE = """
INSERT INTO company.brain (file_key, content, updated_by) VALUES (%(key)s, %(content)s, 'migrate')
ON CONFLICT (file_key) DO UPDATE SET content = excluded.content, updated_at = company.now(), updated_by = 'migrate'
WHERE brain.content IS DISTINCT FROM excluded.content
"""
FIRST_STATUS = """
INSERT INTO company.brain (file_key, content, updated_by)
VALUES ('PROJECT_STATUS', 'The company opens today.', 'migrate')
ON CONFLICT DO NOTHING
"""

DEPLOYED_DAILY_USD = """
INSERT INTO company.switches AS s (switch, value) VALUES ('deployed_daily_usd', %(usd)s)
ON CONFLICT (switch) DO UPDATE SET value = excluded.value, changed_at = company.now(), changed_by = session_user
WHERE s.value <> excluded.value
"""
SET_DAILY_USD = """
UPDATE company.spending_limits SET most = %(usd)s::numeric, changed_at = company.now(), changed_by = 'migrate'
WHERE whose = 'company' AND unit = 'usd'
"""


def set_daily_usd(connection: psycopg.Connection[dict[str, object]], usd: float) -> None:
    """Sets the company's dollars a day when the stack says another number than at its last deploy.

    So a limit that the owner set in between (`watchbill cost --limit`) stays at a deploy that is about something else.
    """
    with connection.transaction():
        if connection.execute(DEPLOYED_DAILY_USD, {"usd": f"{usd:.2f}"}).rowcount:
            connection.execute(SET_DAILY_USD, {"usd": f"{usd:.2f}"})


def publish_staff(
    connection: psycopg.Connection[dict[str, object]],
    company: str,
    staff: Mapping[str, Record],
    product_text: str,
) -> int:
    """Writes a roster row per record, managers first, and the pages SKILL_<ROLE> and PRODUCT; how many roles."""
    with connection.transaction():
        owner = {"role": "owner", "kind": "owner", "description": "the one human", "reports_to": None}
        connection.execute(UPSERT_ROLE, _row(company, owner))
        for record in _managers_first(staff):
            connection.execute(UPSERT_ROLE, _row(company, _facts(record)))
            _publish_page(connection, f"SKILL_{record.role.upper()}", record.text)
        for record in staff.values():
            connection.execute(
                SET_WATCHER, {"role": record.role, "watched_by": record.watched_by, "schedule": record.schedule}
            )
        connection.execute(MARK_LEFT, {"roles": list(staff)})
        connection.execute(END_QUESTIONS_OF_WHO_LEFT, ())
        _publish_page(connection, "PRODUCT", product_text)
        connection.execute(FIRST_STATUS)
    return len(staff)


def _managers_first(staff: Mapping[str, Record]) -> list[Record]:
    """Everyone after whom they report to, so that the roster's reference always holds."""

    def depth(record: Record, seen: tuple[str, ...] = ()) -> int:
        boss = staff.get(record.reports_to)
        return 0 if boss is None or boss.role in seen else 1 + depth(boss, (*seen, record.role))

    return sorted(staff.values(), key=lambda record: (depth(record), record.role))


def _facts(record: Record) -> dict[str, object]:
    facts = record.model_dump(
        include={
            "role",
            "kind",
            "description",
            "reports_to",
            "timezone",
            "missed_fire",
            "model",
            "answers_within_minutes",
        }
    )
    lists = {name: list(getattr(record, name)) for name in ("modes", "tools", "outward", "findings")}
    return {**facts, **lists, "grace": record.grace, "budget": Jsonb(record.budget.model_dump())}


def _row(company: str, facts: Mapping[str, object]) -> dict[str, object]:
    defaults: dict[str, object] = {
        "timezone": "UTC", "grace": "20 minutes", "answers_within_minutes": 30, "missed_fire": "skip", "modes": [],
        "tools": [], "outward": [], "findings": [], "model": None, "budget": Jsonb({}),
    }  # fmt: skip
    return {**defaults, **facts, "login": f"{company}_{facts['role']}"}


def _publish_page(connection: psycopg.Connection[dict[str, object]], key: str, content: str) -> None:
    connection.execute(UPSERT_PAGE, {"key": key, "content": content})
