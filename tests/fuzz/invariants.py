"""What must hold whatever was called: each a question to the change log whose answer must be empty."""

from collections.abc import Mapping
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

CANONICAL = "SELECT (company.stream_sql(source)).canonical FROM company.streams"
HISTORY = "SELECT (company.stream_sql(source)).history FROM company.streams"

INVARIANTS: Mapping[str, str] = {
    "canonical is written by promote, or taken back by an undo": f"""
        relation IN ({CANONICAL}) AND role IS DISTINCT FROM 'promote' AND NOT (
          (role = 'data_auditor' OR kind = 'owner') AND EXISTS (SELECT FROM change_log.changes u
            WHERE u.transaction = c.transaction AND u.relation = 'company.batches'
              AND u.becomes ->> 'status' = 'undone'))""",
    "what is promoted was checked by another than its maker": f"""
        relation IN ({CANONICAL}) AND op <> 'DELETE' AND role = 'promote' AND NOT EXISTS (
          SELECT FROM company.batches b JOIN company.batch_checks k ON k.batch_id = b.id
          WHERE b.id = (c.becomes ->> 'batch_id')::bigint AND k.checked_by <> b.staged_by)""",
    "history only grows": f"""
        op <> 'INSERT' AND relation IN ('company.brain_history', 'company.task_events', 'company.session_log',
          'company.verifications', 'company.audits', 'company.audit_checks', 'company.backtests',
          'company.score_history', 'company.beats', 'company.raw_documents')
        OR op <> 'INSERT' AND relation IN ({HISTORY})""",
    "nothing is emptied at once": "op = 'TRUNCATE'",
    "a task that is held is closed by its holder, or returned by heartbeat when its lease is over": """
        relation = 'company.task_queue' AND op <> 'INSERT' AND was ->> 'status' = 'in_progress'
        AND role IS DISTINCT FROM was ->> 'claimed_by'
        AND NOT (role = 'heartbeat' AND (was ->> 'lease_until')::timestamptz <= at)""",
    "a task that ended stays as it is": """
        relation = 'company.task_queue' AND op <> 'INSERT' AND was ->> 'closed_at' IS NOT NULL""",
    "a task keeps its number, and each line of its trail finds it": """
        relation = 'company.task_queue' AND op = 'UPDATE' AND was ->> 'id' <> becomes ->> 'id'
        OR relation = 'company.task_events' AND op = 'INSERT' AND NOT EXISTS (SELECT FROM company.task_queue t
          WHERE t.id = (c.becomes ->> 'task_id')::bigint)""",
    "one claims and files in one's own name": """
        relation = 'company.task_queue' AND op = 'UPDATE' AND becomes ->> 'status' = 'in_progress'
          AND becomes ->> 'claimed_by' IS DISTINCT FROM role
        OR relation = 'company.task_queue' AND op = 'INSERT' AND becomes ->> 'created_by' IS DISTINCT FROM role""",
    "nobody judges what is theirs": """
        relation = 'company.drafts' AND becomes ->> 'judged_by' IS DISTINCT FROM was ->> 'judged_by'
          AND role = coalesce(was, becomes) ->> 'written_by'
        OR relation = 'company.changes' AND becomes ->> 'judged_by' IS DISTINCT FROM was ->> 'judged_by'
          AND role = coalesce(was, becomes) ->> 'author'
        OR relation = 'company.proposals' AND becomes ->> 'judged_by' IS DISTINCT FROM was ->> 'judged_by'
          AND role = coalesce(was, becomes) ->> 'proposed_by'
        OR relation = 'company.batch_checks' AND EXISTS (SELECT FROM company.batches b
          WHERE b.id = (c.becomes ->> 'batch_id')::bigint AND b.staged_by = c.role)""",
    "a judgement bears the name of its judge": """
        relation IN ('company.drafts', 'company.changes', 'company.proposals')
        AND becomes ->> 'judged_by' IS DISTINCT FROM was ->> 'judged_by' AND becomes ->> 'judged_by' <> role""",
    "nobody closes or answers a finding about themselves": """
        relation = 'company.findings' AND op = 'UPDATE' AND role = was ->> 'accused'
        AND (becomes ->> 'closed_at' IS DISTINCT FROM was ->> 'closed_at' AND becomes ->> 'closed_by' = role
          OR becomes ->> 'answered_at' IS DISTINCT FROM was ->> 'answered_at')""",
    "the owner's answer is the owner's": """
        relation = 'company.decisions' AND becomes ->> 'answered_by' = 'owner'
        AND was ->> 'answered_by' IS DISTINCT FROM 'owner' AND kind IS DISTINCT FROM 'owner'""",
    "approvals, limits, prices and switches are the owner's; heartbeat only makes an open one ask": """
        relation IN ('company.approvals', 'company.spending_limits', 'company.model_prices', 'company.customers')
          AND kind IS DISTINCT FROM 'owner'
          AND NOT (relation = 'company.approvals' AND role = 'heartbeat'
            AND (was ->> 'level', becomes ->> 'level') = ('open', 'ask'))
        OR relation = 'company.switches' AND op <> 'INSERT' AND kind IS DISTINCT FROM 'owner'""",
    "who works here, and the clock, change only by a deploy or by the owner": """
        relation = 'company.roster' AND kind <> 'owner' AND was - 'is_deployed_as_published'
          IS DISTINCT FROM becomes - 'is_deployed_as_published' OR relation = 'company.clock' AND role IS NOT NULL""",
    "a session is opened and ended by its own role, or ended by heartbeat": """
        relation = 'company.sessions' AND coalesce(role, '') NOT IN (coalesce(was, becomes) ->> 'role', 'heartbeat')""",
    "a session that ended stays as it is": """
        relation = 'company.sessions' AND op = 'UPDATE' AND was ->> 'finished_at' IS NOT NULL
        AND (becomes ->> 'finished_at' IS DISTINCT FROM was ->> 'finished_at'
          OR becomes ->> 'outcome' IS DISTINCT FROM was ->> 'outcome')""",
    "a role is taken by its own login, and freed by that or by heartbeat": """
        relation = 'company.role_leases' AND role IS DISTINCT FROM coalesce(was, becomes) ->> 'role'
        AND NOT (role = 'heartbeat' AND op = 'DELETE')""",
    "nothing costs less than nothing": """
        relation = 'company.spend' AND (becomes ->> 'cost_usd')::numeric < 0""",
    "what leaves is confirmed by its sender": """
        relation = 'company.outbox' AND op = 'UPDATE' AND becomes ->> 'status' = 'sent'
        AND was ->> 'status' <> 'sent' AND role IS DISTINCT FROM was ->> 'by_role'""",
    "what leaves was allowed": """
        relation = 'company.outbox' AND becomes ->> 'status' = 'allowed' AND was ->> 'status' = 'waiting'
        AND kind IS DISTINCT FROM 'owner'""",
    "a beat is heartbeat's": "relation = 'company.beats' AND role IS DISTINCT FROM 'heartbeat'",
    "the ledger is heartbeat's, a slot is worked by its own role": """
        relation = 'company.slots' AND coalesce(role, '') NOT IN (coalesce(was, becomes) ->> 'role', 'heartbeat')
        AND NOT (kind = 'owner' AND becomes ->> 'status' = 'withdrawn')""",
    "a message bears its sender's name and is read by whom it is for": """
        relation = 'company.inbox' AND op = 'UPDATE'
          AND becomes ->> 'answered_at' IS DISTINCT FROM was ->> 'answered_at'
          AND role IS DISTINCT FROM was ->> 'to_role'""",
    "who is told of a skill, and of the doctrine, is told by a deploy": """
        relation = 'company.brain' AND coalesce(was, becomes) ->> 'file_key' ~ '^(SKILL|DOCTRINE|PRODUCT)'""",
    "only planter and owner plant": """
        relation = 'company.plants' AND op = 'INSERT' AND role IS DISTINCT FROM 'planter'
        AND kind IS DISTINCT FROM 'owner'""",
    "a test is found by the auditor whose it is": """
        relation = 'company.plants' AND op = 'UPDATE' AND becomes ->> 'found_by' IS DISTINCT FROM was ->> 'found_by'
        AND (role IS DISTINCT FROM was ->> 'whose_test' OR role IS DISTINCT FROM becomes ->> 'found_by')""",
    "rows go only where rows are made to go": f"""
        op = 'DELETE' AND relation NOT IN ({CANONICAL})
        AND relation NOT IN ('company.links', 'company.decision_links', 'company.slots', 'company.slot_ends',
          'company.slot_retries', 'company.scores', 'company.lesson_sightings', 'company.role_leases')
        AND relation NOT IN (SELECT (company.stream_sql(source)).staging FROM company.streams)""",
}
"""By what it says: the rows of change_log.changes (as c) that break it."""

MOST_SHOWN = 3
RIGHTS = """
SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolcanlogin, rolconnlimit,
  (SELECT array_agg(g.rolname ORDER BY g.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
    WHERE m.member = r.oid) AS groups
FROM pg_roles r WHERE rolname LIKE %(company)s || '%%' ORDER BY rolname
"""


def broken(admin: Connection[DictRow]) -> list[str]:
    """The invariants that do not hold, each with the first changes that broke it, as sentences."""
    found = []
    for said, where in INVARIANTS.items():
        statement = f"SELECT * FROM change_log.changes c WHERE {where} ORDER BY n LIMIT {MOST_SHOWN}"
        found += [f"{said}: {_said(change)}" for change in admin.execute(statement.encode())]
    return found


def _said(change: Mapping[str, Any]) -> str:
    was, becomes = change["was"] or {}, change["becomes"] or {}
    differs = {name: (was.get(name), becomes.get(name)) for name in was | becomes if was.get(name) != becomes.get(name)}
    return f"{change['login']} by {change['op']} of {change['relation']}: {differs}"


def rights_of_logins(admin: Connection[DictRow], company: str) -> list[DictRow]:
    """What the server itself grants to each of the company's logins."""
    return admin.execute(RIGHTS, {"company": company}).fetchall()
