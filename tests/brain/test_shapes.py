"""Rows that must not exist, tried by the owner of the tables past every function: the constraint refuses them."""

import pytest

from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import refused

ROLE = "INSERT INTO company.roster (role, login, kind, reports_to, watched_by, schedule_expression, {more}) VALUES "
TASK = "INSERT INTO company.task_queue (mode, title, created_by, {columns}) VALUES ('data', 'look', 'ceo', {values})"
SLOT = "INSERT INTO company.slots (schedule, due_at, role, {columns}) VALUES ('s', now(), 'ceo', {values})"
SESSION = (
    "INSERT INTO company.sessions (role, schedule, due_at, request_id, attempt, deadline_at, finished_at, outcome)"
    " VALUES ('ceo', 's', '2026-03-11', 'r', 1, now(), {finished}, {outcome})"
)
FINDING = (
    "INSERT INTO company.findings (fingerprint, kind, subject, title, watcher, found_by, {columns})"
    " VALUES ('f', 'stale', 's', 't', 'ceo', 'check', {values})"
)
DECISION = (
    "INSERT INTO company.decisions (fingerprint, question, options, recommendation, default_option, asked_by,"
    " answer_by, answered_at) VALUES ('f', 'q', '{options}', '{recommended}', '{default}', 'ceo', now(), {answered})"
)
MAIL = "INSERT INTO company.inbox (to_role, from_role, body, kind, {columns}) VALUES ('ceo', 'check', 'b', {values})"
OUTBOX = (
    "INSERT INTO company.outbox (action, dedupe_key, to_whom, by_role, {columns})"
    " VALUES ('brief', 'k', 'o', 'ceo', {values})"
)

DRAFT = (
    "INSERT INTO company.drafts (topic, written_by, kind, title, body, facts, {columns})"
    " VALUES ('t', 'content_worker', 'post', 'a title', 'a body', '[{{}}]', {values})"
)
LESSON = (
    "INSERT INTO company.lessons (role, first_at, last_at, written_by, signature, lesson, sessions, {columns})"
    " VALUES ('ceo', now(), now(), 'memory_worker', 'a mark', 'a lesson', '{{1}}', {values})"
)
PLANT = "INSERT INTO company.plants (fault, subject, {columns}) VALUES ('f', 's', {values})"


def draft(**given: str) -> str:
    return DRAFT.format(columns=", ".join(given), values=", ".join(given.values()))


def lesson(**given: str) -> str:
    return LESSON.format(columns=", ".join(given), values=", ".join(given.values()))


def plant(**given: str) -> str:
    return PLANT.format(columns=", ".join(given), values=", ".join(given.values()))


def task(**given: str) -> str:
    return TASK.format(columns=", ".join(given), values=", ".join(given.values()))


def slot(**given: str) -> str:
    return SLOT.format(columns=", ".join(given), values=", ".join(given.values()))


def finding(**given: str) -> str:
    return FINDING.format(columns=", ".join(given), values=", ".join(given.values()))


def mail(kind: str, **given: str) -> str:
    return MAIL.format(columns=", ".join(given), values=", ".join([kind, *given.values()]))


def outbox(**given: str) -> str:
    return OUTBOX.format(columns=", ".join(given), values=", ".join(given.values()))


def decision(
    options: str = '{"yes": "", "no": ""}', recommended: str = "yes", default: str = "no", answered: str = "NULL"
) -> str:
    return DECISION.format(options=options, recommended=recommended, default=default, answered=answered)


def role(values: str, more: str = "description", rest: str = "'d'") -> str:
    return ROLE.format(more=more) + f"({values}, {rest})"


def twice(statement: str) -> str:
    """Both rows of a pair that may not both exist."""
    return f"{statement}, {statement[statement.index(' VALUES ') + 8 :]}"


