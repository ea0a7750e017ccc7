"""Rows of the pipeline, of scores, deliveries and audits that must not exist, tried past every function."""

from typing import Any

import pytest

from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import refused

Given = dict[str, Any]
# One row of each table that would be accepted, except for the fields that a case changes.
WHOLE: dict[str, Given] = {
    "streams": {
        "source": "tides",
        "schema_name": "sea",
        "key_column": "id",
        "value_columns": ["height"],
        "tolerances": [0.1],
        "is_full_edition": True,
        "max_drop": 0.1,
        "max_growth": 2,
        "max_quarantined": 0.1,
        "fresh_within": "1 day",
        "writers": ["check"],
        "required_checks": [],
    },
    "raw_documents": {
        "source": "tides",
        "url": "u",
        "route": "r",
        "sha256": "0" * 64,
        "size": 1,
        "status_code": 200,
        "edition_at": "2026-03-11",
        "fetched_by": "check",
        "verdict": "new",
    },
    "fetches": {"source": "tides", "url": "u", "route": "r", "result": "new", "by_role": "check"},
    "batches": {"source": "tides", "raw_id": 1, "edition_at": "2026-03-11", "staged_by": "scraping_worker"},
    "quarantine": {"batch_id": 1, "source": "tides", "row_no": 1, "check_name": "c", "reason": "odd", "raw": ""},
    "batch_checks": {
        "batch_id": 1,
        "check_name": "c",
        "severity": "hold",
        "is_ok": True,
        "looked_at": 1,
        "failed": 0,
        "checked_by": "check",
    },
    "check_releases": {"check_id": 1, "released_by": "owner", "reason": "the source says so too"},
    "spellings": {"kind": "coast", "spelling": "North", "name": "north", "method": "folded"},
    "score_models": {"version": "v0", "names": ["height"], "weights": [1], "if_unknown": [0], "questions": ["now"]},
    "scores": {"entity": "e", "score": 50, "parts": [1], "model_version": "v0"},
    "customers": {"name": "c", "email": "c@example.invalid", "kind": "brief"},
    "deliveries": {
        "customer_id": 1,
        "occasion": "daily",
        "covers_from": "2026-03-10",
        "covers_to": "2026-03-11",
        "kind": "brief",
        "subject": "s",
        "body": "b",
        "items": "[]",
        "status": "waiting",
        "outbox_id": 1,
    },
    "audits": {
        "auditor": "data_auditor",
        "session_id": 1,
        "what": "derived again",
        "subject": "tides",
        "whose": "check",
        "looked_at": 2,
        "differing": 0,
        "sample": '["a", "b"]',
    },
    "audit_checks": {"audit_id": 1, "item": "a"},
    "new_words": {"source": "tides", "field": "state", "word": "ebbing", "batch_id": 1},
}
PROMOTED = {"status": "promoted", "checked_at": "2026-03-11", "promoted_at": "2026-03-11"}
MALFORMED: list[tuple[str, str, Given]] = [
    ("a_source_is_a_plain_word", "streams", {"source": "High Tides"}),
    ("a_drop_is_a_fraction", "streams", {"max_drop": 5}),
    ("growth_is_a_factor", "streams", {"max_growth": 1}),
    ("a_quarantine_limit_is_a_fraction", "streams", {"max_quarantined": -0.1}),
    ("every_value_has_its_tolerance", "streams", {"tolerances": [0.1, 0.2]}),
    ("a_digest_is_sha256", "raw_documents", {"sha256": "abc"}),
    ("a_body_is_new_older_or_malformed", "raw_documents", {"verdict": "fine"}),
    ("a_body_that_is_not_staged_says_why", "raw_documents", {"verdict": "older"}),
    ("an_edition_has_its_stamp", "raw_documents", {"edition_at": None}),
    ("a_fetch_result_is_known", "fetches", {"result": "ok"}),
    ("a_batch_status_is_known", "batches", {"status": "done"}),
    ("every_row_read_has_one_fate", "batches", {"rows_read": 10, "unchanged": 9}),
    ("every_row_read_has_one_fate", "batches", {"rows_read": 10, "unchanged": 11}),
    ("no_fate_is_negative", "batches", {"promoted": 1, "unchanged": -1}),
    ("nothing_is_held_once_promoted", "batches", {**PROMOTED, "rows_read": 1, "held": 1}),
    ("a_promoted_batch_was_checked", "batches", {**PROMOTED, "checked_at": None}),
    ("promoted_exactly_when_it_says_when", "batches", {**PROMOTED, "promoted_at": None}),
    ("a_held_or_refused_batch_says_why", "batches", {"status": "held"}),
    ("nobody_decides_on_their_own_batch", "batches", {"decided_by": "scraping_worker"}),
    ("nobody_decides_on_their_own_batch", "batches", {"decided_by": "check", "checked_by": "check"}),
    ("unread_details_are_counted_by_field", "batches", {"unread": '["height"]'}),
    ("a_new_word_is_short", "new_words", {"word": ""}),
    ("a_new_word_is_short", "new_words", {"word": 81 * "e"}),
    ("a_quarantined_row_says_why", "quarantine", {"reason": ""}),
    ("a_quarantine_status_is_known", "quarantine", {"status": "gone"}),
    ("a_resolution_names_who_and_why", "quarantine", {"status": "resolved", "resolved_by": "data_worker"}),
    ("a_severity_is_known", "batch_checks", {"severity": "mild"}),
    ("ok_means_that_nothing_failed", "batch_checks", {"failed": 3}),
    ("a_release_says_why", "check_releases", {"reason": ""}),
    ("a_spelling_method_is_known", "spellings", {"method": "guessed"}),
    ("a_spelling_has_a_name_unless_asked", "spellings", {"name": None}),
    ("a_decided_spelling_names_who_and_why", "spellings", {"method": "decided", "decided_by": "data_worker"}),
    ("every_part_has_a_weight", "score_models", {"weights": [1, 2]}),
    ("every_part_has_a_weight", "score_models", {"names": [], "weights": []}),
    ("weights_are_not_negative", "score_models", {"weights": [-1]}),
    ("every_part_says_what_counts_if_unknown", "score_models", {"if_unknown": [0, 0]}),
    ("the_question_of_every_part_is_known", "score_models", {"questions": ["now", "next"]}),
    ("the_question_of_every_part_is_known", "score_models", {"questions": ["then"]}),
    ("what_counts_if_unknown_is_a_part", "score_models", {"if_unknown": [1.5]}),
    ("what_counts_if_unknown_is_a_part", "score_models", {"if_unknown": [-0.1]}),
    ("a_score_is_zero_to_hundred", "scores", {"score": 100.1}),
    ("an_address_has_an_at", "customers", {"email": "nobody"}),
    ("a_customer_gets_a_brief_or_a_feed", "customers", {"kind": "call"}),
    ("an_occasion_is_known", "deliveries", {"occasion": "sometimes"}),
    ("a_span_goes_forward", "deliveries", {"covers_to": "2026-03-10"}),
    ("a_delivery_status_is_known", "deliveries", {"status": "gone"}),
    ("an_ended_delivery_says_when", "deliveries", {"status": "sent"}),
    ("an_audit_says_what_it_did", "audits", {"what": ""}),
    ("an_audit_looked_at_something", "audits", {"looked_at": 0}),
    ("nobody_audits_their_own_work", "audits", {"whose": "data_auditor"}),
    ("no_more_differ_than_were_looked_at", "audits", {"differing": 3}),
]
TWICE = [
    ("bytes_are_kept_once_for_a_moment", "raw_documents"),
    ("a_row_is_quarantined_once", "quarantine"),
    ("a_thing_is_checked_once_in_an_audit", "audit_checks"),
]


