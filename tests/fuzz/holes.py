"""What a careless function could do: for each invariant one login and one statement that break it."""

from collections.abc import Mapping

from psycopg import sql

from tests.support.brains import TestBrain

HOLE = """CREATE OR REPLACE FUNCTION company.hole() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET session_replication_role = replica AS $$ BEGIN {statement}; END $$"""

HOLES: Mapping[str, tuple[str, str]] = {
    "canonical is written by promote, or taken back by an undo": (
        "score",
        "UPDATE patchfirst.kev SET vendor = 'another'",
    ),
    "what is promoted was checked by another than its maker": (
        "promote",
        "UPDATE company.batches SET staged_by = 'check'; UPDATE patchfirst.kev SET vendor = 'another'",
    ),
    "history only grows": ("heartbeat", "DELETE FROM company.task_events"),
    "nothing is emptied at once": ("link", "TRUNCATE company.links"),
    "a task that is held is closed by its holder, or returned by heartbeat when its lease is over": (
        "scraping_worker",
        """UPDATE company.task_queue SET status = 'in_progress', claimed_by = 'data_worker', lease_until = 'infinity',
          session_id = (SELECT min(id) FROM company.sessions) WHERE status = 'pending';
        UPDATE company.task_queue SET title = 'another' WHERE claimed_by = 'data_worker'""",
    ),
    "a task that ended stays as it is": (
        "data_manager",
        "UPDATE company.task_queue SET title = 'another' WHERE closed_at IS NOT NULL",
    ),
    "a task keeps its number, and each line of its trail finds it": (
        "data_worker",
        "INSERT INTO company.task_events (task_id, by_role, to_status) VALUES (1000000, 'data_worker', 'complete')",
    ),
    "one claims and files in one's own name": (
        "scraping_manager",
        "INSERT INTO company.task_queue (mode, title, created_by) VALUES ('data', 'x', 'data_manager')",
    ),
    "nobody judges what is theirs": (
        "check",
        "UPDATE company.batches SET staged_by = 'check'; UPDATE company.batch_checks SET detail = 'another'",
    ),
    "a judgement bears the name of its judge": (
        "content_worker",
        "UPDATE company.drafts SET judged_by = 'content_auditor', judged_at = company.now()",
    ),
    "nobody closes or answers a finding about themselves": (
        "data_worker",
        "UPDATE company.findings SET answered_at = company.now(), answered_by = 'ceo' WHERE accused = 'data_worker'",
    ),
    "the owner's answer is the owner's": (
        "ceo",
        """INSERT INTO company.decisions (fingerprint, question, options, recommendation, default_option, asked_by,
          answer_by, answered_by, answered_at, answer) VALUES ('x', 'x?', '{"yes": "", "no": ""}', 'no', 'no', 'ceo',
          company.now() + interval '1 d', 'owner', company.now(), 'yes')""",
    ),
    "approvals, limits, prices and switches are the owner's; heartbeat only makes an open one ask": (
        "deliver",
        "UPDATE company.approvals SET level = 'open'",
    ),
    "who works here, and the clock, change only by a deploy or by the owner": (
        "ceo",
        "UPDATE company.roster SET reports_to = 'owner' WHERE role = 'data_worker'",
    ),
    "a session is opened and ended by its own role, or ended by heartbeat": (
        "data_manager",
        "UPDATE company.sessions SET turns = 1 WHERE role = 'data_worker'",
    ),
    "a session that ended stays as it is": (
        "check",
        "UPDATE company.sessions SET outcome = 'skipped' WHERE role = 'check' AND outcome = 'done'",
    ),
    "a role is taken by its own login, and freed by that or by heartbeat": (
        "data_worker",
        "INSERT INTO company.role_leases (role, session_id, backend_pid, backend_start) "
        "SELECT 'ceo', max(id), 1, company.now() FROM company.sessions WHERE role = 'ceo' ON CONFLICT DO NOTHING",
    ),
    "nothing costs less than nothing": (
        "data_worker",
        """INSERT INTO company.spend (session_id, role, model, most_input, most_output, reserved_usd, cost_usd,
          counts_usd, counts_tokens)
          SELECT min(id), 'data_worker', 'x', 1, 1, 1, -1, -1, 2 FROM company.sessions""",
    ),
    "what leaves is confirmed by its sender": (
        "data_worker",
        "UPDATE company.outbox SET status = 'recorded', confirmed_at = NULL; "
        "UPDATE company.outbox SET status = 'sent', confirmed_at = company.now()",
    ),
    "what leaves was allowed": (
        "ceo",
        "ALTER TABLE company.outbox DROP CONSTRAINT what_is_allowed_was_asked; UPDATE company.outbox "
        "SET status = 'waiting', confirmed_at = NULL; UPDATE company.outbox SET status = 'allowed'",
    ),
    "a beat is heartbeat's": (
        "flow_check",
        "INSERT INTO company.beats SELECT company.now(), max(id), 1, 1 FROM company.sessions",
    ),
    "the ledger is heartbeat's, a slot is worked by its own role": (
        "ceo",
        "UPDATE company.slots SET late = true WHERE role = 'data_worker'",
    ),
    "a message bears its sender's name and is read by whom it is for": (
        "data_worker",
        "UPDATE company.inbox SET answered_at = company.now(), answer = 'x'",
    ),
    "who is told of a skill, and of the doctrine, is told by a deploy": (
        "memory_worker",
        "UPDATE company.brain SET content = 'x' WHERE file_key LIKE 'SKILL%'",
    ),
    "only planter and owner plant": (
        "data_auditor",
        "INSERT INTO company.plants (fault, subject, note) VALUES ('x', 'x', 'x')",
    ),
    "a test is found by the auditor whose it is": (
        "docs_auditor",
        "INSERT INTO company.plants (fault, subject, planted_by, whose_test) VALUES ('x', 'x', 'x', 'content_auditor');"
        " UPDATE company.plants SET found_by = 'docs_auditor', found_at = company.now()",
    ),
    "rows go only where rows are made to go": ("ceo", "DELETE FROM company.alerts"),
}


def use_hole(brain: TestBrain, role: str, statement: str) -> None:
    """This role calls a function that does what none of ours may."""
    admin = brain.as_login("superuser")
    admin.execute(sql.SQL(HOLE).format(statement=sql.SQL(statement)))
    admin.execute("GRANT EXECUTE ON FUNCTION company.hole() TO PUBLIC")
    brain.as_role(role).connection.execute("SELECT company.hole()")