MALFORMED = [
    ("a_role_is_a_plain_word", role("'Data Worker', 'l', 'worker', 'ceo', NULL, NULL")),
    ("a_kind_is_known", role("'x_y', 'l', 'boss', 'ceo', NULL, NULL")),
    ("everyone_reports_to_someone", role("'x_y', 'l', 'worker', NULL, NULL, NULL")),
    ("nobody_reports_to_themselves", role("'x_y', 'l', 'worker', 'x_y', NULL, NULL")),
    ("nobody_watches_themselves", role("'x_y', 'l', 'worker', 'ceo', 'x_y', 'rate(1 hour)'")),
    ("every_schedule_has_a_watcher", role("'x_y', 'l', 'worker', 'ceo', NULL, 'rate(1 hour)'")),
    (
        "grace_exceeds_the_schedulers_precision",
        role("'x_y', 'l', 'worker', 'ceo', NULL, NULL", "grace", "'60 seconds'"),
    ),
    ("a_missed_fire_policy_is_known", role("'x_y', 'l', 'worker', 'ceo', NULL, NULL", "missed_fire", "'pray'")),
    ("there_is_one_clock", "UPDATE company.clock SET singleton = false"),
    ("there_is_one_draw_secret", "UPDATE company.draw_secret SET singleton = false"),
    ("only_a_simulated_brain_has_simulated_time", "UPDATE company.clock SET simulated_now = NULL"),
    ("an_approval_is_closed_ask_or_open", "UPDATE company.approvals SET level = 'ajar'"),
    ("a_file_key_is_upper_case", "INSERT INTO company.brain (file_key, content, updated_by) VALUES ('x', '', 'ceo')"),
    ("a_mode_is_known", task(status="'pending'").replace("'data'", "'sales'")),
    ("a_task_has_a_title", task(status="'pending'").replace("'look'", "''")),
    ("a_status_is_known", task(status="'done'")),
    ("priority_is_one_to_nine", task(priority="0")),
    ("attempts_are_bounded", task(max_attempts="0")),
    ("terminal_exactly_when_closed", task(status="'complete'")),
    ("terminal_exactly_when_closed", task(status="'pending'", closed_at="now()")),
    ("terminal_exactly_when_closed", task(status="'stale'", superseded_by="0")),
    ("in_progress_names_its_holder", task(status="'in_progress'")),
    ("in_progress_names_its_holder", task(status="'in_progress'", claimed_by="'ceo'", lease_until="now()")),
    ("in_progress_names_its_holder", task(claimed_by="'ceo'", session_id="1", lease_until="now()")),
    ("blocked_names_an_owner_and_an_action", task(status="'blocked'", blocked_on="'owner'")),
    ("blocked_names_an_owner_and_an_action", task(status="'blocked'", blocked_on="'owner'", blocked_action="''")),
    ("superseded_names_its_successor", task(status="'superseded'", closed_at="now()")),
    ("a_live_dedupe_key_is_unique", twice(task(dedupe_key="'k'"))),
    (
        "a_schedule_is_enabled_or_disabled",
        "INSERT INTO company.schedules (schedule, role, expression, state, modified_at, seen_at)"
        " VALUES ('s', 'ceo', 'rate(1 hour)', 'PAUSED', now(), now())",
    ),
    ("a_slot_status_is_known", slot(status="'ok'")),
    ("success_has_evidence_in_numbers", slot(status="'succeeded'", ended_at="now()")),
    ("success_has_evidence_in_numbers", slot(status="'succeeded'", ended_at="now()", evidence="'{}'")),
    ("success_has_evidence_in_numbers", slot(status="'succeeded'", ended_at="now()", evidence="""'{"all": "ok"}'""")),
    ("a_skip_says_why", slot(status="'skipped'", ended_at="now()")),
    ("a_skip_says_why", slot(status="'withdrawn'", ended_at="now()", reason="''")),
    ("an_ended_slot_says_when", slot(status="'missed'")),
    ("an_ended_slot_says_when", slot(status="'running'", ended_at="now()")),
    ("an_outcome_is_known", SESSION.format(finished="now()", outcome="'fine'")),
    ("a_finished_session_has_an_outcome", SESSION.format(finished="now()", outcome="NULL")),
    ("a_finished_session_has_an_outcome", SESSION.format(finished="NULL", outcome="'done'")),
    ("one_open_attempt_per_slot", twice(SESSION.format(finished="NULL", outcome="NULL"))),
    ("a_level_is_known", finding(level="'loud'")),
    ("an_answer_names_who_and_what", finding(answered_at="now()", answered_by="'ceo'")),
    ("a_closed_finding_says_how", finding(closed_at="now()", closed_by="'ceo'")),
    (
        "findings_are_not_closed_by_the_accused",
        finding(accused="'ceo'", closed_at="now()", closed_by="'ceo'", resolution="'fine'"),
    ),
    ("one_open_finding_per_fingerprint", twice(finding(level="'log'"))),
    ("one_open_finding_of_the_database", twice(finding(by_database="true"))),
    ("a_decision_has_at_least_two_options", decision(options='{"yes": ""}', default="yes")),
    ("a_decision_has_at_least_two_options", decision(options='["yes", "no"]')),
    ("the_recommendation_is_an_option", decision(recommended="perhaps")),
    ("the_default_is_an_option", decision(default="perhaps")),
    ("an_answer_names_its_author", decision(answered="now()")),
    ("one_open_decision_per_fingerprint", twice(decision())),
    ("a_message_is_a_note_an_escalation_or_an_alarm", mail("'gossip'", level="'log'")),
    ("a_message_level_is_known", mail("'note'", level="'loud'")),
    ("an_escalation_is_raised_again_at_most_twice", mail("'note'", raised="3")),
    ("an_escalation_shows_what_was_checked", mail("'escalation'", evidence="""'{"checked": "the feed"}'""")),
    ("an_outbox_status_is_known", outbox(status="'perhaps'")),
    ("a_confirmed_entry_has_its_receipt", outbox(status="'sent'")),
    ("a_confirmed_entry_has_its_receipt", outbox(confirmed_at="now()")),
    ("an_outbox_entry_is_made_once", twice(outbox(status="'recorded'"))),
    ("a_draft_is_a_post_or_outreach", draft(status="'drafted'").replace("'post'", "'rumour'")),
    ("a_draft_has_a_title", draft(status="'drafted'").replace("'a title'", "''")),
    ("a_draft_has_a_body", draft(status="'drafted'").replace("'a body'", "''")),
    ("a_draft_cites_its_facts", draft(status="'drafted'").replace("'[{}]'", "'[]'")),
    ("a_draft_status_is_known", draft(status="'fine'")),
    ("nobody_approves_their_own_draft", draft(status="'audited'", judged_by="'content_worker'", judged_at="now()")),
    ("a_judged_draft_names_its_judge", draft(status="'audited'")),
    ("a_judged_draft_names_its_judge", draft(judged_by="'content_auditor'")),
    ("a_draft_that_did_not_make_it_says_why", draft(status="'superseded'")),
    (
        "a_published_draft_left_through_the_outbox",
        draft(status="'published'", judged_by="'content_auditor'", judged_at="now()", ended_at="now()", slug="'s'"),
    ),
    ("a_lesson_has_a_signature", lesson(task_id="NULL").replace("'a mark'", "''")),
    ("a_lesson_says_something", lesson(task_id="NULL").replace("'a lesson'", "''")),
    ("a_lesson_cites_its_sessions", lesson(task_id="NULL").replace("'{1}'", "'{}'")),
    ("a_retired_lesson_says_why", lesson(retired_at="now()")),
    ("one_live_lesson_per_signature", twice(lesson(task_id="NULL"))),
    ("a_found_plant_names_its_finder", plant(found_by="'content_auditor'")),
    ("a_shadow_is_for_one_auditor", plant(shadow="'{}'", whose_test="'docs_auditor'")),
    ("a_shadow_is_for_one_auditor", plant(shadow="'{}'", item="'i'")),
    (
        "a_sample_is_all_drawn_or_the_auditors",
        "INSERT INTO company.audits (auditor, session_id, what, subject, whose, looked_at, differing, sample, chosen)"
        " VALUES ('docs_auditor', 1, 'w', 's', 'migrate', 1, 0, '[1]', 'as I liked')",
    ),
    ("nobody_plants_for_themselves", plant(planted_by="'content_auditor'", whose_test="'content_auditor'")),
    ("a_brain_stays_live_or_simulated", "INSERT INTO company.clock (is_simulated) VALUES (false)"),
    ("a_brain_stays_live_or_simulated", "DELETE FROM company.clock"),
]


@pytest.mark.parametrize(("rule", "statement"), MALFORMED, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(MALFORMED)])
def test_a_malformed_row_is_refused_by_name(steadfast_brain: TestBrain, rule: str, statement: str) -> None:
    with refused(rule):
        run_sql(steadfast_brain.as_login("migrate"), statement)


@pytest.mark.parametrize("table", ["clock", "session_log", "task_events", "task_queue", "brain_history"])
def test_history_cannot_be_truncated(steadfast_brain: TestBrain, table: str) -> None:
    with refused("history_is_never_emptied"):
        run_sql(steadfast_brain.as_login("migrate"), f"TRUNCATE company.{table} CASCADE")