def insert(brain: TestBrain, table: str, *rows: Given) -> None:
    columns = list(rows[0])
    marks = ", ".join(f"({', '.join(f'%(v{n}_{column})s' for column in columns)})" for n in range(len(rows)))
    values = {f"v{n}_{column}": row[column] for n, row in enumerate(rows) for column in columns}
    run_sql(brain.as_login("migrate"), f"INSERT INTO company.{table} ({', '.join(columns)}) VALUES {marks}", **values)


@pytest.mark.parametrize(
    ("rule", "table", "given"), MALFORMED, ids=[f"{n}-{rule}" for n, (rule, *_) in enumerate(MALFORMED)]
)
def test_a_malformed_row_of_the_pipeline_is_refused_by_name(
    steadfast_brain: TestBrain, rule: str, table: str, given: Given
) -> None:
    with refused(rule):
        insert(steadfast_brain, table, {**WHOLE[table], **given})


@pytest.mark.parametrize(("rule", "table"), TWICE)
def test_what_may_exist_once_does_not_exist_twice(steadfast_brain: TestBrain, rule: str, table: str) -> None:
    with refused(rule):
        insert(steadfast_brain, table, WHOLE[table], WHOLE[table])


def test_history_has_three_ways_to_end(steadfast_brain: TestBrain) -> None:
    [stream] = run_sql(
        steadfast_brain.as_login("migrate"),
        "SELECT format('%I.%I', schema_name, source || '_history') AS history, key_column AS key"
        " FROM company.streams LIMIT 1",
    )

    with refused("an_end_is_a_change_a_removal_or_an_undoing"):
        run_sql(
            steadfast_brain.as_login("migrate"),
            f"INSERT INTO {stream['history']} ({stream['key']}, first_seen_at, valid_from, batch_id, valid_to,"
            " ended_by, ended_how) VALUES ('k', now(), now(), 1, now(), 1, 'forgotten')",
        )
